-- Twice, as the other statistics: candidates of a month, replaced by each pulssi estimate, and what a release has frozen.

create table publish.target_estimate (
    month date not null,
    cutoff timestamptz not null,
    metric_id text not null,
    metric_version integer not null,
    period date not null,
    level text not null,
    level_id text not null,
    collection_mode text not null,
    target_status text not null,
    target_value numeric,
    verdict text,
    reason text,
    check (target_status in ('not_set', 'indicative_baseline', 'agreed')),
    check ((target_status = 'agreed') = (verdict is not null)),
    check (verdict in ('reached', 'not_reached', 'cannot_say')),
    check ((reason is not null) = coalesce(verdict = 'cannot_say', false)),
    primary key (month, metric_id, metric_version, period, level, level_id, collection_mode)
);
comment on table publish.target_estimate is
'Candidates for publish.target, replaced by each pulssi estimate.';

create table publish.target (
    release_id text not null references publish.release,
    metric_id text not null,
    metric_version integer not null,
    period date not null,
    level text not null,
    level_id text not null,
    collection_mode text not null,
    target_status text not null,
    target_value numeric,
    verdict text,
    reason text,
    check (target_status in ('not_set', 'indicative_baseline', 'agreed')),
    check ((target_status = 'agreed') = (verdict is not null)),
    check (verdict in ('reached', 'not_reached', 'cannot_say')),
    check ((reason is not null) = coalesce(verdict = 'cannot_say', false)),
    primary key (release_id, metric_id, metric_version, period, level, level_id, collection_mode)
);
comment on table publish.target is
'One row per number of the month that has a target: the one of its point, else of its size class, else of the nation, as it was on the first day of the month.';
comment on column publish.target.target_value is
'In the unit of the metric; null while it is not set.';
comment on column publish.target.verdict is
'Only of an agreed target: reached or not_reached where the whole 95 % interval says so, else cannot_say.';
comment on column publish.target.reason is
'Why nothing can be said: interval_spans_target, no_direction, or the status_reason of the number.';
create trigger target_is_immutable before update or delete or truncate on publish.target
for each statement execute function publish.refuse_change();
