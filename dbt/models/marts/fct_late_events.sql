{{ config(built_rows=in_built_months('period') ~ ' or ' ~ received_for_built_months('received_date')) }}

with

late_events as (

    select * from {{ ref('stg_landing__late_events') }}

),

counted_by_month_and_day_of_receipt as (

    select
        service_point_id,
        source,
        event_type,
        count(*) as event_count,
        cast(date_trunc('month', about_date) as date) as period,
        received_date

    from late_events

    group by service_point_id, source, event_type, date_trunc('month', about_date), received_date

)

select * from counted_by_month_and_day_of_receipt
