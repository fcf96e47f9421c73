with

builds as (

    select
        build_id,
        stage,
        month as first_day_of_month

    from {{ source('ops', 'build') }}

)

select * from builds
