with

incidents as (

    select * from {{ ref('fct_incidents') }}

    where not is_technical

),

visits as (

    select * from {{ ref('fct_visits_by_day') }}

),

-- On a day without visits counted the incidents would stand beside nothing.
uncounted_days as (

    select
        service_point_id,
        opening_date

    from {{ ref('fct_measured_minutes') }}

    where source_family = 'queue' and not is_day_measured and service_point_id is not null

),

source_months as (

    select
        *,
        {{ is_register_silent() }} as is_silent

    from {{ ref('fct_source_months') }}

),

{% for name, source_family in {'points_with_reports': 'incident', 'points_with_queues': 'queue'}.items() -%}
{{ name }} as (

    select
        service_point_id,
        period

    from source_months

    where source_family = '{{ source_family }}' and is_delivered and not is_silent

),

{% endfor -%}
-- A display of the queue delivers too, and counts no visits.
points_with_visits as (

    select
        service_point_id,
        cast(date_trunc('month', opening_date) as date) as period

    from visits

    where visit_count > 0

),

incidents_and_visits as (

    select
        service_point_id,
        1 as incident_count,
        0 as visit_count,
        cast(date_trunc('month', opening_date) as date) as period,
        opening_date

    from incidents

    union all

    select
        service_point_id,
        0 as incident_count,
        visit_count,
        cast(date_trunc('month', opening_date) as date) as period,
        opening_date

    from visits

),

counted_by_day as (

    select
        counted.service_point_id,
        'not_attributable' as agency_code,
        'incident' as collection_mode,
        sum(counted.incident_count) as numerator,
        sum(counted.visit_count) as denominator,
        counted.opening_date

    from incidents_and_visits as counted

    -- A rate needs both: points where incidents are reported and visits are counted.
    where
        (counted.service_point_id, counted.period) in (select points_with_reports.* from points_with_reports)
        and (counted.service_point_id, counted.period) in (select points_with_queues.* from points_with_queues)
        and (counted.service_point_id, counted.period) in (select points_with_visits.* from points_with_visits)
        and (counted.service_point_id, counted.opening_date) not in (select uncounted_days.* from uncounted_days)

    group by counted.service_point_id, counted.opening_date

)

select * from counted_by_day
