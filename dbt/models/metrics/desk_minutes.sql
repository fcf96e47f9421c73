with

legs as (

    select * from {{ ref('fct_service_legs') }}

),

minutes_summed as (

    select
        service_point_id,
        agency_code,
        'queue_system' as collection_mode,
        service_code,
        access,
        service_mode,
        language,
        trim_scale(sum(leg_seconds) / 60.0) as numerator,
        cast(null as bigint) as denominator,
        opening_date

    from legs

    where
        state in ('serving', 'held')
        and leg_seconds is not null

    group by service_point_id, agency_code, service_code, access, service_mode, language, opening_date

)

select * from minutes_summed
