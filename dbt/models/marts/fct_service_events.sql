with

tickets as (

    select * from {{ ref('int_tickets_followed') }}

),

booked_tickets as (

    select * from {{ ref('int_booked_tickets_timed') }}

),

service_events as (

    select
        tickets.ticket_key as service_event_id,
        tickets.visit_id,
        tickets.booking_key as booking_id,
        tickets.service_point_id,
        tickets.agency_code,
        tickets.service_code,
        tickets.access,
        tickets.language,
        'service' as purpose,
        tickets.service_mode,
        tickets.stop_id,
        tickets.opening_hour,
        tickets.reverted_attempt_count + 1 as attempt_count,
        tickets.wait_seconds as first_wait_seconds,
        tickets.repeat_wait_seconds,
        tickets.total_wait_seconds,
        tickets.wait_to_service_seconds,
        tickets.preparation_seconds,
        tickets.service_seconds,
        tickets.hold_seconds,
        tickets.elapsed_wait_seconds,
        tickets.stay_seconds,
        booked_tickets.check_in_delay_seconds,
        booked_tickets.call_delay_seconds,
        booked_tickets.booked_wait_seconds,
        tickets.waiting_outcome,
        {{ outcome_of_service('tickets') }} as outcome,
        tickets.is_fate_unknown,
        tickets.is_closed_by_night,
        tickets.is_wait_implausible,
        tickets.is_repeat_wait_implausible,
        tickets.is_preparation_implausible,
        tickets.is_service_implausible,
        tickets.is_hold_implausible,
        tickets.is_visit_inaccurate,
        tickets.is_overnight,
        tickets.is_chained,
        tickets.is_transferred,
        tickets.is_returned,
        tickets.is_recalled,
        tickets.is_held_at_the_end,
        tickets.is_outcome_unmapped,
        tickets.is_time_coarse,
        tickets.has_missing_event,
        tickets.has_duplicate_transition,
        tickets.has_event_after_close,
        tickets.has_reordered_time,
        tickets.has_owner_change,
        tickets.has_corrected_time,
        tickets.rules_applied,
        tickets.arrived_at,
        tickets.issued_at,
        tickets.checked_in_at,
        booked_tickets.slot_starts_at,
        tickets.called_at,
        tickets.started_at,
        coalesce(tickets.closed_at, case when tickets.is_closed_by_night then tickets.night_closes_at end) as closed_at,
        tickets.opening_date

    from tickets
    left join booked_tickets on tickets.ticket_key = booked_tickets.ticket_key

    where tickets.is_counted and {{ in_built_months('tickets.opening_date') }}

)

select * from service_events
