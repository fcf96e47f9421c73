with

regions as (

    select * from {{ ref('stg_reference__regions') }}

),

named as (

    select
        region_code,
        name_fi,
        name_sv,
        name_en,
        valid_from,
        valid_to

    from regions

)

select * from named
