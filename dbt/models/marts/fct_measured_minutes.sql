with

source_hours as (

    select * from {{ ref('fct_source_hours') }}

),

summed_by_day as (

    select
        service_point_id,
        source_family,
        collection_mode,
        count(distinct source) as installation_count,
        sum(opening_minutes) as opening_minutes,
        coalesce(sum(opening_minutes) filter (where state = 'measured'), 0) as measured_minutes,
        opening_date

    from source_hours

    where
        answers_for_every_hour
        and state <> 'closed'

    group by service_point_id, source_family, collection_mode, opening_date

)

select * from summed_by_day
