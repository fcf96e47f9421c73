-- Builds: each month that the warehouse holds says when and from what it was built ------------------------------------

alter table ops.build
    alter column built_at drop not null,
    add column run_id bigint,
    add column reason text,
    add column is_open boolean not null default false,
    add column started_at timestamptz,
    add column landed_before timestamptz,
    add column month_reference_digest text,
    add column definitions_digest text;
create index on ops.build (month, build_id);
comment on table ops.build is
'Writer: kpi. One row per month and stage (marts or metrics) of a dbt build, from its start on, and per estimate made from one. The latest row of a month and stage says what the warehouse holds of it.';
comment on column ops.build.built_at is
'When it was built and tested; null while it is being built, or when that failed: then nobody knows what is there.';
comment on column ops.build.run_id is
'The same for all months of one run of dbt: a number from the sequence of build_id.';
comment on column ops.build.reason is
'Why the month was built.';
comment on column ops.build.is_open is
'Whether it counts everything that had arrived; otherwise what was received before the cutoff that was asked for or released.';
comment on column ops.build.landed_before is
'All that was stored in landing before this instant was there when the build began; of later rows nobody knows.';
comment on column ops.build.month_reference_digest is
'Digest of the reference rows that hold in the month, without names: another digest, other numbers.';
comment on column ops.build.definitions_digest is
'Digest of the models and their parameters.';

-- What came in since, and what was received when, without reading whole months: rows lie in that order.
create index event_order on landing.event using brin (stored_at, received_at) with (pages_per_range = 32, autosummarize = on);

-- Analysts: months whose gate passed, through views that the builds make ----------------------------------------------

create schema analysis;
comment on schema analysis is
'What analysts read: one view per fact, dimension and metric table of the warehouse, of the months in analysis.month. Made by dbt.';

-- The gate of a month judges the month before it too, where both were built by one run.
create view analysis.month with (security_barrier = true) as
select
    latest.month,
    latest.cutoff,
    latest.is_open,
    gate.verdict,
    latest.built_at
from (
    select distinct on (month) * from ops.build
    where stage in ('marts', 'metrics')
    order by month, build_id desc
) as latest
inner join lateral (
    select gate_run.verdict
    from ops.build as judged
    inner join ops.gate_run
        on
            gate_run.stage = 'metrics'
            and judged.month = gate_run.month
            and judged.cutoff = gate_run.cutoff
            and judged.built_at <= gate_run.ran_at
    where
        judged.stage = 'metrics'
        and (
            judged.build_id = latest.build_id
            or (judged.run_id = latest.run_id and judged.month = latest.month + interval '1 month')
        )
    order by judged.month, gate_run.gate_run_id desc
    limit 1
) as gate on gate.verdict <> 'blocked'
where latest.stage = 'metrics' and latest.built_at is not null;
comment on view analysis.month is
'One row per month that analysts see: its latest build is finished and the gate of its metrics passed. A month that is being built is not among them.';

create function analysis.admit_analysts() returns void language plpgsql as $$
begin
    begin
        create role pulssi_analyst nologin;
    exception
        when duplicate_object or unique_violation then null;
    end;
    grant usage on schema analysis to pulssi_analyst;
    grant select on all tables in schema analysis to pulssi_analyst;
    alter default privileges in schema analysis grant select on tables to pulssi_analyst;
end $$;
revoke execute on function analysis.admit_analysts from public;
comment on function analysis.admit_analysts is
'Lets the role pulssi_analyst read the views of analysis, and nothing else. Run by the owner of the views, who may create roles or finds it created.';

do $$ begin
    perform analysis.admit_analysts();
exception
    when insufficient_privilege then
        raise warning 'this user may not create the role pulssi_analyst: have it created, then run: select analysis.admit_analysts()';
end $$;
