with

waves as (

    select
        wave_id,
        population,
        invited_count,
        sample_size,
        starts_on,
        ends_on

    from {{ source('reference', 'wave') }}

)

select * from waves
