with

components as (

    select * from {{ ref('metric_components') }}

),

service_points as (

    select * from {{ ref('dim_service_points') }}

),

components_with_their_point as (

    select
        components.*,
        service_points.region_code,
        service_points.size_class

    from components
    left join service_points
        on
            components.service_point_id = service_points.service_point_id
            and {{ is_valid_on('service_points', 'components.opening_date') }}

),

components_at_levels as (

    select
        cells.*,
        levels.level,
        levels.level_id

    from components_with_their_point as cells
    {{ at_levels('cells') }}

    -- An event without a service point counts for its agency and the nation only.
    where levels.level_id is not null

),

summed_by_level as (

    select
        metric_id,
        metric_version,
        level,
        level_id,
        collection_mode,
        duration_seconds,
        sum(numerator) as numerator,
        sum(denominator) as denominator,
        sum(sum_of_squares) as sum_of_squares,
        cast(date_trunc('month', opening_date) as date) as period,
        opening_date

    from components_at_levels

    group by metric_id, metric_version, level, level_id, collection_mode, duration_seconds, opening_date

)

select * from summed_by_level
