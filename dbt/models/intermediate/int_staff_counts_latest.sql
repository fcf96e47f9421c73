with

counts as (

    select * from {{ ref('stg_landing__staff_answers_counted') }}

),

days as (

    select * from {{ ref('stg_landing__days_of_staff_counts') }}

),

counts_dated as (

    select
        counts.*,
        min(coalesce(days.first_counted_date, counts.about_date)) over (
            partition by counts.source, counts.service_point_id, counts.wave_id, counts.item_code
        ) as first_counted_date

    from counts
    left join days on counts.event_key = days.event_key

),

-- A count that is sent again is of the same answers: it replaces the first one in its month, unless that was final.
counts_numbered as (

    select
        *,
        row_number() over (
            partition by source, service_point_id, wave_id, item_code
            order by occurred_at desc, event_key desc
        ) as number_from_last

    from counts_dated

    where {{ moves_no_closed_month('first_counted_date', 'known_at') }}

),

final as (

    select
        source,
        service_point_id,
        agency_code,
        wave_id,
        item_code,
        scale_code,
        distribution,
        first_counted_date

    from counts_numbered

    where number_from_last = 1

)

select * from final
