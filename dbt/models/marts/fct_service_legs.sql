with

intervals as (

    select * from {{ ref('int_ticket_intervals_timed') }}

),

service_events as (

    select * from {{ ref('fct_service_events') }}

),

agencies as (

    select * from {{ ref('int_agencies_succeeded') }}

),

stages as (

    select
        service_events.*,
        intervals.interval_number as leg_number,
        intervals.state,
        intervals.service_point_id as leg_point_id,
        intervals.agency_code as leg_agency_code,
        intervals.is_gap,
        case
            when intervals.state = 'waiting'
                then {{ plausible_seconds('intervals.reported_seconds', 'longest_wait_seconds') }}
            when intervals.state = 'called'
                then {{ plausible_seconds('intervals.reported_seconds', 'longest_preparation_seconds') }}
            when intervals.state = 'serving' and not service_events.is_visit_inaccurate
                then {{ plausible_seconds('intervals.reported_seconds', 'longest_service_seconds') }}
            when intervals.state = 'held'
                then {{ plausible_seconds('intervals.reported_seconds', 'longest_hold_seconds') }}
        end as leg_seconds

    from service_events
    inner join intervals on service_events.service_event_id = intervals.ticket_key

),

legs as (

    select
        stages.service_event_id,
        stages.leg_number,
        stages.leg_point_id as service_point_id,
        case
            when stages.has_owner_change
                then {{ agency_on('stages.leg_agency_code', 'stages.opening_date', 'agencies') }}
            else stages.agency_code
        end as agency_code,
        stages.agency_code as issuing_agency_code,
        stages.service_code,
        stages.access,
        stages.language,
        stages.service_mode,
        stages.opening_hour,
        stages.state,
        stages.is_gap,
        stages.leg_seconds,
        stages.opening_date

    from stages

)

select * from legs
