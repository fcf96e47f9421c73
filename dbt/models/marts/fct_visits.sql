with

tickets as (

    select * from {{ ref('int_tickets_followed') }}

),

arrivals as (

    select distinct on (service_point_id, visit_id)
        service_point_id,
        visit_id,
        agency_code,
        access,
        count(*) over (partition by service_point_id, visit_id) as ticket_count,
        opening_date

    from tickets

    where is_counted

    -- Two tickets of one second: the event's key is the same in every database, the hashed ticket is not.
    order by service_point_id asc, visit_id asc, arrived_at asc, arrival_event_key asc

),

counted_by_day as (

    select
        service_point_id,
        agency_code,
        access,
        count(*) as visit_count,
        sum(ticket_count) as ticket_count,
        opening_date

    from arrivals

    where {{ in_built_months('opening_date') }}

    group by service_point_id, agency_code, access, opening_date

)

select * from counted_by_day
