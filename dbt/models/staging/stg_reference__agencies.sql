with

agencies as (

    select
        agency_code,
        name_fi,
        name_sv,
        name_en,
        successor_code,
        valid_from,
        valid_to

    from {{ source('reference', 'agency') }}

)

select * from agencies
