with

observations_raised as (

    select * from {{ ref('stg_landing__observations_raised') }}

),

agencies as (

    select * from {{ ref('int_agencies_succeeded') }}

),

findings as (

    select
        observations_raised.service_point_id,
        {{ agency_on('observations_raised.agency_code', 'observations_raised.period', 'agencies') }} as agency_code,
        observations_raised.region_code,
        observations_raised.observation_level,
        observations_raised.topic,
        observations_raised.period_month_count,
        observations_raised.counts,
        observations_raised.period,
        observations_raised.about_date as opening_date

    from observations_raised

),

summed as (

    select
        findings.service_point_id,
        findings.agency_code,
        findings.region_code,
        findings.observation_level,
        findings.topic,
        findings.period_month_count,
        coalesce(counted.value ->> 'counted', 'nothing') as counted,
        count(*) as finding_count,
        coalesce(sum(cast(counted.value ->> 'count' as integer)), 0) as counted_sum,
        findings.period,
        findings.opening_date

    from findings
    left join lateral jsonb_array_elements(findings.counts) as counted (value) on true

    where {{ in_built_months('findings.opening_date') }}

    group by
        findings.service_point_id, findings.agency_code, findings.region_code, findings.observation_level,
        findings.topic, findings.period_month_count, counted.value ->> 'counted', findings.period, findings.opening_date

)

select * from summed
