with

measured_minutes as (

    select * from {{ ref('fct_measured_minutes') }}

),

minutes_by_family as (

    select
        service_point_id,
        'not_attributable' as agency_code,
        source_family as collection_mode,
        sum(measured_minutes) as numerator,
        sum(opening_minutes) as denominator,
        opening_date

    from measured_minutes

    group by service_point_id, source_family, opening_date

)

select * from minutes_by_family
