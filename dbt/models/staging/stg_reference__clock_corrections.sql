with

clock_corrections as (

    select
        source,
        shift_seconds,
        reason,
        decided_by,
        {{ instant_of('cast(decided_on as timestamp)') }} as decided_at,
        valid_from,
        valid_to

    from {{ source('reference', 'clock_correction') }}

)

select * from clock_corrections
