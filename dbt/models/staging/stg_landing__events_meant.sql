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

-- By a list of ids, for a join would read all events once more.
sent_under_the_ids_meant as (

    select *

    from events

    where event_id = any(array(select corrections.ref_id from corrections))

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
    inner join sent_under_the_ids_meant as events
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

sent_earlier_under_these_ids as (

    select *

    from events_sent_earlier

    where event_id = any(array(select not_among_what_is_read.ref_id from not_among_what_is_read))

),

meant_earlier as (

    select
        not_among_what_is_read.correction_key,
        sent_earlier.event_key,
        sent_earlier.event_type,
        sent_earlier.received_at,
        sent_earlier.data,
        {{ day_of_event() }} as about_date

    from not_among_what_is_read
    inner join sent_earlier_under_these_ids as sent_earlier
        on
            not_among_what_is_read.ref_source = sent_earlier.source
            and not_among_what_is_read.ref_id = sent_earlier.event_id

),

final as (

    select * from meant

    union all

    select * from meant_earlier

)

select * from final
