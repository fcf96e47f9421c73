with

definitions as (

    select * from {{ ref('metric_definitions') }}

),

points_by_level as (

    select * from {{ ref('metric_points_by_level') }}

),

modes_expected as (

    select * from {{ ref('metric_modes_expected') }}

),

points_and_sources as (

    select
        definitions.metric_id,
        definitions.metric_version,
        definitions.source_family,
        definitions.collection_modes,
        points_by_level.service_point_id,
        points_by_level.level,
        points_by_level.level_id,
        modes_expected.source,
        -- What is registered needs no one to deliver it.
        case
            when definitions.source_family = 'reference' then definitions.collection_modes[1]
            else modes_expected.collection_mode
        end as collection_mode,
        definitions.source_family = 'reference' or modes_expected.is_delivered as is_delivered,
        points_by_level.period

    from definitions
    cross join points_by_level
    left join modes_expected
        on
            points_by_level.period = modes_expected.period
            and points_by_level.level = modes_expected.level
            and points_by_level.level_id = modes_expected.level_id
            and points_by_level.service_point_id = modes_expected.service_point_id
            and definitions.source_family = modes_expected.source_family
            and modes_expected.collection_mode = any(definitions.collection_modes)

    where
        (definitions.source_family <> 'device' or points_by_level.level <> 'agency')
        and (
            definitions.lowest_level = 'service_point'
            or points_by_level.level in (definitions.lowest_level, 'national')
        )

)

select * from points_and_sources
