with

session_events as (

    select * from {{ ref('stg_landing__session_events') }}

),

agencies as (

    select * from {{ ref('int_agencies_succeeded') }}

),

faults as (

    select
        session_events.service_point_id,
        {{ agency_on('session_events.agency_code', 'session_events.occurred_date', 'agencies') }} as agency_code,
        coalesce(session_events.session_kind, 'unknown') as session_kind,
        session_events.fault_code,
        session_events.session_key,
        session_events.occurred_date as opening_date

    from session_events

    where session_events.event_type = 'session.fault'

),

counted_by_day as (

    select
        service_point_id,
        agency_code,
        session_kind,
        fault_code,
        count(*) as fault_count,
        count(*) filter (where session_key is not null) as fault_in_session_count,
        opening_date

    from faults

    where {{ in_built_months('opening_date') }}

    group by service_point_id, agency_code, session_kind, fault_code, opening_date

)

select * from counted_by_day
