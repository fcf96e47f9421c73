with

tickets as (

    select * from {{ ref('fct_tickets') }}

),

walk_ins_counted as (

    select
        service_point_id,
        agency_code,
        'queue_system' as collection_mode,
        cast(null as integer) as wait_seconds,
        left_waiting_count as numerator,
        ticket_count as denominator,
        cast(null as numeric) as sum_of_squares,
        opening_date

    from tickets

    where access = 'walk_in'

)

select * from walk_ins_counted
