with

waits as (

    select * from {{ ref('fct_ticket_waits') }}

),

walk_ins_counted as (

    select
        service_point_id,
        agency_code,
        'queue_system' as collection_mode,
        wait_seconds as duration_seconds,
        called_count as numerator,
        called_count + left_count as denominator,
        opening_date

    from waits

    where access = 'walk_in'

)

select * from walk_ins_counted
