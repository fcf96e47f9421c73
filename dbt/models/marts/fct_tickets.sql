with

service_events as (

    select * from {{ ref('fct_service_events') }}

),

counted_by_day as (

    select
        service_point_id,
        agency_code,
        access,
        count(*) as ticket_count,
        count(*) filter (where waiting_outcome = 'called') as called_count,
        count(*) filter (where waiting_outcome = 'left') as left_waiting_count,
        count(*) filter (where is_fate_unknown) as unknown_fate_count,
        count(*) filter (where waiting_outcome = 'not_recorded') as call_not_recorded_count,
        count(*) filter (
            where waiting_outcome = 'called' and outcome = 'no_show'
        ) as called_absent_count,
        count(*) filter (where is_wait_implausible) as implausible_wait_count,
        count(*) filter (where is_preparation_implausible) as implausible_preparation_count,
        count(*) filter (where is_service_implausible) as implausible_service_count,
        count(*) filter (where has_missing_event) as missing_event_count,
        count(*) filter (where has_duplicate_transition) as duplicate_transition_count,
        count(*) filter (where has_event_after_close) as event_after_close_count,
        count(*) filter (where is_time_coarse) as coarse_time_count,
        count(*) filter (where has_corrected_time) as corrected_time_count,
        count(*) filter (where is_chained) as chained_count,
        count(*) filter (where is_transferred) as transferred_count,
        count(*) filter (where is_outcome_unmapped) as unmapped_outcome_count,
        sum(attempt_count - 1) as reverted_attempt_count,
        count(service_seconds) as timed_service_count,
        coalesce(sum(service_seconds), 0) as service_seconds,
        coalesce(sum(hold_seconds) filter (where service_seconds is not null), 0) as hold_seconds,
        opening_date

    from service_events

    group by service_point_id, agency_code, access, opening_date

)

select * from counted_by_day
