with

opening_hours as (

    select
        service_point_id,
        weekday,
        opens_at,
        closes_at,
        valid_from,
        valid_to

    from {{ source('reference', 'opening_hours') }}

)

select * from opening_hours
