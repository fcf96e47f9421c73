with

agencies as (

    select * from {{ ref('stg_reference__agencies') }}

),

named as (

    select
        agency_code,
        name_fi,
        name_sv,
        name_en,
        successor_code,
        valid_from,
        valid_to

    from agencies

)

select * from named
