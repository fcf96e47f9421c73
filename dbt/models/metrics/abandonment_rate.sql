with

tickets as (

    select * from {{ ref('fct_tickets') }}

),

tickets_counted as (

    select
        service_point_id,
        agency_code,
        'queue_system' as collection_mode,
        sum(left_waiting_count) as numerator,
        sum(ticket_count) as denominator,
        opening_date

    from tickets

    group by service_point_id, agency_code, opening_date

)

select * from tickets_counted
