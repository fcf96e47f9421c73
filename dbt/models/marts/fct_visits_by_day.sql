with

visits as (

    select * from {{ ref('fct_visits') }}

),

counted_by_day as (

    select
        service_point_id,
        agency_code,
        access,
        count(*) as visit_count,
        sum(service_event_count) as ticket_count,
        opening_date

    from visits

    group by service_point_id, agency_code, access, opening_date

)

select * from counted_by_day
