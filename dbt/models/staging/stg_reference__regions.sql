with

regions as (

    select
        region_code,
        name_fi,
        name_sv,
        name_en,
        valid_from,
        valid_to

    from {{ source('reference', 'region') }}

)

select * from regions
