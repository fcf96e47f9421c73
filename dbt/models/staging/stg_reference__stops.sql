with

stops as (

    select
        stop_id,
        service_point_id,
        municipality_code,
        weekday,
        opens_at,
        closes_at,
        valid_from,
        valid_to

    from {{ source('reference', 'stop') }}

)

select * from stops
