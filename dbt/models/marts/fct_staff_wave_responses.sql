{{ config(built_rows='true') }}

with

waves as (

    select * from {{ ref('dim_waves') }}

),

staff_answers as (

    select * from {{ ref('fct_staff_answers') }}

),

answers_by_item as (

    select
        wave_id,
        item_code,
        sum(answer_count) as answered_count,
        max(opening_date) as last_answered_on

    from staff_answers

    group by wave_id, item_code

),

-- Who answered several items is one respondent: the item that most answered tells how many at least.
answers_by_wave as (

    select
        wave_id,
        max(answered_count) as answered_count,
        max(last_answered_on) as last_answered_on

    from answers_by_item

    group by wave_id

),

final as (

    select
        waves.wave_id,
        waves.invited_count,
        waves.sample_size,
        coalesce(answers_by_wave.answered_count, 0) as answered_count,
        coalesce(answers_by_wave.answered_count, 0) / cast(nullif(waves.invited_count, 0) as numeric) as response_share,
        waves.starts_on,
        waves.ends_on,
        cast(date_trunc('month', greatest(waves.ends_on, answers_by_wave.last_answered_on)) as date) as period

    from waves
    left join answers_by_wave on waves.wave_id = answers_by_wave.wave_id

    where waves.population = 'staff'

)

select * from final
