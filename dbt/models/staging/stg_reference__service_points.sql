with

service_points as (

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

    from {{ source('reference', 'service_point') }}

)

select * from service_points
