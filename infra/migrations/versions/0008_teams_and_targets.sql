-- The levels between a point and the nation: the team of an area, and what a size class aims at.

create table reference.team (
    team_id text not null,
    name_fi text not null,
    name_sv text not null,
    name_en text not null,
    service_point_id text not null,
    valid_from date not null,
    valid_to date
);

comment on table reference.team is
'One row per service point and the team of its area: who develops its service together with its neighbours. A point has one team at a time.';

alter table reference.target add column size_class text;

comment on column reference.target.size_class is
'The size class whose points the target is for; a row has a service point, a size class or, for the nation, neither. The nearest holds: point, then size class, then nation.';
