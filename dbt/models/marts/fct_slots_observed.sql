with

slots_observed as (

    select * from {{ ref('stg_landing__slots_observed') }}

),

agencies as (

    select * from {{ ref('int_agencies_succeeded') }}

),

opening_days as (

    select * from {{ ref('fct_opening_days') }}

),

looks as (

    select
        slots_observed.event_key,
        slots_observed.service_point_id,
        {{ agency_on('slots_observed.agency_code', 'slots_observed.occurred_date', 'agencies') }} as agency_code,
        coalesce(slots_observed.service_code, 'unknown') as service_code,
        coalesce(slots_observed.service_mode, 'unknown') as service_mode,
        slots_observed.free_count,
        slots_observed.offered_count,
        slots_observed.horizon_days * 86400 as horizon_seconds,
        {{ seconds_between('slots_observed.occurred_at', 'slots_observed.first_free_at') }} as first_lead,
        {{ seconds_between('slots_observed.occurred_at', 'slots_observed.third_free_at') }} as third_lead,
        slots_observed.is_timed,
        slots_observed.occurred_date as opening_date,
        slots_observed.occurred_at

    from slots_observed

    where {{ in_built_months('slots_observed.occurred_date') }}

),

-- The day's first look decides; of two at one moment the event's key, which is the same in every database.
looks_numbered as (

    select
        *,
        row_number() over (
            partition by service_point_id, agency_code, service_code, service_mode, opening_date
            order by is_timed desc, occurred_at asc, event_key asc
        ) as look_number,
        count(*) over (
            partition by service_point_id, agency_code, service_code, service_mode, opening_date
        ) as look_count

    from looks

),

first_looks as (

    select
        looks.service_point_id,
        looks.agency_code,
        looks.service_code,
        looks.service_mode,
        case
            when looks.is_timed and looks.first_lead >= -{{ var('retry_seconds') }}
                then cast(greatest(floor(looks.first_lead), 0) as integer)
        end as first_lead_seconds,
        case
            when looks.is_timed and looks.third_lead >= -{{ var('retry_seconds') }}
                then cast(greatest(floor(looks.third_lead), 0) as integer)
        end as third_lead_seconds,
        looks.horizon_seconds,
        looks.free_count,
        looks.offered_count,
        looks.look_count,
        looks.first_lead is null as is_first_beyond_horizon,
        looks.third_lead is null as is_third_beyond_horizon,
        not looks.is_timed as is_time_coarse,
        coalesce(looks.first_lead < -{{ var('retry_seconds') }}, false)
        or coalesce(looks.third_lead < -{{ var('retry_seconds') }}, false) as is_lead_implausible,
        -- Where no opening hours are known, and for a service that belongs to no point, every day is one.
        coalesce(opening_days.opening_minutes > 0, true) as is_opening_day,
        looks.opening_date

    from looks_numbered as looks
    left join opening_days
        on
            looks.service_point_id = opening_days.service_point_id
            and looks.opening_date = opening_days.opening_date

    where looks.look_number = 1

)

select * from first_looks
