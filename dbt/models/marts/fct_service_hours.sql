with

opening_days as (

    select * from {{ ref('int_opening_days_dated') }}

),

stops as (

    select * from {{ ref('stg_reference__stops') }}

),

presences as (

    select * from {{ ref('dim_presences') }}

),

mobile_points as (

    select distinct service_point_id

    from stops

),

-- A mobile point serves where it stops, and on its way it does not.
hours_at_stops as (

    select
        opening_days.service_point_id,
        stops.stop_id,
        greatest(opening_days.opens_at, {{ instant_of('opening_days.opening_date + stops.opens_at') }}) as opens_at,
        least(opening_days.closes_at, {{ instant_of('opening_days.opening_date + stops.closes_at') }}) as closes_at,
        opening_days.opening_date

    from opening_days
    inner join stops
        on
            opening_days.service_point_id = stops.service_point_id
            and stops.weekday = extract(isodow from opening_days.opening_date)
            and {{ is_valid_on('stops', 'opening_days.opening_date') }}

    -- Of a closed day the hours are null, and the later of nothing and a time would be the time.
    where opening_days.opens_at is not null

),

hours as (

    select * from hours_at_stops

    union all

    select
        opening_days.service_point_id,
        'none' as stop_id,
        opening_days.opens_at,
        opening_days.closes_at,
        opening_days.opening_date

    from opening_days
    left join mobile_points on opening_days.service_point_id = mobile_points.service_point_id

    where mobile_points.service_point_id is null

),

summed_by_agency as (

    select
        hours.service_point_id,
        presences.agency_code,
        hours.stop_id,
        trim_scale(sum({{ seconds_between('hours.opens_at', 'hours.closes_at') }}) / 60) as offered_minutes,
        hours.opening_date

    from hours
    inner join presences
        on
            hours.service_point_id = presences.service_point_id
            and {{ is_valid_on('presences', 'hours.opening_date') }}

    where hours.closes_at > hours.opens_at

    group by hours.service_point_id, presences.agency_code, hours.stop_id, hours.opening_date

)

select * from summed_by_agency
