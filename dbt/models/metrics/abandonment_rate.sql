with

tickets as (

    select * from {{ ref('fct_tickets') }}

),

tickets_counted as (

    select
        service_point_id,
        agency_code,
        'queue_system' as collection_mode,
        cast(null as integer) as wait_seconds,
        sum(left_waiting_count) as numerator,
        sum(ticket_count) as denominator,
        cast(null as numeric) as sum_of_squares,
        opening_date

    from tickets

    group by service_point_id, agency_code, opening_date

)

select * from tickets_counted
