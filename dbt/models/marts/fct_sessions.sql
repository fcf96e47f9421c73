with

sessions as (

    select * from {{ ref('int_sessions_followed') }}

),

final as (

    select
        session_key,
        service_point_id,
        agency_code,
        session_kind,
        duration_seconds,
        connection_delay_seconds,
        help_wait_seconds,
        help_request_count,
        fault_count,
        case
            when not is_time_coarse
                then
                    cast(
                        extract(hour from {{ local_time('coalesce(started_at, first_event_at)') }}) as integer
                    )
        end as local_hour,
        is_interpreted,
        help_arrived_at is not null as is_help_given,
        is_never_closed,
        has_missing_event,
        has_duplicate_transition,
        has_event_after_close,
        has_owner_change,
        is_out_of_order,
        is_duration_implausible,
        is_connection_delay_implausible,
        is_help_wait_implausible,
        is_time_coarse,
        array_remove(
            array[
                case when has_duplicate_transition then 'same_event_again' end,
                case when is_out_of_order then 'order' end,
                case when has_missing_event then 'gap' end,
                case when has_event_after_close then 'event_after_close' end,
                case when is_never_closed then 'never_closed' end,
                case
                    when is_duration_implausible or is_connection_delay_implausible or is_help_wait_implausible
                        then 'plausibility'
                end,
                case when is_time_coarse then 'inaccurate' end,
                case when has_owner_change then 'owner' end
            ],
            null
        ) as rules_applied,
        opening_date,
        started_at,
        connected_at,
        help_requested_at,
        help_arrived_at,
        ended_at

    from sessions

    where {{ in_built_months('opening_date') }}

)

select * from final
