create schema landing;
create schema reference;
create schema warehouse;
create schema publish;
create schema ops;

comment on schema landing is 'Events as the contracts let them in. Written by ingest.';
comment on schema reference is 'Dated reference data, [valid_from, valid_to). Written by ingest (pulssi reference load).';
comment on schema warehouse is 'Models and metrics. Written by dbt.';
comment on schema publish is 'Estimates, and releases that never change. Written by kpi.';
comment on schema ops is 'Ledger, offsets, dead letters, gates. Each table names its writer.';

-- Landing: identity for ever, events by month of receipt ------------------------------------------------------------

create table landing.event_identity (
    event_key uuid not null,
    fingerprint bytea not null,
    primary key (event_key)
) partition by hash (event_key);

create table landing.event_identity_0 partition of landing.event_identity for values with (modulus 4, remainder 0);
create table landing.event_identity_1 partition of landing.event_identity for values with (modulus 4, remainder 1);
create table landing.event_identity_2 partition of landing.event_identity for values with (modulus 4, remainder 2);
create table landing.event_identity_3 partition of landing.event_identity for values with (modulus 4, remainder 3);

comment on table landing.event_identity is
'One row per (source, id) ever seen, whatever became of it. event_key is derived from both, fingerprint is a keyed hash of the event as sent.';

create table landing.event (
    event_key uuid not null,
    event_id text not null,
    source text not null,
    event_type text not null,
    contract text not null,
    service_point_id text,
    time_precision text not null,
    utc_offset_minutes smallint not null,
    is_future boolean not null,
    kafka_partition integer not null,
    kafka_offset bigint not null,
    occurred_at timestamptz not null,
    received_at timestamptz not null,
    stored_at timestamptz not null default now(),
    data json not null
) partition by range (received_at);

comment on table landing.event is
'One row per accepted event. event_type is <family>.<event>; contract is the version it was checked against; service_point_id is the subject; data is the payload with texts scrubbed and keys hashed.';

create function landing.create_month(received_at timestamptz) returns void language plpgsql as $$
declare
    first_instant timestamptz := date_trunc('month', received_at, 'UTC');
begin
    perform pg_advisory_xact_lock(hashtext('landing.create_month'));
    execute format(
        'create table if not exists landing.event_%s partition of landing.event for values from (%L) to (%L)',
        to_char(first_instant at time zone 'UTC', 'YYYY_MM'), first_instant, (first_instant at time zone 'UTC' + interval '1 month') at time zone 'UTC'
    );
end $$;

create table landing.event_held (
    like landing.event including defaults,
    reason_code text not null,
    primary key (event_key)
);

comment on table landing.event_held is
'One row per event that waits for reference data, for example of an unknown service point. Released by pulssi reference load.';

create table landing.event_duplicate (
    event_key uuid not null,
    event_type text not null,
    source text not null,
    kafka_partition integer not null,
    kafka_offset bigint not null,
    received_at timestamptz not null,
    stored_at timestamptz not null default now()
);

comment on table landing.event_duplicate is 'One row per repeated delivery of an event with the same payload.';

-- Reference ---------------------------------------------------------------------------------------------------------

create table reference.region (
    region_code text not null,
    name_fi text not null,
    name_sv text not null,
    name_en text not null,
    valid_from date not null,
    valid_to date
);

create table reference.service_point (
    service_point_id text not null,
    name_fi text not null,
    name_sv text not null,
    name_en text not null,
    size_class text not null,
    region_code text not null,
    municipality_code text,
    majority_language text,
    host text,
    valid_from date not null,
    valid_to date
);

create table reference.agency (
    agency_code text not null,
    name_fi text not null,
    name_sv text not null,
    name_en text not null,
    successor_code text,
    valid_from date not null,
    valid_to date
);

create table reference.presence (
    service_point_id text not null,
    agency_code text not null,
    valid_from date not null,
    valid_to date
);

create table reference.opening_hours (
    service_point_id text not null,
    weekday smallint not null,
    opens_at time not null,
    closes_at time not null,
    valid_from date not null,
    valid_to date
);

create table reference.opening_exception (
    service_point_id text not null,
    exception_date date not null,
    opens_at time,
    closes_at time,
    reason text not null
);

create table reference.device (
    device_id text not null,
    service_point_id text not null,
    device_kind text not null,
    placement text,
    valid_from date not null,
    valid_to date
);

create table reference.source (
    source text not null,
    family text not null,
    collection_mode text,
    service_point_id text,
    owner text not null,
    cadence text not null,
    valid_from date not null,
    valid_to date
);

create table reference.wave (
    wave_id text not null,
    population text not null,
    starts_on date not null,
    ends_on date not null,
    invited_count integer,
    sample_size integer
);

