with

admitted as (

    select * from {{ ref('stg_landing__corrections_admitted') }}

),

withdrawn_corrections as (

    select distinct event_key as correction_key

    from admitted

    where refusal is null and means_a_correction

),

-- The latest decides whether the event counts, and for each field which value it has. Order of arrival plays no part.
in_force as (

    select
        admitted.correction_key,
        admitted.event_key,
        admitted.correction,
        admitted.replaced,
        row_number() over corrections_of_the_event as rank_from_latest,
        first_value(admitted.correction) over corrections_of_the_event as latest_correction

    from admitted
    left join withdrawn_corrections on admitted.correction_key = withdrawn_corrections.correction_key

    where
        admitted.refusal is null
        and withdrawn_corrections.correction_key is null

    window
        corrections_of_the_event as (
            partition by admitted.event_key
            order by admitted.corrected_at desc, admitted.received_at desc, admitted.correction_key desc
        )

),

fields_ranked as (

    select
        in_force.correction_key,
        row_number() over (
            partition by in_force.event_key, replaced.field_name order by in_force.rank_from_latest
        ) as field_rank

    from in_force
    cross join lateral jsonb_object_keys(in_force.replaced) as replaced (field_name)

    where in_force.latest_correction = 'amended'

),

applied as (

    select correction_key

    from fields_ranked

    where field_rank = 1

    union

    select correction_key

    from in_force

    where correction = 'withdrawn' and rank_from_latest = 1

),

judged as (

    select
        admitted.correction_key,
        admitted.event_key,
        admitted.source,
        admitted.correction,
        admitted.ref_source,
        admitted.ref_id,
        admitted.event_type,
        admitted.reason_code,
        admitted.who_role,
        admitted.replaced,
        admitted.fields_not_correctable,
        case
            when admitted.refusal is not null then admitted.refusal
            when withdrawn_corrections.correction_key is not null then 'withdrawn'
            when applied.correction_key is not null then 'applied'
            else 'overtaken'
        end as state,
        coalesce(admitted.affected_date, admitted.corrected_date) as about_date,
        admitted.corrected_at,
        admitted.received_at

    from admitted
    left join withdrawn_corrections on admitted.correction_key = withdrawn_corrections.correction_key
    left join applied on admitted.correction_key = applied.correction_key

)

select * from judged
