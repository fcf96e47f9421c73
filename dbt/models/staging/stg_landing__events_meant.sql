with

corrections as (

    select * from {{ ref('stg_landing__corrections') }}

),

events as (

    select * from {{ ref('stg_landing__events_as_sent') }}

),

events_sent_earlier as (

    select * from {{ ref('stg_landing__events_sent_earlier') }}

),

meant as (

    select
        corrections.correction_key,
        events.event_key,
        events.event_type,
        events.received_at,
        events.data,
        {{ day_of_event() }} as about_date

    from corrections
    inner join events
        on
            corrections.ref_source = events.source
            and corrections.ref_id = events.event_id

),

not_among_what_is_read as (

    select corrections.*

    from corrections
    left join meant on corrections.correction_key = meant.correction_key

    where meant.correction_key is null

),

-- Of a source there is one event of an id: limited to it, years of events are not read to join them.
meant_earlier as (

    select
        not_among_what_is_read.correction_key,
        events_sent_earlier.event_key,
        events_sent_earlier.event_type,
        events_sent_earlier.received_at,
        events_sent_earlier.data,
        {{ day_of_event() }} as about_date

    from not_among_what_is_read
    cross join
        lateral (
            select *

            from events_sent_earlier as events

            where
                not_among_what_is_read.ref_source = events.source
                and not_among_what_is_read.ref_id = events.event_id

            order by events.event_key limit 1
        ) as events_sent_earlier

),

final as (

    select * from meant

    union all

    select * from meant_earlier

)

select * from final