create table reference.question (
    question_code text not null,
    question_version integer not null,
    scale_code text not null,
    text_fi text not null,
    text_sv text not null,
    text_en text not null,
    valid_from date not null,
    valid_to date
);

create table reference.scale_value (
    scale_code text not null,
    raw_value text not null,
    score numeric,
    label_fi text not null,
    label_sv text not null,
    label_en text not null
);

create table reference.target (
    metric_id text not null,
    service_point_id text,
    parameter text not null,
    value numeric,
    status text not null,
    valid_from date not null,
    valid_to date
);

create table reference.holiday (
    holiday_date date not null,
    name_fi text not null,
    name_sv text not null,
    name_en text not null
);

comment on table reference.source is
'One row per installation that should deliver. family is the event family, cadence is continuous, daily, monthly or wave; collection_mode is that of a feedback source.';
comment on table reference.scale_value is
'One row per raw value of a scale. score is on 1-5 for ratings, null for codes without a number; raw values not listed are no answer.';
comment on table reference.target is
'One row per target or parameter of a metric; service_point_id null means every point. status is not_set, indicative_baseline or agreed.';

-- Ops ---------------------------------------------------------------------------------------------------------------

create table ops.kafka_offset (
    cluster_id text not null,
    topic_id text not null,
    kafka_partition integer not null,
    topic text not null,
    first_offset bigint not null,
    next_offset bigint not null,
    updated_at timestamptz not null,
    primary key (cluster_id, topic_id, kafka_partition)
);
comment on table ops.kafka_offset is 'Writer: ingest loader. Where each partition continues; advanced in the transaction that stores the rows, by compare-and-set.';

create table ops.ledger (
    received_date date not null,
    source text not null,
    topic text not null,
    kafka_partition integer not null,
    accepted_count bigint not null default 0,
    duplicate_count bigint not null default 0,
    rejected_count bigint not null default 0,
    conflict_count bigint not null default 0,
    held_count bigint not null default 0,
    primary key (received_date, source, topic, kafka_partition)
);
comment on table ops.ledger is
'Writer: ingest (the loader, and the reference load that releases held events). One row per UTC day of receipt, source and partition. rejected_count includes conflict_count; held_count is what still waits.';

create table ops.produced (
    received_date date not null,
    source text not null,
    topic text not null,
    produced_count bigint not null,
    primary key (received_date, source, topic)
);
comment on table ops.produced is 'Writer: ingest producer. What Kafka acknowledged, by UTC day of receipt and source: the other side of the ledger.';

create table ops.dead_letter (
    dead_letter_id bigint generated always as identity primary key,
    topic text not null,
    kafka_partition integer not null,
    kafka_offset bigint not null,
    source text not null,
    event_id text,
    event_type text,
    service_point_id text,
    reason_code text not null,
    reason_text text not null,
    received_at timestamptz not null,
    stored_at timestamptz not null default now(),
    sealed_bytes bytea not null
);
create index on ops.dead_letter (source, received_at);
comment on table ops.dead_letter is
'Writer: ingest loader. One row per event that no retry can accept, with its bytes sealed to the key that one role holds.';

create table ops.deployment_key (
    key_check text not null primary key,
    first_used_at timestamptz not null default now()
);
comment on table ops.deployment_key is
'Writer: ingest loader. A digest of the key that hashes fingerprints and references: a loader with another key must not write here.';

create table ops.reference_load (
    loaded_at timestamptz not null default now(),
    digest text not null,
    folders text[] not null,
    row_counts json not null,
    primary key (loaded_at)
);
comment on table ops.reference_load is 'Writer: ingest reference load. digest is the SHA-256 of all rows loaded, independent of their order.';

create table ops.gate_run (
    gate_run_id bigint generated always as identity primary key,
    stage text not null,
    month date not null,
    cutoff timestamptz not null,
    suite_version text not null,
    verdict text not null,
    blocking_failed integer not null,
    warning_failed integer not null,
    check_count integer not null,
    results json not null,
    input_digest text not null,
    ran_at timestamptz not null default now(),
    check (verdict in ('passed', 'passed_with_warnings', 'blocked'))
);
comment on table ops.gate_run is 'Writer: expectations. One row per run of a stage''s suites for a month and an input cutoff; a later run of the same stage, month and cutoff replaces its verdict.';

create table ops.build (
    build_id bigint generated always as identity primary key,
    month date not null,
    cutoff timestamptz not null,
    stage text not null,
    reference_digest text not null,
    built_at timestamptz not null default now()
);
comment on table ops.build is 'Writer: kpi. One row per finished dbt build of a stage (marts or metrics), and per estimate made from one.';

-- Publish -----------------------------------------------------------------------------------------------------------

