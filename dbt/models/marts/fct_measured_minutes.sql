with

sources as (

    select * from {{ ref('int_sources_expected') }}

),

opening_hours as (

    select * from {{ ref('int_opening_hours_split') }}

),

hours_observed as (

    select * from {{ ref('int_source_hours_observed') }}

),

hours_expected as (

    select
        sources.service_point_id,
        sources.source_family,
        sources.collection_mode,
        sources.source,
        opening_hours.opening_minutes,
        opening_hours.opening_date,
        opening_hours.hour_starts_at

    from sources
    inner join opening_hours
        on
            sources.service_point_id = opening_hours.service_point_id
            and sources.period = date_trunc('month', opening_hours.opening_date)
            and {{ is_valid_on('sources', 'opening_hours.opening_date') }}

    where sources.answers_for_every_hour

),

summed_by_day as (

    select
        hours_expected.service_point_id,
        hours_expected.source_family,
        hours_expected.collection_mode,
        count(distinct hours_expected.source) as installation_count,
        sum(hours_expected.opening_minutes) as opening_minutes,
        coalesce(
            sum(hours_expected.opening_minutes) filter (where hours_observed.source is not null), 0
        ) as measured_minutes,
        hours_expected.opening_date

    from hours_expected
    left join hours_observed
        on
            hours_expected.source = hours_observed.source
            and hours_expected.hour_starts_at = hours_observed.hour_starts_at

    group by
        hours_expected.service_point_id, hours_expected.source_family, hours_expected.collection_mode,
        hours_expected.opening_date

)

select * from summed_by_day
