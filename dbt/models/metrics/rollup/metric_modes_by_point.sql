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

modes_of_the_deployment as (

    select * from {{ ref('dim_collection_modes') }}

),

sums as (

    select * from {{ ref('metric_sums_by_place') }}

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

),

modes_in_the_data as (

    select distinct
        metric_id,
        metric_version,
        collection_mode,
        period

    from sums

),

-- What lacks a source is missing in the modes that the deployment has at another place, in no invented one.
point_expectations as (

    select
        points_and_sources.metric_id,
        points_and_sources.metric_version,
        points_and_sources.service_point_id,
        points_and_sources.level,
        points_and_sources.level_id,
        coalesce(
            points_and_sources.collection_mode,
            modes_of_the_deployment.collection_mode,
            modes_in_the_data.collection_mode,
            'none'
        ) as collection_mode,
        case
            -- Who counts for a period says so, even that there was nothing: no report is no zero.
            when
                points_and_sources.is_delivered
                and points_and_sources.source_family not in ('complaint', 'staff_survey', 'survey')
                then 1
            when points_and_sources.collection_mode is not null then 2
            when
                modes_of_the_deployment.is_by_wave
                and coalesce(modes_of_the_deployment.service_point_id, points_and_sources.service_point_id)
                = points_and_sources.service_point_id
                then 3
            else 4
        end as reason_rank,
        points_and_sources.collection_mode is not null as has_source,
        points_and_sources.period

    from points_and_sources
    left join modes_of_the_deployment
        on
            points_and_sources.collection_mode is null
            and points_and_sources.source_family = modes_of_the_deployment.source_family
            and modes_of_the_deployment.collection_mode = any(points_and_sources.collection_modes)
    left join modes_in_the_data
        on
            points_and_sources.collection_mode is null
            and modes_of_the_deployment.collection_mode is null
            and points_and_sources.metric_id = modes_in_the_data.metric_id
            and points_and_sources.metric_version = modes_in_the_data.metric_version
            and points_and_sources.period = modes_in_the_data.period

)

select distinct * from point_expectations
