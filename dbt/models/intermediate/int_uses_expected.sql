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

-- An agency may receive its customers without the queue system of the point: of it the system measures no zero.
agencies_in_the_queue as (

    select distinct
        built_months.period,
        uses.service_point_id,
        uses.agency_code

    from {{ built_months() }}
    inner join {{ ref('fct_uses_by_day') }} as uses
        on
            uses.measure in ('visits', 'waiting_minutes', 'desk_minutes')
            and built_months.period + interval '1 month' > uses.opening_date
            and built_months.period - interval '11 months' <= uses.opening_date

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
        measures.source_family,
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

    group by service_points.service_point_id, measures.measure, measures.source_family, built_months.period

),

agencies_of_points as (

    select distinct
        points_measured.service_point_id,
        case when points_measured.missing_reason is null then presences.agency_code end as agency_code,
        points_measured.measure,
        case
            when points_measured.missing_reason is not null
                then points_measured.missing_reason
            when points_measured.source_family = 'queue' and in_the_queue.agency_code is null
                then 'not_in_the_queue'
        end as missing_reason,
        points_measured.period

    from points_measured
    left join presences
        on
            points_measured.service_point_id = presences.service_point_id
            and points_measured.period + interval '1 month' > presences.valid_from
            and points_measured.period < coalesce(presences.valid_to, 'infinity')
    left join agencies_in_the_queue as in_the_queue
        on
            points_measured.service_point_id = in_the_queue.service_point_id
            and presences.agency_code = in_the_queue.agency_code
            and points_measured.period = in_the_queue.period

    where points_measured.missing_reason is not null or presences.agency_code is not null

)

select * from agencies_of_points
