with

corrections as (

    select * from {{ ref('stg_landing__corrections_judged') }}

    where received_at < {{ last_received_before() }}

),

counted_by_day as (

    select
        source,
        ref_source,
        correction,
        coalesce(event_type, 'unknown') as event_type,
        reason_code,
        who_role,
        state,
        coalesce(fields_not_correctable, '') as fields_not_correctable,
        count(*) as correction_count,
        cast({{ local_time('received_at') }} as date) as received_date

    from corrections

    group by 1, 2, 3, 4, 5, 6, 7, 8, 10

)

select * from counted_by_day
