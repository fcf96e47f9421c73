with

presences as (

    select * from {{ ref('stg_reference__presences') }}

),

named as (

    select
        service_point_id,
        agency_code,
        valid_from,
        valid_to

    from presences

)

select * from named
