with

teams as (

    select * from {{ ref('stg_reference__teams') }}

),

named as (

    select
        team_id,
        service_point_id,
        name_fi,
        name_sv,
        name_en,
        valid_from,
        valid_to

    from teams

)

select * from named
