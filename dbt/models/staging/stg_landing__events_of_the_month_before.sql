{{ config(indexes=[{'columns': ['event_id']}]) }} -- as landing.event has, for what corrections mean

with

-- Not materialized: each use finds its own rows.
events as not materialized (

    select * from {{ source('landing', 'event') }}

),

stays_concerned as (

    select * from {{ ref('stg_landing__stays_concerned') }}

),

corrected_events as (

    select distinct data ->> 'ref_id' as event_id

    from events

    where {{ is_correction() }}

),

-- Clocks run ahead, and much that is told rests on what was told before: of what is told the most, tickets and sessions
-- that go on, and answers to one invitation. What is read of whole years is left out here. Stays are joined, for a list
-- that does not fit in memory would be gone through anew for each event.
of_the_month_before as (

    select events.*

    from events
    left join stays_concerned as stays on {{ stay_key() }} = stays.stay_key
    left join stays_concerned as stays_of_visits on events.data ->> 'visit_key' = stays_of_visits.stay_key
    left join corrected_events on events.event_id = corrected_events.event_id

    where
        events.received_at >= {{ instant_of('cast(' ~ first_built_day(-1) ~ ' as timestamp)') }}
        and events.received_at < {{ read_from() }}
        and events.event_type not in ('complaint.counted', 'staff_survey.counted')
        and not {{ is_of_a_booking('events.event_type') }}
        and not {{ is_correction('events.event_type') }}
        and (
            events.occurred_at >= {{ instant_of('cast(' ~ first_built_day() ~ ' - 1 as timestamp)') }}
            or corrected_events.event_id is not null
            or case
                when {{ is_of_a_stay() }}
                    then stays.stay_key is not null or stays_of_visits.stay_key is not null
                when events.event_type = 'feedback.given' then events.data ->> 'invitation_key' is not null
                else events.event_type not in ('booking.slots_observed', 'device.heartbeat', 'queue.observed')
            end
        )

)

select * from of_the_month_before
