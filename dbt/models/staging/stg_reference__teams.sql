with

teams as (

    select
        team_id,
        name_fi,
        name_sv,
        name_en,
        service_point_id,
        valid_from,
        valid_to

    from {{ source('reference', 'team') }}

)

select * from teams
