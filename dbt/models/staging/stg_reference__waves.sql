with

waves as (

    select
        wave_id,
        population,
        starts_on,
        ends_on

    from {{ source('reference', 'wave') }}

)

select * from waves
