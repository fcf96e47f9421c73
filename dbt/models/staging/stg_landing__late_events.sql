with

events as (

    select
        event_key,
        source,
        event_type,
        service_point_id,
        {{ local_date_of_event() }} as occurred_date,
        cast({{ local_time('received_at') }} as date) as received_date,
        occurred_at,
        received_at

    from {{ source('landing', 'event') }}

),

received_after_the_month_was_final as (

    select *

    from events

    where received_at >= {{ final_cutoff("date_trunc('month', occurred_date)") }}

)

select * from received_after_the_month_was_final
