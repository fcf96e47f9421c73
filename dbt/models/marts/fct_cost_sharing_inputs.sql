with

uses as (

    select * from {{ ref('fct_uses_by_day') }}

),

uses_expected as (

    select * from {{ ref('int_uses_expected') }}

),

used_by_month as (

    select
        service_point_id,
        agency_code,
        measure,
        sum(quantity) as quantity,
        cast(date_trunc('month', opening_date) as date) as period

    from uses

    where {{ in_built_months('opening_date') }}

    group by service_point_id, agency_code, measure, date_trunc('month', opening_date)

),

points_with_uses as (

    select distinct
        service_point_id,
        measure,
        period

    from used_by_month

),

-- A display of the queue delivers too, and counts no visits.
expected_with_uses as (

    select
        uses_expected.*,
        points_with_uses.period is not null as has_use,
        uses_expected.measure in ('visits', 'waiting_minutes', 'desk_minutes')
        and coalesce(uses_expected.missing_reason = 'not_in_the_queue', true)
        and points_with_uses.period is null as is_without_visits

    from uses_expected
    left join points_with_uses using (service_point_id, measure, period)

),

expected_or_missing as (

    select distinct
        service_point_id,
        case when not is_without_visits then agency_code end as agency_code,
        measure,
        case when is_without_visits then 'no_observations' else missing_reason end as missing_reason,
        period

    from expected_with_uses

    where coalesce(missing_reason = 'not_in_the_queue', true) or not has_use

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
