{{ config(materialized='by_month') }}

with

points_by_level as (

    select * from {{ ref('metric_points_by_level') }}

),

sources_by_level as (

    select * from {{ ref('metric_sources_by_level') }}

),

minutes_by_mode_and_family as (

    select * from {{ ref('metric_minutes_by_level') }}

),

-- Under device stand the families of sources as a whole: what the metric completeness is about.
sources_by_mode_and_family as (

    select
        sources.level,
        sources.level_id,
        measures.source_family,
        measures.collection_mode,
        count(distinct sources.source) filter (where sources.is_delivered) as delivered_source_count,
        count(distinct sources.source) as expected_source_count,
        sources.period

    from sources_by_level as sources
    cross join
        lateral (
            values (sources.source_family, sources.collection_mode), ('device', sources.source_family)
        ) as measures (source_family, collection_mode)

    group by sources.level, sources.level_id, measures.source_family, measures.collection_mode, sources.period

),

families_by_level as (

    select distinct
        points_by_level.level,
        points_by_level.level_id,
        'device' as source_family,
        families.collection_mode,
        points_by_level.period

    from points_by_level
    cross join (values ('feedback'), ('queue'), ('booking')) as families (collection_mode)

),

-- What is not known stays null: no expected source and no opening hours are no zeros.
final as (

    select
        level,
        level_id,
        source_family,
        collection_mode,
        minutes_by_mode_and_family.measured_minutes,
        minutes_by_mode_and_family.opening_minutes,
        sources_by_mode_and_family.delivered_source_count,
        sources_by_mode_and_family.expected_source_count,
        period

    from families_by_level
    full join sources_by_mode_and_family using (level, level_id, source_family, collection_mode, period)
    full join minutes_by_mode_and_family using (level, level_id, source_family, collection_mode, period)

)

select * from final
