with

waves as (

    select * from {{ ref('dim_waves') }}

),

responses as (

    select * from {{ ref('fct_feedback_responses') }}

    where wave_id is not null

),

-- An answer is of the month of the visit, which may be before the wave.
months_of_waves as (

    select
        waves.wave_id,
        cast(date_trunc('month', least(waves.starts_on, min(responses.opening_date))) as date) as first_month,
        cast(date_trunc('month', greatest(waves.ends_on, max(responses.opening_date))) as date) as last_month

    from waves
    left join responses on waves.wave_id = responses.wave_id

    group by waves.wave_id, waves.starts_on, waves.ends_on

),

answers_by_wave as (

    select
        wave_id,
        collection_mode,
        sum(response_count) as answered_count

    from responses

    group by wave_id, collection_mode

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
        waves.ends_on,
        months_of_waves.first_month,
        months_of_waves.last_month

    from waves
    inner join months_of_waves on waves.wave_id = months_of_waves.wave_id
    left join answers_by_wave on waves.wave_id = answers_by_wave.wave_id

    where waves.population <> 'staff'

)

select * from final
