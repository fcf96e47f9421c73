-- What the events of all families refer to: services, stops of mobile points, other spellings, names of codes.

create table reference.service (
    service_code text not null,
    agency_code text not null,
    name_fi text not null,
    name_sv text not null,
    name_en text not null,
    valid_from date not null,
    valid_to date
);

create table reference.stop (
    stop_id text not null,
    service_point_id text not null,
    name_fi text not null,
    name_sv text not null,
    name_en text not null,
    municipality_code text,
    weekday smallint not null,
    opens_at time not null,
    closes_at time not null,
    valid_from date not null,
    valid_to date
);

create table reference.alias (
    code_list text not null,
    alias text not null,
    code text not null,
    used_by text,
    valid_from date not null,
    valid_to date
);

create table reference.code_label (
    code_list text not null,
    code text not null,
    label_fi text not null,
    label_sv text not null,
    label_en text not null
);

comment on table reference.service is
'One row per service of an agency; service_code is what events of queues, bookings and surveys name.';
comment on table reference.stop is
'One row per stop of a mobile point and its weekly hours; stop_id is what tickets issued there name.';
comment on table reference.alias is
'One row per other spelling of a code: agencies and services as sources, forms and customers write them. code_list is agency or service.';
comment on table reference.code_label is
'One row per code of a code list that events use, with its name in three languages.';

create table reference.clock_correction (
    source text not null,
    shift_seconds integer not null,
    reason text not null,
    decided_by text not null,
    decided_on date not null,
    valid_from date not null,
    valid_to date
);

comment on table reference.clock_correction is
'One row per source whose clock was wrong for some days: shift_seconds is added to the times of its events. decided_by is a role. The only rule by which a time is changed without a correction of its own event.';
comment on column reference.clock_correction.valid_from is
'First local date, as the wrong clock told it, whose times are shifted; valid_to is the first one whose times are not.';
comment on column reference.clock_correction.decided_on is
'What is decided after a month was final does not move that month.';
