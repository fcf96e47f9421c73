with

targets as (

    select * from {{ ref('stg_reference__targets') }}

),

named as (

    select
        metric_id,
        service_point_id,
        size_class,
        parameter,
        status,
        value,
        valid_from,
        valid_to

    from targets

)

select * from named
