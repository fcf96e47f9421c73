with

events as (

    select * from {{ ref('stg_landing__events_corrected') }}

),

dated as (

    select
        *,
        case
            when time_precision <> 'day' then cast(extract(hour from {{ local_time('occurred_at') }}) as integer)
        end as occurred_hour,
        {{ local_date_of_event() }} as occurred_date,
        {{ day_of_event() }} as about_date

    from events

),

-- What people wrote stays in landing: no copy of it is needed, that there is a text is.
-- A late event moves a closed month only through a restatement. An event of a ticket or a booking belongs to a day that
-- it does not tell: models that know that day judge it.
judged as (

    select
        event_key,
        source,
        event_type,
        service_point_id,
        time_precision,
        clock_shift_seconds,
        case
            when data ? 'text'
                then data - 'text' || jsonb_build_object('has_text', btrim(coalesce(data ->> 'text', '')) <> '')
            else data
        end as data,
        case
            when is_withdrawn then 'withdrawn'
            when
                not ({{ is_of_a_ticket() }})
                and not {{ is_of_a_booking() }}
                and not {{ is_correction() }}
                and not {{ moves_no_closed_month('about_date', 'known_at') }}
                then 'late'
            else 'counts'
        end as disposition,
        occurred_hour,
        time_precision in ('second', 'minute') as is_timed,
        is_amended,
        occurred_at <> told_at as is_time_corrected,
        case
            when occurred_at = told_at then is_future
            else occurred_at > received_at + {{ seconds('future_seconds') }}
        end as is_future,
        occurred_date,
        about_date,
        occurred_at,
        told_at,
        received_at,
        known_at

    from dated

)

select * from judged
