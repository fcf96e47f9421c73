with

tickets as (

    select * from {{ ref('int_tickets_followed') }}

    where is_counted

),

intervals as (

    select * from {{ ref('int_ticket_intervals_timed') }}

),

agencies as (

    select * from {{ ref('int_agencies_succeeded') }}

),

-- Whom the customer waited for or was served by: a ticket that is moved leads to another agency.
agencies_met as (

    select
        service_point_id,
        visit_id,
        agency_code

    from tickets

    union all

    select
        tickets.service_point_id,
        tickets.visit_id,
        {{ agency_on('intervals.agency_code', 'tickets.opening_date', 'agencies') }} as agency_code

    from tickets
    inner join intervals on tickets.ticket_key = intervals.ticket_key

    where intervals.agency_code is not null

),

agencies_counted as (

    select
        service_point_id,
        visit_id,
        count(distinct nullif(agency_code, 'not_attributable')) as agency_count

    from agencies_met

    group by service_point_id, visit_id

)

select * from agencies_counted
