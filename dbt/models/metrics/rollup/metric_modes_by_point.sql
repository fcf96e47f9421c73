with

points_and_sources as (

    select * from {{ ref('metric_sources_by_point') }}

),

-- One row per mode, and not per point: what a point lacks does not depend on how many others have it.
modes_of_the_deployment as (

    select
        source_family,
        collection_mode,
        bool_or(is_by_wave and service_point_id is null) as is_by_wave_everywhere,
        array_agg(service_point_id) filter (where is_by_wave) as points_by_wave

    from {{ ref('dim_collection_modes') }}

    group by source_family, collection_mode

),

sums as (

    select * from {{ ref('metric_sums_by_place') }}

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
                modes_of_the_deployment.is_by_wave_everywhere
                or points_and_sources.service_point_id = any(modes_of_the_deployment.points_by_wave)
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
