with

measured_minutes as (

    select * from {{ ref('fct_measured_minutes') }}

    where {{ in_built_months('opening_date') }}

),

places as (

    select * from {{ ref('metric_places') }}

    where is_registered

),

presences as (

    select * from {{ ref('dim_presences') }}

),

-- Where a point belonged on the day, as its other figures do.
minutes_with_their_place as (

    select
        minutes.service_point_id,
        minutes.source_family,
        minutes.collection_mode,
        minutes.measured_minutes,
        minutes.opening_minutes,
        places.team_id,
        places.region_code,
        places.size_class,
        presences.agency_code,
        minutes.opening_date

    from measured_minutes as minutes
    inner join places
        on
            minutes.service_point_id = places.service_point_id
            and {{ is_valid_on('places', 'minutes.opening_date') }}
    left join presences
        on
            minutes.service_point_id = presences.service_point_id
            and {{ is_valid_on('presences', 'minutes.opening_date') }}

),

-- A point with many agencies is still one point everywhere but at the agencies.
minutes_at_levels as (

    select distinct
        levels.level,
        levels.level_id,
        places.service_point_id,
        places.source_family,
        places.collection_mode,
        places.measured_minutes,
        places.opening_minutes,
        places.opening_date

    from minutes_with_their_place as places
    {{ at_levels('places') }}

    where levels.level_id is not null

),

-- Under device stand the families of sources as a whole: what the metric completeness is about.
minutes_by_mode_and_family as (

    select
        minutes.level,
        minutes.level_id,
        measures.source_family,
        measures.collection_mode,
        sum(minutes.measured_minutes) as measured_minutes,
        sum(minutes.opening_minutes) as opening_minutes,
        cast(date_trunc('month', minutes.opening_date) as date) as period

    from minutes_at_levels as minutes
    cross join
        lateral (
            values (minutes.source_family, minutes.collection_mode), ('device', minutes.source_family)
        ) as measures (source_family, collection_mode)

    group by
        minutes.level, minutes.level_id, measures.source_family, measures.collection_mode,
        date_trunc('month', minutes.opening_date)

)

select * from minutes_by_mode_and_family
