with

events as (

    select * from {{ ref('stg_landing__events_as_sent') }}

),

counts as (

    select
        event_key,
        source,
        service_point_id,
        data ->> 'wave_id' as wave_id,
        data ->> 'item_code' as item_code,
        {{ local_date_of_event() }} as counted_date,
        received_at

    from events

    where event_type = 'staff_survey.counted'

),

counts_with_the_first_day as (

    select
        event_key,
        min(counted_date) filter (where {{ moves_no_closed_month('counted_date', 'received_at') }}) over (
            partition by source, service_point_id, wave_id, item_code
        ) as first_counted_date

    from counts

)

select * from counts_with_the_first_day
