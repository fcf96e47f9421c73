with

counts as (

    select * from {{ ref('int_staff_counts_latest') }}

),

agencies as (

    select * from {{ ref('int_agencies_succeeded') }}

),

scale_values as (

    select * from {{ ref('stg_reference__scale_values') }}

),

scores_of_counts as (

    select
        counts.service_point_id,
        {{ agency_on('counts.agency_code', 'counts.first_counted_date', 'agencies') }} as agency_code,
        counts.wave_id,
        counts.item_code,
        scale_values.score,
        cast(part.value ->> 'count' as integer) as answer_count,
        counts.first_counted_date as opening_date

    from counts
    cross join lateral jsonb_array_elements(counts.distribution) as part (value)
    inner join scale_values
        on
            coalesce(counts.scale_code, 'rating_5') = scale_values.scale_code
            and part.value ->> 'raw_value' = scale_values.raw_value

    where scale_values.score is not null

),

counted_by_score as (

    select
        service_point_id,
        agency_code,
        wave_id,
        item_code,
        score,
        sum(answer_count) as answer_count,
        opening_date

    from scores_of_counts

    where {{ in_built_months('opening_date') }}

    group by service_point_id, agency_code, wave_id, item_code, score, opening_date

    having sum(answer_count) > 0

),

groups_counted as (

    select
        *,
        sum(answer_count) over (
            partition by service_point_id, agency_code, wave_id, item_code, opening_date
        ) as group_answer_count

    from counted_by_score

),

-- Contracts let in no group of fewer; what remains of one after blank answers can be fewer still.
final as (

    select
        service_point_id,
        agency_code,
        wave_id,
        item_code,
        score,
        answer_count,
        opening_date

    from groups_counted

    where group_answer_count >= {{ var("staff_smallest_group") }}

)

select * from final
