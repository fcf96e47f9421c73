with

presences as (

    select
        service_point_id,
        agency_code,
        valid_from,
        valid_to

    from {{ source('reference', 'presence') }}

)

select * from presences
