{{ config(unlogged=true) }}

with

sums as (

    select * from {{ ref('metric_sums_by_place') }}

),

places as (

    select * from {{ ref('metric_places') }}

),

definitions as (

    select * from {{ ref('metric_definitions') }}

),

sums_with_their_place as (

    select
        sums.*,
        definitions.lowest_level,
        places.team_id,
        places.region_code,
        places.size_class

    from sums
    inner join definitions
        on
            sums.metric_id = definitions.metric_id
            and sums.metric_version = definitions.metric_version
    left join places on sums.place_id = places.place_id

),

-- The agencies are a breakdown of the whole, but not where the level is an agency already. Of a point and an agency
-- there is no more than the whole.
sums_at_levels as (

    select
        sums.metric_id,
        sums.metric_version,
        levels.level,
        levels.level_id,
        sums.collection_mode,
        parts.breakdown,
        parts.breakdown_value,
        sums.numerator,
        sums.denominator,
        sums.sum_of_squares,
        sums.opening_days,
        case when sums.durations is not null then sums.sums_id end as sums_id,
        sums.period

    from sums_with_their_place as sums
    cross join
        lateral (
            values (sums.breakdown, sums.breakdown_value), ('agency', sums.agency_code)
        ) as parts (breakdown, breakdown_value)
    {{ at_levels('sums', has_point_agencies=true) }}

    -- An event without a service point counts for its agency and the nation only.
    where
        levels.level_id is not null
        and (sums.lowest_level = 'service_point' or levels.level in (sums.lowest_level, 'national'))
        and (levels.level <> 'point_agency' or parts.breakdown = 'total')
        and (
            parts.breakdown <> 'agency'
            or (sums.breakdown = 'total' and levels.level <> 'agency')
        )

),

summed_by_level as (

    select
        {{ cell_columns() | join(', ') }},
        sum(numerator) as numerator,
        sum(denominator) as denominator,
        sum(sum_of_squares) as sum_of_squares,
        length(replace(cast(cast(bit_or(opening_days) as bit(32)) as text), '0', '')) as opening_day_count,
        array_agg(sums_id) filter (where sums_id is not null) as sums_ids,
        period

    from sums_at_levels

    group by {{ cell_columns() | join(', ') }}, period

),

numbered as (

    select
        *,
        row_number() over () as cell_id

    from summed_by_level

)

select * from numbered
