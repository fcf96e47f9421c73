with

visits as (

    select * from {{ ref('fct_visits') }}

    where {{ in_built_months('opening_date') }}

),

sessions as (

    select * from {{ ref('fct_sessions') }}

    where {{ in_built_months('opening_date') }}

),

uses_expected as (

    select * from {{ ref('int_uses_expected') }}

),

used as (

    select
        service_point_id,
        agency_code,
        'visits' as measure,
        visit_count as quantity,
        opening_date

    from visits

    union all

    select
        service_point_id,
        agency_code,
        case session_kind when 'self_service' then 'self_service_minutes' else 'remote_room_minutes' end as measure,
        duration_seconds / 60.0 as quantity,
        opening_date

    from sessions

    where session_kind in ('self_service', 'remote') and duration_seconds is not null

),

used_by_month as (

    select
        service_point_id,
        agency_code,
        measure,
        sum(quantity) as quantity,
        cast(date_trunc('month', opening_date) as date) as period

    from used

    group by service_point_id, agency_code, measure, date_trunc('month', opening_date)

),

-- A point where a use was measured needs no reason for missing it, whatever the register of sources says.
points_with_uses as (

    select distinct
        service_point_id,
        measure,
        period

    from used_by_month

),

expected_or_missing as (

    select uses_expected.*

    from uses_expected
    left join points_with_uses using (service_point_id, measure, period)

    where uses_expected.missing_reason is null or points_with_uses.period is null

),

final as (

    select
        service_point_id,
        agency_code,
        measure,
        expected_or_missing.missing_reason,
        case when expected_or_missing.missing_reason is null then coalesce(used_by_month.quantity, 0) end as quantity,
        period

    from expected_or_missing
    full join used_by_month using (service_point_id, agency_code, measure, period)

)

select * from final
