-- The catalogue's figures of every month, level and part, as an analyst would compute them from the raw events (tables events
-- and points): one component per metric and case, summed over all levels and breakdowns at once. No corrections, no late rule,
-- no status, no period longer than a month, of queue-rules.md only first transitions and plausible waits, and quantiles
-- without censoring.
create table tickets as
select
    data ->> 'ticket_key' as ticket_key,
    any_value(service_point_id) as service_point_id,
    any_value(data ->> 'agency') as agency_code,
    any_value(data ->> 'access') as access,
    any_value(data ->> 'visit_key') as visit_key,
    any_value(data ->> 'booking_key') as booking_key,
    any_value(data ->> 'service_code') as service_code,
    any_value(data ->> 'service_mode') as service_mode,
    any_value(data ->> 'language') as language,
    any_value(data ->> 'end_state') as end_state,
    count(*) filter (where event_type = 'queue.recalled') as recalls,
    bool_or(event_type = 'queue.no_show') as is_absent,
    min(occurred_at) filter (where event_type in ('queue.ticket_issued', 'queue.checked_in')) as issued_at,
    min(occurred_at) filter (where event_type = 'queue.called') as called_at,
    min(occurred_at) filter (where event_type = 'queue.service_started') as started_at,
    min(occurred_at) filter (where event_type = 'queue.service_ended') as ended_at,
    min(occurred_at) filter (where event_type = 'queue.abandoned') as left_at
from events
where event_type like 'queue.%' and event_type <> 'queue.observed'
group by 1;

create table bookings as
select
    data ->> 'booking_key' as booking_key, any_value(service_point_id) as service_point_id,
    any_value(data ->> 'agency') as agency_code, any_value(data ->> 'service_code') as service_code,
    max_by(cast(data ->> 'slot_start' as timestamptz), occurred_at) filter (where data ->> 'slot_start' is not null) as slot_start,
    min(occurred_at) filter (where event_type = 'booking.cancelled') as cancelled_at
from events
where event_type in ('booking.created', 'booking.changed', 'booking.cancelled')
group by 1;

create table sessions as
select
    data ->> 'session_key' as session_key, any_value(service_point_id) as service_point_id,
    any_value(data ->> 'agency') as agency_code, any_value(data ->> 'kind') as kind,
    min(occurred_at) filter (where event_type = 'session.started') as started_at,
    min(occurred_at) filter (where event_type = 'session.connected') as connected_at,
    min(occurred_at) filter (where event_type = 'session.help_requested') as requested_at,
    min(occurred_at) filter (where event_type = 'session.help_arrived') as arrived_at,
    min(occurred_at) filter (where event_type = 'session.ended') as ended_at
from events
where event_type like 'session.%'
group by 1;

create table incidents as
select
    data ->> 'incident_key' as incident_key, any_value(service_point_id) as service_point_id,
    min(occurred_at) filter (where event_type = 'incident.reported') as reported_at,
    min(cast(data ->> 'resolved_at' as timestamptz)) as resolved_at
from events
where event_type like 'incident.%'
group by 1;

create macro part(metric, n, d, seconds) as {
    'metric_id': metric, 'numerator': cast(n as double), 'denominator': cast(d as double), 'seconds': cast(seconds as double)
};

