with

events as (

    select
        event_key,
        source,
        event_type,
        service_point_id,
        {{ day_of_event() }} as about_date,
        cast({{ local_time('received_at') }} as date) as received_date,
        occurred_at,
        received_at

    from {{ source('landing', 'event') }}

),

received_after_the_month_was_final as (

    select *

    from events

    where received_at >= {{ final_cutoff("date_trunc('month', about_date)") }}

)

select * from received_after_the_month_was_final
