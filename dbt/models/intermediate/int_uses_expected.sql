with

source_months as (

    select * from {{ ref('fct_source_months') }}

),

service_points as (

    select * from {{ ref('dim_service_points') }}

),

presences as (

    select * from {{ ref('dim_presences') }}

),

measures as (

    select
        measures.measure,
        measures.source_family

    from (
        values
        ('visits', 'queue'),
        ('waiting_minutes', 'queue'),
        ('desk_minutes', 'queue'),
        ('self_service_minutes', 'session'),
        ('remote_room_minutes', 'session')
    ) as measures (measure, source_family)

),

-- A point where nothing measures a use has no zero of it, and says why.
points_measured as (

    select
        service_points.service_point_id,
        measures.measure,
        case
            when bool_or(source_months.is_delivered) then null
            when count(source_months.source) > 0 then 'not_delivered'
            else 'no_source'
        end as missing_reason,
        built_months.period

    from {{ built_months() }}
    inner join service_points
        on
            built_months.period + interval '1 month' > service_points.valid_from
            and built_months.period < coalesce(service_points.valid_to, 'infinity')
    cross join measures
    left join source_months
        on
            service_points.service_point_id = source_months.service_point_id
            and measures.source_family = source_months.source_family
            and built_months.period = source_months.period

    group by service_points.service_point_id, measures.measure, built_months.period

),

agencies_of_points as (

    select distinct
        points_measured.service_point_id,
        case when points_measured.missing_reason is null then presences.agency_code end as agency_code,
        points_measured.measure,
        points_measured.missing_reason,
        points_measured.period

    from points_measured
    left join presences
        on
            points_measured.service_point_id = presences.service_point_id
            and points_measured.period + interval '1 month' > presences.valid_from
            and points_measured.period < coalesce(presences.valid_to, 'infinity')

    where points_measured.missing_reason is not null or presences.agency_code is not null

)

select * from agencies_of_points
