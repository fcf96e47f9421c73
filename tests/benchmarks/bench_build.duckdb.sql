-- The queue and feedback metrics of every month, point, region and the nation, straight from the raw events: no corrections, no
-- late rule, no rule of queue-rules.md but first transitions and plausible waits.
create table tickets as
select
    data ->> 'ticket_key' as ticket_key,
    any_value(service_point_id) as service_point_id,
    any_value(data ->> 'agency') as agency_code,
    any_value(data ->> 'access') filter (where event_type = 'queue.ticket_issued') as access,
    any_value(data ->> 'visit_key') as visit_key,
    min(occurred_at) filter (where event_type = 'queue.ticket_issued') as issued_at,
    min(occurred_at) filter (where event_type = 'queue.called') as called_at,
    min(occurred_at) filter (where event_type = 'queue.service_started') as started_at,
    min(occurred_at) filter (where event_type = 'queue.service_ended') as ended_at,
    min(occurred_at) filter (where event_type = 'queue.abandoned') as left_at
from events
where event_type like 'queue.%' and event_type <> 'queue.observed'
group by 1;

create table waits as
select
    *, cast(issued_at as date) as opening_date, date_trunc('month', issued_at) as period,
    epoch(coalesce(called_at, left_at) - issued_at) as wait_seconds
from tickets
where issued_at is not null;

create table queue_metrics as
select
    period, service_point_id, agency_code,
    count(*) as tickets,
    count(distinct coalesce(visit_key, ticket_key)) as visits,
    count(*) filter (where left_at is not null and called_at is null) / count(*) as abandonment_rate,
    count(*) filter (where wait_seconds <= 900 and called_at is not null) / count(*) as within_target_share,
    quantile_cont(wait_seconds, [0.5, 0.9]) filter (where access = 'walk_in') as queue_time,
    quantile_cont(epoch(ended_at - started_at), 0.5) as service_time_median
from waits
where wait_seconds between 0 and 14400 or wait_seconds is null
group by grouping sets ((period, service_point_id, agency_code), (period, service_point_id), (period, agency_code), (period));

create table answers as
select
    service_point_id, data ->> 'mode' as collection_mode, date_trunc('month', occurred_at) as period,
    unnest(cast(data -> 'answers' as json[])) as answer
from events
where event_type = 'feedback.given';

create table feedback_metrics as
select
    period, service_point_id, collection_mode, answer ->> 'question_code' as question_code,
    avg(try_cast(answer ->> 'raw_value' as integer)) as mean,
    count(*) filter (where try_cast(answer ->> 'raw_value' as integer) >= 4) / count(*) as share,
    count(*) as answers
from answers
group by grouping sets (
    (period, service_point_id, collection_mode, question_code), (period, collection_mode, question_code)
);

create table hours_measured as
select source, service_point_id, date_trunc('hour', occurred_at) as hour, count(*) as events
from events
group by all;
