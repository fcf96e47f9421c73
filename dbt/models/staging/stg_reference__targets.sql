with

targets as (

    select
        metric_id,
        service_point_id,
        size_class,
        parameter,
        status,
        value,
        valid_from,
        valid_to

    from {{ source('reference', 'target') }}

)

select * from targets
