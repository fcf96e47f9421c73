with

feedback as (

    select * from {{ ref('stg_landing__feedback_given') }}

),

presses as (

    select
        event_key,
        source,
        answers -> 0 ->> 'question_code' as question_code,
        occurred_at

    from feedback

    where
        collection_mode = 'device'
        and time_precision = 'second'
        and jsonb_array_length(answers) > 0

),

-- A press begins a burst if enough presses, itself among them, come within the time of one.
presses_with_their_followers as (

    select
        *,
        row_number() over of_device as press_number,
        coalesce(
            lead(occurred_at, {{ var("burst_presses") }} - 1) over of_device - occurred_at
            <= {{ seconds('burst_seconds') }},
            false
        ) as begins_burst

    from presses

    window of_device as (partition by source, question_code order by occurred_at, event_key)

),

presses_with_the_burst_before as (

    select
        *,
        max(case when begins_burst then press_number end) over (
            partition by source, question_code
            order by press_number
            rows between unbounded preceding and 1 preceding
        ) as burst_began_at

    from presses_with_their_followers

),

judged as (

    select
        event_key,
        coalesce(press_number - burst_began_at < {{ var("burst_presses") }}, false) as is_burst

    from presses_with_the_burst_before

)

select * from judged
