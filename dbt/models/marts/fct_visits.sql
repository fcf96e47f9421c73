with

tickets as (

    select * from {{ ref('int_tickets_followed') }}

    where is_counted

),

agencies_counted as (

    select * from {{ ref('int_visit_agencies_counted') }}

),

arrivals as (

    select distinct on (service_point_id, visit_id)
        visit_id,
        service_point_id,
        agency_code,
        service_code,
        access,
        language,
        stop_id,
        opening_hour,
        wait_seconds as first_wait_seconds,
        arrived_at,
        opening_date

    from tickets

    -- Two tickets of one second: the event's key is the same in every database, the hashed ticket is not.
    order by service_point_id asc, visit_id asc, arrived_at asc, arrival_event_key asc

),

totals as (

    select
        service_point_id,
        visit_id,
        count(*) as service_event_count,
        count(distinct booking_key) as booking_count,
        count(*) filter (where total_wait_seconds is null) as missing_part_count,
        case when bool_and(repeat_wait_seconds is not null) then sum(repeat_wait_seconds) end as repeat_wait_seconds,
        case when bool_and(total_wait_seconds is not null) then sum(total_wait_seconds) end as total_wait_seconds,
        bool_or(is_chained) as is_chained,
        bool_or(is_transferred) as is_transferred,
        bool_or(is_time_inaccurate) as is_time_inaccurate,
        bool_or(is_time_coarse) as is_time_coarse

    from tickets

    group by service_point_id, visit_id

),

visits as (

    select
        arrivals.visit_id,
        arrivals.service_point_id,
        arrivals.agency_code,
        arrivals.service_code,
        arrivals.access,
        arrivals.language,
        arrivals.stop_id,
        arrivals.opening_hour,
        totals.service_event_count,
        agencies_counted.agency_count,
        totals.booking_count,
        arrivals.first_wait_seconds,
        totals.repeat_wait_seconds,
        totals.total_wait_seconds,
        totals.missing_part_count,
        totals.is_transferred,
        totals.is_time_coarse,
        {{ rules_applied({
            'partial': 'totals.missing_part_count > 0',
            'inaccurate': 'totals.is_time_inaccurate',
            'chained': 'totals.is_chained',
            'coarse_time': 'totals.is_time_coarse',
        }) }} as rules_applied,
        arrivals.arrived_at,
        arrivals.opening_date

    from arrivals
    inner join totals
        on
            arrivals.service_point_id = totals.service_point_id
            and arrivals.visit_id = totals.visit_id
    inner join agencies_counted
        on
            arrivals.service_point_id = agencies_counted.service_point_id
            and arrivals.visit_id = agencies_counted.visit_id

    where {{ in_built_months('arrivals.opening_date') }}

)

select * from visits
