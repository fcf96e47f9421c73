with

service_points as (

    select * from {{ ref('stg_reference__service_points') }}

),

named as (

    select
        service_point_id,
        name_fi,
        name_sv,
        name_en,
        size_class,
        region_code,
        municipality_code,
        majority_language,
        host,
        valid_from,
        valid_to

    from service_points

)

select * from named