create table publish.estimate (
    month date not null,
    cutoff timestamptz not null,
    metric_id text not null,
    metric_version integer not null,
    period date not null,
    level text not null,
    level_id text not null,
    collection_mode text not null,
    value numeric,
    lower_bound numeric,
    upper_bound numeric,
    observation_count bigint,
    numerator numeric,
    denominator numeric,
    cluster_count integer,
    interval_method text,
    observation_status text not null,
    confidentiality_status text not null,
    status_reason text,
    completeness_minutes_share numeric,
    completeness_sources_share numeric,
    gate_verdict text not null,
    primary key (month, metric_id, metric_version, period, level, level_id, collection_mode)
);
comment on table publish.estimate is
'Candidates for the next release of a month, replaced by each pulssi estimate. period is the first day of the month that a row is about.';

create table publish.release (
    release_id text not null primary key,
    month date not null,
    vintage integer not null,
    status text not null,
    cutoff timestamptz not null,
    content_hash text not null,
    reference_digest text not null,
    gate_verdicts json not null,
    created_at timestamptz not null default now(),
    unique (month, vintage),
    check (status in ('provisional', 'final'))
);

create table publish.observation (
    release_id text not null references publish.release,
    metric_id text not null,
    metric_version integer not null,
    period date not null,
    level text not null,
    level_id text not null,
    collection_mode text not null,
    value numeric,
    lower_bound numeric,
    upper_bound numeric,
    observation_count bigint,
    numerator numeric,
    denominator numeric,
    cluster_count integer,
    interval_method text,
    observation_status text not null,
    confidentiality_status text not null,
    status_reason text,
    completeness_minutes_share numeric,
    completeness_sources_share numeric,
    gate_verdict text not null,
    primary key (release_id, metric_id, metric_version, period, level, level_id, collection_mode)
);

create table publish.release_label (
    release_id text not null references publish.release,
    kind text not null,
    code text not null,
    attributes json not null,
    primary key (release_id, kind, code)
);
comment on table publish.release_label is
'What a release needs to be read without the warehouse: metrics, service points, agencies, regions as they were, with their names.';

comment on table publish.release is
'One row per frozen month and vintage. The latest vintage of a month holds; earlier ones stay readable.';
comment on column publish.release.cutoff is
'Only what was received before this instant counts.';
comment on column publish.release.content_hash is
'SHA-256 of the numbers and names of the release: the same hash, the same content.';
comment on column publish.release.reference_digest is
'Digest of the reference data that the release was computed with.';
comment on table publish.observation is
'One row per number of a release: metric, month, place and collection mode. A missing number has a row that says why.';
comment on column publish.observation.period is
'First day of the month that the number is about: the month of the release or the one before.';
comment on column publish.observation.level is
'service_point, region, size_class, agency or national; level_id is the code within the level.';
comment on column publish.observation.collection_mode is
'How the data were collected. Numbers of different modes are never added up.';
comment on column publish.observation.value is
'In the unit of the metric: share 0-1, minutes, score 1-5 or count. Null when missing.';
comment on column publish.observation.lower_bound is
'Lower bound of the 95 % interval.';
comment on column publish.observation.upper_bound is
'Upper bound of the 95 % interval.';
comment on column publish.observation.observation_count is
'n: answers, tickets or bookings that the value rests on.';
comment on column publish.observation.numerator is
'What is counted; the sum of scores for a mean. release_label (kind metric) says it in words.';
comment on column publish.observation.denominator is
'Of what it is counted. Null for counts.';
comment on column publish.observation.cluster_count is
'Opening days of points that a clustered interval rests on.';
comment on column publish.observation.interval_method is
'wilson, t, poisson_exact, clustered_ratio or clustered_bootstrap; named in release_label (kind interval_method).';
comment on column publish.observation.observation_status is
'SDMX CL_OBS_STATUS; the codes used are named in release_label (kind observation_status).';
comment on column publish.observation.confidentiality_status is
'SDMX CL_CONF_STATUS: F is free to publish.';
comment on column publish.observation.status_reason is
'Why the value or its interval is missing or uncertain; named in release_label (kind status_reason).';
comment on column publish.observation.completeness_minutes_share is
'Measured share of the opening time, 0-1. Null when it cannot be known.';
comment on column publish.observation.completeness_sources_share is
'Share of the registered sources that delivered, 0-1. Null when it cannot be known.';
comment on column publish.observation.gate_verdict is
'Verdict of the quality gates on the data of the month.';
comment on column publish.release_label.attributes is
'Names by language (fi, sv, en) and what else the kind has: for a metric its definition, for a point its size class.';

create function publish.refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'a release never changes: %.% is append-only', tg_table_schema, tg_table_name;
end $$;

create trigger release_is_immutable before update or delete or truncate on publish.release
for each statement execute function publish.refuse_change();
create trigger observation_is_immutable before update or delete or truncate on publish.observation
for each statement execute function publish.refuse_change();
create trigger release_label_is_immutable before update or delete or truncate on publish.release_label
for each statement execute function publish.refuse_change();
