-- A returned row means that the agencies' uses of a point and month are more or less than the whole of it.
with

cost_sharing_inputs as (

    select * from {{ ref('fct_cost_sharing_inputs') }}

    where {{ in_built_months('period') }}

),

visits as (

    select * from {{ ref('fct_visits_by_day') }}

    where {{ in_built_months('opening_date') }}

),

sessions as (

    select * from {{ ref('fct_sessions') }}

    where {{ in_built_months('opening_date') }}

),

legs as (

    select * from {{ ref('fct_service_legs') }}

    where {{ in_built_months('opening_date') }}

),

wholes as (

    select
        service_point_id,
        'visits' as measure,
        sum(visit_count) as quantity,
        cast(date_trunc('month', opening_date) as date) as period

    from visits

    group by 1, 4

    union all

    select
        service_point_id,
        case state when 'waiting' then 'waiting_minutes' else 'desk_minutes' end as measure,
        sum(leg_seconds) / 60.0 as quantity,
        cast(date_trunc('month', opening_date) as date) as period

    from legs

    where state in ('waiting', 'serving', 'held') and leg_seconds is not null

    group by 1, 2, 4

    union all

    select
        service_point_id,
        case session_kind when 'self_service' then 'self_service_minutes' else 'remote_room_minutes' end as measure,
        sum(duration_seconds) / 60.0 as quantity,
        cast(date_trunc('month', opening_date) as date) as period

    from sessions

    where session_kind is not null

    group by 1, 2, 4

),

parts as (

    select
        service_point_id,
        measure,
        sum(quantity) as quantity,
        period

    from cost_sharing_inputs

    where quantity is not null

    group by 1, 2, 4

)

select
    wholes.*,
    parts.quantity as quantity_of_agencies

from wholes
full join parts using (service_point_id, measure, period)

where abs(coalesce(wholes.quantity, 0) - coalesce(parts.quantity, 0)) > 0.001
