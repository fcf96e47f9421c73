with

sources as (

    select
        source,
        family as source_family,
        collection_mode,
        service_point_id,
        owner,
        cadence,
        valid_from,
        valid_to

    from {{ source('reference', 'source') }}

)

select * from sources
