with

complaints_counted as (

    select * from {{ ref('stg_landing__complaints_counted') }}

),

agencies as (

    select * from {{ ref('int_agencies_succeeded') }}

),

reports as (

    select
        *,
        about_date as opening_date

    from complaints_counted

),

reports_of_agencies as (

    select
        reports.event_key,
        {{ agency_on('reports.agency_code', 'reports.opening_date', 'agencies') }} as agency_code,
        reports.overseer,
        reports.period_month_count,
        reports.lodged_count,
        reports.statement_count,
        reports.themes,
        reports.period,
        reports.opening_date,
        reports.occurred_at

    from reports

),

-- A report sent again replaces the earlier one of the same agency, overseer and period.
last_reports as (

    select distinct on (agency_code, overseer, period, period_month_count)
        *,
        count(*) over (partition by agency_code, overseer, period, period_month_count) as report_count

    from reports_of_agencies

    order by
        agency_code asc, overseer asc, period asc, period_month_count asc, occurred_at desc, event_key desc

),

-- A report of several months, one of which was counted alone too.
counted_elsewhere as (

    select distinct
        longer.agency_code,
        longer.overseer,
        longer.period,
        longer.period_month_count

    from last_reports as longer
    inner join last_reports as shorter
        on
            longer.agency_code = shorter.agency_code
            and longer.overseer = shorter.overseer
            and longer.period_month_count > shorter.period_month_count
            and longer.opening_date >= shorter.period
            and longer.period <= shorter.opening_date

),

judged as (

    select
        reports.*,
        counted_elsewhere.agency_code is not null as is_counted_elsewhere

    from last_reports as reports
    left join counted_elsewhere
        on
            reports.agency_code = counted_elsewhere.agency_code
            and reports.overseer = counted_elsewhere.overseer
            and reports.period = counted_elsewhere.period
            and reports.period_month_count = counted_elsewhere.period_month_count

),

final as (

    select
        agency_code,
        overseer,
        period_month_count,
        lodged_count,
        statement_count,
        report_count,
        count(*) over (
            partition by agency_code, opening_date, period_month_count
        ) as overseer_count,
        themes,
        is_counted_elsewhere,
        period,
        opening_date

    from judged

    where {{ in_built_months('opening_date') }}

)

select * from final
