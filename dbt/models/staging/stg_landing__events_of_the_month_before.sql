with

-- Not materialized: each use finds its own rows.
events as not materialized (

    select * from {{ source('landing', 'event') }}

),

stays_concerned as (

    select * from {{ ref('stg_landing__stays_concerned') }}

),

corrected_events as (

    select data ->> 'ref_id' as event_id

    from events

    where {{ is_correction() }}

),

-- Clocks run ahead, and much that is told rests on what was told before: of what is told the most, tickets and sessions
-- that go on, and answers to one invitation. What is read of whole years is left out here.
of_the_month_before as (

    select *

    from events

    where
        received_at >= {{ instant_of('cast(' ~ first_built_day(-1) ~ ' as timestamp)') }}
        and received_at < {{ read_from() }}
        and event_type not in ('complaint.counted', 'staff_survey.counted')
        and not {{ is_of_a_booking() }}
        and not {{ is_correction() }}
        and (
            occurred_at >= {{ instant_of('cast(' ~ first_built_day() ~ ' - 1 as timestamp)') }}
            or event_id in (select corrected_events.event_id from corrected_events)
            or case
                when {{ is_of_a_stay() }}
                    then
                        {{ stay_key() }} in (select stays_concerned.stay_key from stays_concerned)
                        or data ->> 'visit_key' in (select stays_concerned.stay_key from stays_concerned)
                when event_type = 'feedback.given' then data ->> 'invitation_key' is not null
                else event_type not in ('booking.slots_observed', 'device.heartbeat', 'queue.observed')
            end
        )

)

select * from of_the_month_before
