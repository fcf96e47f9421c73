with

sources as (

    select * from {{ ref('stg_reference__sources') }}

),

waves as (

    select * from {{ ref('stg_reference__waves') }}

),

periods as (

    select
        period,
        cast(period + interval '1 month' as date) as next_period

    from {{ built_months() }}

),

expected as (

    select distinct
        periods.period,
        sources.source,
        sources.source_family,
        {{ mode_of_source('sources') }} as collection_mode,
        sources.service_point_id,
        sources.owner,
        sources.cadence = 'continuous'
        and sources.service_point_id is not null
        and (
            sources.source_family = 'queue'
            or sources.collection_mode in (
                {% for mode in var("hourly_feedback_modes") -%}
                '{{ mode }}'{{ ", " if not loop.last }}
                {% endfor %}
            )
        ) as answers_for_every_hour,
        -- Devices for self-service and remote service send heartbeats too, but no figure rests on them yet.
        sources.cadence = 'continuous'
        and sources.service_point_id is not null
        and sources.source_family in ('session', 'device') as is_a_device_of_customers,
        sources.valid_from,
        sources.valid_to

    from periods
    inner join sources
        on
            periods.next_period > sources.valid_from
            and periods.period < coalesce(sources.valid_to, 'infinity')
    left join waves
        on
            periods.next_period > waves.starts_on
            and periods.period <= waves.ends_on

    where sources.cadence <> 'wave' or waves.wave_id is not null

),

with_hours as (

    select
        *,
        answers_for_every_hour or is_a_device_of_customers as has_hours

    from expected

)

select * from with_hours
