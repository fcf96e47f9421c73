with

sources as (

    select * from {{ ref('int_sources_expected') }}

),

hours_observed as (

    select * from {{ ref('int_source_hours_observed') }}

),

events_by_month as (

    select
        source,
        sum(event_count) as event_count,
        cast(date_trunc('month', opening_date) as date) as period

    from hours_observed

    group by source, date_trunc('month', opening_date)

),

sources_by_month as (

    select
        sources.service_point_id,
        sources.source,
        sources.source_family,
        sources.collection_mode,
        sources.owner,
        coalesce(events_by_month.event_count, 0) as event_count,
        sources.answers_for_every_hour,
        -- Who reports only what happened has delivered by reporting nothing.
        events_by_month.source is not null
        or sources.source_family in (
            {% for family in var("families_without_nil_reports") -%}
            '{{ family }}'{{ ", " if not loop.last }}
            {% endfor %}
        ) as is_delivered,
        sources.period

    from sources
    left join events_by_month
        on
            sources.source = events_by_month.source
            and sources.period = events_by_month.period

),

expected_once as (

    select distinct *

    from sources_by_month

)

select * from expected_once
