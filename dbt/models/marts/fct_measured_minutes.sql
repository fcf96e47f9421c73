with

source_hours as (

    select * from {{ ref('fct_source_hours') }}

),

summed_by_day as (

    select
        service_point_id,
        source_family,
        collection_mode,
        count(distinct source) as installation_count,
        sum(opening_minutes) as opening_minutes,
        coalesce(sum(opening_minutes) filter (where state = 'measured'), 0) as measured_minutes,
        opening_date

    from source_hours

    where
        answers_for_every_hour
        and state <> 'closed'

    group by service_point_id, source_family, collection_mode, opening_date

),

-- A rate over the day needs most of the day: an hour of visits is no base for the incidents of a whole day.
judged as (

    select
        *,
        measured_minutes > {{ var('measured_day_share') }} * opening_minutes as is_day_measured

    from summed_by_day

)

select * from judged
