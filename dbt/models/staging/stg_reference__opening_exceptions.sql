with

opening_exceptions as (

    select
        service_point_id,
        reason,
        exception_date,
        opens_at,
        closes_at

    from {{ source('reference', 'opening_exception') }}

)

select * from opening_exceptions
