with

points_by_level as (

    select * from {{ ref('metric_points_by_level') }}

),

source_months as (

    select * from {{ ref('fct_source_months') }}

),

-- A register of incidents is silent while nothing happens: for twelve months that is taken for a zero.
source_months_with_registers as (

    select
        *,
        substring(source from '^/agencies/([^/]+)/') as agency_in_source,
        is_delivered and not {{ is_register_silent() }} as is_delivered_or_silent

    from source_months

),

agencies as (

    select distinct agency_code

    from {{ ref('dim_agencies') }}

),

presences as (

    select
        service_point_id,
        level_id as agency_code,
        period

    from points_by_level

    where level = 'agency'

),

sources_by_level as (

    select distinct
        points_by_level.level,
        points_by_level.level_id,
        points_by_level.service_point_id,
        source_months.source,
        source_months.source_family,
        source_months.collection_mode,
        source_months.answers_for_every_hour,
        source_months.is_delivered_or_silent as is_delivered,
        source_months.period

    from source_months_with_registers as source_months
    left join agencies
        on
            coalesce(source_months.agency_in_source, source_months.owner) = agencies.agency_code
            and source_months.service_point_id is null
    inner join points_by_level
        on
            source_months.period = points_by_level.period
            and points_by_level.service_point_id
            = coalesce(source_months.service_point_id, points_by_level.service_point_id)
    left join presences
        on
            points_by_level.service_point_id = presences.service_point_id
            and points_by_level.period = presences.period
            and agencies.agency_code = presences.agency_code

    -- An agency's own system serves the points where the agency is present, and no other agency.
    where
        agencies.agency_code is null
        or (
            presences.agency_code is not null
            and (points_by_level.level <> 'agency' or points_by_level.level_id = agencies.agency_code)
        )

)

select * from sources_by_level
