with

events as (

    select * from {{ ref('stg_landing__events_as_sent') }}

),

corrections as (

    select
        event_key as correction_key,
        event_id,
        source,
        split_part(event_type, '.', 2) as correction,
        data ->> 'ref_source' as ref_source,
        data ->> 'ref_id' as ref_id,
        data ->> 'reason' as reason_code,
        data ->> 'who_role' as who_role,
        data -> 'replaced' as replaced,
        {{ local_date_of_event() }} as corrected_date,
        occurred_at as corrected_at,
        received_at

    from events

    where {{ is_correction() }}

)

select * from corrections
