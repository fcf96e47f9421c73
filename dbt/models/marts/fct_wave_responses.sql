with

waves as (

    select * from {{ ref('dim_waves') }}

),

responses as (

    select * from {{ ref('fct_feedback_responses') }}

),

staff_answers as (

    select * from {{ ref('fct_staff_answers') }}

),

answers_of_customers as (

    select
        wave_id,
        collection_mode,
        sum(response_count) as answered_count

    from responses

    where wave_id is not null

    group by wave_id, collection_mode

),

answers_by_staff_item as (

    select
        wave_id,
        item_code,
        sum(answer_count) as answered_count

    from staff_answers

    group by wave_id, item_code

),

-- Who answered several items is one respondent: the item that most answered tells how many at least.
answers_of_staff as (

    select
        wave_id,
        'staff_survey' as collection_mode,
        max(answered_count) as answered_count

    from answers_by_staff_item

    group by wave_id

),

answers_by_wave as (

    select * from answers_of_customers

    union all

    select * from answers_of_staff

),

final as (

    select
        waves.wave_id,
        waves.population,
        answers_by_wave.collection_mode,
        waves.invited_count,
        waves.sample_size,
        coalesce(answers_by_wave.answered_count, 0) as answered_count,
        sum(coalesce(answers_by_wave.answered_count, 0)) over (partition by waves.wave_id)
        / cast(nullif(waves.invited_count, 0) as numeric) as response_share,
        false as has_weights,
        waves.starts_on,
        waves.ends_on

    from waves
    left join answers_by_wave on waves.wave_id = answers_by_wave.wave_id

)

select * from final
