with

waves as (

    select * from {{ ref('stg_reference__waves') }}

),

waves_of_all_populations as (

    select
        wave_id,
        population,
        invited_count,
        sample_size,
        starts_on,
        ends_on

    from waves

)

select * from waves_of_all_populations
