-- One row per month that rows of landing are about which its latest build may not have seen and would count.
with

builds as (

    select * from unnest(%(months)s::date[], %(landed_before)s::timestamptz[]) as builds (month, landed_before)

),

releases as (

    select * from unnest(%(released_months)s::date[], %(released_at)s::timestamptz[]) as releases (month, released_at)

),

news as materialized (

    select
        event_id, source, event_type, time_precision, utc_offset_minutes, data, occurred_at, received_at,
        received_at as came_at, stored_at,
        coalesce(data ->> 'ticket_key', data ->> 'session_key') as stay_key,
        coalesce(data ->> 'incident_key', data ->> 'booking_key') as case_key
    from landing.event
    where stored_at >= coalesce(cast(%(since)s as timestamptz), '-infinity')

),

-- What was there before and is of the same stay, or of the same incident or booking, or is corrected by what came.
of_the_same_stays as (

    select earlier.event_id, earlier.source, earlier.event_type, earlier.time_precision, earlier.utc_offset_minutes, earlier.data, earlier.occurred_at, earlier.received_at,
        news.came_at, news.stored_at
    from news
    inner join landing.event as earlier
        on news.stay_key = coalesce(earlier.data ->> 'ticket_key', earlier.data ->> 'session_key')
    where
        earlier.stored_at < cast(%(since)s as timestamptz)
        and earlier.received_at >= (select min(came_at) from news) - make_interval(days => %(longest_stay_days)s)

),

of_the_same_cases as (

    select earlier.event_id, earlier.source, earlier.event_type, earlier.time_precision, earlier.utc_offset_minutes, earlier.data, earlier.occurred_at, earlier.received_at,
        news.came_at, news.stored_at
    from news
    inner join landing.event as earlier
        on news.case_key = coalesce(earlier.data ->> 'incident_key', earlier.data ->> 'booking_key')
    where
        earlier.stored_at < cast(%(since)s as timestamptz)
        and earlier.event_type in (
            'booking.created', 'booking.changed', 'booking.cancelled', 'incident.reported', 'incident.resolved'
        )

),

of_the_same_waves as (

    select earlier.event_id, earlier.source, earlier.event_type, earlier.time_precision, earlier.utc_offset_minutes, earlier.data, earlier.occurred_at, earlier.received_at,
        news.came_at, news.stored_at
    from news
    inner join landing.event as earlier
        on
            news.event_type = earlier.event_type
            and news.source = earlier.source
            and news.data ->> 'wave_id' = earlier.data ->> 'wave_id'
    where
        news.event_type = 'staff_survey.counted'
        and earlier.stored_at < cast(%(since)s as timestamptz)

),

corrected as (

    select earlier.event_id, earlier.source, earlier.event_type, earlier.time_precision, earlier.utc_offset_minutes, earlier.data, earlier.occurred_at, earlier.received_at,
        news.came_at, news.stored_at
    from news
    inner join landing.event as earlier
        on earlier.source = news.data ->> 'ref_source' and earlier.event_id = news.data ->> 'ref_id'
    where news.event_type in ('correction.amended', 'correction.withdrawn')

),

rows_and_times as (

    select event_id, source, event_type, time_precision, utc_offset_minutes, data, occurred_at, received_at, came_at, stored_at from news
    union all
    select * from of_the_same_stays
    union all
    select * from of_the_same_cases
    union all
    select * from of_the_same_waves
    union all
    select * from corrected

),

dated as (

    select
        event_type, data, came_at, stored_at,
        cast(
            case
                when time_precision = 'day' then occurred_at at time zone 'UTC' + make_interval(mins => utc_offset_minutes)
                else occurred_at at time zone %(time_zone)s
            end as date
        ) as occurred_date,
        cast(received_at at time zone %(time_zone)s as date) as received_date

    from rows_and_times

),

-- Where the day is told by the event, and every month of a period that it tells.
days as (

    select dated.came_at, dated.stored_at, about.day
    from dated
    cross join lateral (
        values
        (dated.occurred_date),
        (dated.received_date),
        (case when dated.event_type = 'feedback.given' then cast(dated.data ->> 'visited_on' as date) end),
        (
            case
                when dated.event_type in ('booking.created', 'booking.changed')
                    then cast(cast(dated.data ->> 'slot_start' as timestamptz) at time zone %(time_zone)s as date)
            end
        )
    ) as about (day)
    where about.day is not null

    union all

    select dated.came_at, dated.stored_at, replaced.day
    from dated
    cross join lateral (
        values
        (cast(cast(dated.data -> 'replaced' ->> 'slot_start' as timestamptz) at time zone %(time_zone)s as date)),
        (cast(cast(dated.data -> 'replaced' ->> 'time' as timestamptz) at time zone %(time_zone)s as date)),
        (cast(dated.data -> 'replaced' ->> 'visited_on' as date))
    ) as replaced (day)
    where dated.event_type = 'correction.amended' and replaced.day is not null

    union all

    select dated.came_at, dated.stored_at, cast(series.month as date)
    from dated
    cross join lateral generate_series(
        cast(dated.data ->> 'period' || '-01' as date),
        cast(dated.data ->> 'period' || '-01' as date)
        + make_interval(months => coalesce(cast(dated.data ->> 'period_months' as integer), 1) - 1),
        interval '1 month'
    ) as series (month)
    where dated.event_type in ('complaint.counted', 'observation.raised', 'survey.invited', 'staff_survey.counted')

    union all

    -- For eleven months more it tells that the register of incidents is in use, or the agency in the point's queue.
    select dated.came_at, dated.stored_at, cast(series.month as date)
    from dated
    cross join lateral generate_series(
        date_trunc('month', dated.occurred_date) + interval '1 month',
        least(dated.occurred_date + interval '11 months', dated.received_date),
        interval '1 month'
    ) as series (month)
    where dated.event_type in ('incident.reported', 'queue.ticket_issued', 'queue.transferred')

),

months as (

    select distinct came_at, stored_at, cast(date_trunc('month', day) as date) as month from days

)

select months.month, count(*) as row_count
from months
left join builds on months.month = builds.month
left join releases on months.month = releases.month
where
    months.stored_at >= coalesce(builds.landed_before, '-infinity')
    and months.came_at < coalesce(releases.released_at, 'infinity')
group by months.month
order by months.month
