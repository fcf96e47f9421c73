with

sources as (

    select * from {{ ref('int_sources_expected') }}

    where has_hours

),

hours as (

    select * from {{ ref('int_hours_of_points') }}

),

hours_observed as (

    select
        source,
        hour_starts_at,
        sum(event_count) as event_count,
        sum(heartbeat_count) as heartbeat_count

    from {{ ref('int_source_hours_observed') }}

    where hour_starts_at is not null

    group by source, hour_starts_at

),

hours_of_sources as (

    select
        hours.service_point_id,
        sources.source,
        sources.source_family,
        sources.collection_mode,
        sources.answers_for_every_hour,
        case
            when hours.opening_minutes = 0 then 'closed'
            when hours_observed.source is not null then 'measured'
            else 'silent'
        end as state,
        hours.opening_minutes,
        coalesce(hours_observed.event_count, 0) as event_count,
        coalesce(hours_observed.heartbeat_count, 0) as heartbeat_count,
        cast(extract(hour from {{ local_time('hours.hour_starts_at') }}) as integer) as local_hour,
        cast(
            extract(
                epoch from
                ({{ local_time('hours.hour_starts_at') }}) - (hours.hour_starts_at at time zone 'UTC')
            ) / 60 as integer
        ) as utc_offset_minutes,
        hours.opening_date,
        hours.hour_starts_at

    from hours
    inner join sources
        on
            hours.service_point_id = sources.service_point_id
            and hours.period = sources.period
            and {{ is_valid_on('sources', 'hours.opening_date') }}
    left join hours_observed
        on
            sources.source = hours_observed.source
            and hours.hour_starts_at = hours_observed.hour_starts_at

)

select * from hours_of_sources