-- A component is left out where its condition makes its metric null.
create table components as
with waits as (
    select
        *, issued_at as at_time, epoch(coalesce(called_at, left_at) - issued_at) as wait,
        epoch(ended_at - started_at) as service,
        row_number() over (partition by coalesce(visit_key, ticket_key) order by issued_at) as number_in_visit,
        count(distinct agency_code) over (partition by coalesce(visit_key, ticket_key)) as agencies
    from tickets
    left join (select booking_key, slot_start from bookings) using (booking_key)
    where issued_at is not null
),
parts as (
    select
        service_point_id, agency_code, 'queue_system' as collection_mode, service_code, access, service_mode, language, at_time,
        unnest([
            part('service_events', 1, null, null),
            part(if(number_in_visit = 1, 'visits', null), 1, null, null),
            part(if(number_in_visit = 1, 'multi_agency_visit_share', null), if(agencies > 1, 1, 0), 1, null),
            part(if(end_state in ('completed', 'referred'), 'transactions', null), 1, null, null),
            part('abandonment_rate', if(called_at is null and left_at is not null, 1, 0), 1, null),
            part(if(access = 'walk_in', 'called_absent_rate', null), if(is_absent, 1, 0), 1, null),
            part('booked_share', if(access = 'booked', 1, 0), 1, null),
            part(if(access = 'walk_in', 'queue_time_within_target_share', null), if(called_at is not null and wait <= 900, 1, 0), 1, null),
            part(if(access = 'walk_in' and wait between 0 and 14400, 'queue_time_median', null), 1, 1, wait),
            part(if(access = 'walk_in' and wait between 0 and 14400, 'queue_time_p90', null), 1, 1, wait),
            part(if(number_in_visit = 1 and wait between 0 and 14400, 'first_wait_mean', null), wait / 60, 1, null),
            part(if(wait between 0 and 14400, 'total_wait_mean', null), wait / 60, if(number_in_visit = 1, 1, 0), null),
            part('repeat_wait_mean', if(number_in_visit > 1, wait / 60, 0), if(number_in_visit = 1, 1, 0), null),
            part(if(access = 'walk_in' and called_at is not null and wait between 0 and 14400, 'queue_time_called_median', null), 1, 1, wait),
            part(if(access = 'walk_in' and called_at is not null and wait between 0 and 14400, 'walk_in_wait_mean', null), wait / 60, 1, null),
            part(if(wait between 1 and 14400, 'wait_of_those_who_waited_mean', null), wait / 60, 1, null),
            part(if(wait between 0 and 14400, 'waiting_minutes', null), wait / 60, null, null),
            part(if(service between 0 and 14400, 'desk_minutes', null), service / 60, null, null),
            part(if(service between 0 and 14400, 'service_time_median', null), 1, 1, service),
            part(if(slot_start is not null, 'booked_on_time_share', null), if(called_at <= slot_start + interval 5 minutes, 1, 0), 1, null),
            part(if(slot_start is not null, 'booked_wait_median', null), 1, 1, greatest(epoch(called_at - slot_start), 0))
        ]) as part
    from waits
    union all
    select
        service_point_id, agency_code, 'booking_system', service_code, 'booked', null, null, slot_start,
        unnest([
            part('bookings_due', 1, null, null),
            part(if(arrived_key is not null, 'bookings_came', null), 1, null, null),
            part(if(is_served, 'bookings_served', null), 1, null, null),
            part('no_show_rate', if(arrived_key is null, 1, 0), 1, null)
        ])
    from bookings
    left join (
        select booking_key as arrived_key, bool_or(started_at is not null) as is_served from tickets group by 1
    ) on booking_key = arrived_key
    where cancelled_at is null or cancelled_at > slot_start
    union all
    select
        service_point_id, agency_code, kind, null, null, null, null, started_at,
        unnest([
            part(if(kind = 'remote', 'remote_room_minutes', 'self_service_minutes'), epoch(ended_at - started_at) / 60, null, null),
            part(if(connected_at is not null, 'connection_delay_median', null), 1, 1, epoch(connected_at - started_at)),
            part(if(requested_at is not null, 'help_time_median', null), 1, 1, epoch(coalesce(arrived_at, ended_at) - requested_at))
        ])
    from sessions
    union all
    select
        service_point_id, null, 'register', null, null, null, null, reported_at,
        unnest([
            part('incident_count', 1, null, null),
            part('incident_resolved_share', if(resolved_at is null, 0, 1), 1, null),
            part('incident_resolution_median', 1, 1, epoch(coalesce(resolved_at, reported_at + interval 1 month) - reported_at))
        ])
    from incidents
    union all
    select
        service_point_id, data ->> 'agency', data ->> 'mode', null, null, data ->> 'service_kind', data ->> 'language', occurred_at,
        unnest([
            part('mean of ' || (answer ->> 'question_code'), try_cast(answer ->> 'raw_value' as integer), 1, null),
            part('share of ' || (answer ->> 'question_code'), if(try_cast(answer ->> 'raw_value' as integer) >= 4, 1, 0), 1, null),
            part(if(data ->> 'mode' = 'device', 'answers_per_100_visits', null), 1, null, null),
            part(if(data ->> 'text' is not null, 'open feedback', null), if(data ->> 'polarity' = 'positive', 1, 0), 1, null)
        ])
    from (select *, unnest(cast(data -> 'answers' as json[])) as answer from events where event_type = 'feedback.given')
    union all
    select
        service_point_id, data ->> 'agency', 'booking_system', data ->> 'service_code', null, data ->> 'service_mode', null, occurred_at,
        unnest([
            part('first_slot_lead_time', 1, 1, epoch(cast(data ->> 'first_free_at' as timestamptz) - occurred_at)),
            part('third_slot_lead_time', 1, 1, epoch(cast(data ->> 'third_free_at' as timestamptz) - occurred_at)),
            part('first_slot_lead_time_days', 1, 1, epoch(cast(data ->> 'first_free_at' as timestamptz) - occurred_at)),
            part('third_slot_lead_time_days', 1, 1, epoch(cast(data ->> 'third_free_at' as timestamptz) - occurred_at))
        ])
    from events
    where event_type = 'booking.slots_observed'
    union all
    select
        service_point_id, data ->> 'agency', event_type, data ->> 'matter_code', null, null, null, occurred_at,
        unnest([
            part(if(event_type = 'advice.logged', 'customer_initiated_contacts', null), 1, null, null),
            part(if(data ->> 'score' is not null, 'guidance_success_mean', null), cast(data ->> 'score' as integer), 1, null),
            part(if(event_type = 'queue.observed', 'people_waiting_mean', null), cast(data ->> 'waiting_count' as integer), 1, null),
            part(if(event_type = 'queue.observed', 'announced_wait_mean', null), cast(data ->> 'announced_wait_minutes' as integer), 1, null),
            part(if(event_type = 'device.heartbeat', 'completeness', null), 1, 1, null)
        ])
    from events
    where event_type in ('advice.logged', 'advice.guidance_estimated', 'queue.observed', 'device.heartbeat')
)
select
    part.metric_id, part.numerator, part.denominator, part.seconds, * exclude (part, at_time),
    hour(at_time) as opening_hour, isodow(at_time) as weekday, cast(at_time as date) as opening_date,
    date_trunc('month', at_time) as period
from parts
where part.metric_id is not null;

create table figures as
with at_levels as (
    select
        components.*,
        unnest([
            'service_point ' || service_point_id, 'team_area ' || team_id, 'region ' || region_code, 'size_class ' || size_class,
            'agency ' || agency_code, 'point_agency ' || service_point_id || '/' || agency_code, 'national'
        ]) as level
    from components
    left join points using (service_point_id)
)
select
    metric_id, level, collection_mode, period, weekday, opening_hour, service_code, access, service_mode, language, agency_code,
    sum(numerator) as numerator, sum(denominator) as denominator,
    quantile_cont(seconds, [0.5, 0.9]) as quantiles, count(distinct opening_date) as opening_days
from at_levels
where level is not null
group by metric_id, level, collection_mode, period, grouping sets (
    (), (weekday), (opening_hour), (service_code), (access), (service_mode), (language), (agency_code)
);
