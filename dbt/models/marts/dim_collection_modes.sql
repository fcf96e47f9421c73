with

sources as (

    select * from {{ ref('stg_reference__sources') }}

),

modes as (

    select
        measures.source_family,
        measures.collection_mode,
        measures.service_point_id,
        bool_or(measures.is_by_wave) as is_by_wave

    from sources
    cross join
        lateral (
            values
            (
                sources.source_family,
                {{ mode_of_source('sources') }},
                sources.service_point_id,
                sources.cadence = 'wave'
            ),
            -- Completeness measures the installations themselves, one mode per family.
            ('device', sources.source_family, null, false)
        ) as measures (source_family, collection_mode, service_point_id, is_by_wave)

    group by measures.source_family, measures.collection_mode, measures.service_point_id

)

select * from modes
