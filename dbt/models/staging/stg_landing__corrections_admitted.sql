with

corrections as (

    select * from {{ ref('stg_landing__corrections_traced') }}

),

-- A correction that is withdrawn belongs to the month of the event that it is about.
corrections_dated as (

    select
        corrections.*,
        {{ is_correction('corrections.event_type') }} as means_a_correction,
        coalesce(withdrawn.event_received_at, corrections.event_received_at) as counted_since,
        coalesce(withdrawn.about_date, corrections.about_date) as affected_date,
        coalesce({{ is_correction('withdrawn.event_type') }}, false) as means_a_withdrawal_of_a_correction

    from corrections
    left join corrections as withdrawn on corrections.event_key = withdrawn.correction_key

),

fields_not_correctable as (

    select
        corrections.correction_key,
        string_agg(replaced.field_name, ', ' order by replaced.field_name) as field_names

    from corrections
    cross join lateral jsonb_object_keys(corrections.replaced) as replaced (field_name)

    where not {{ is_correctable('corrections.event_type', 'replaced.field_name') }}

    group by corrections.correction_key

),

admitted as (

    select
        corrections_dated.*,
        case
            when not {{ may_correct('corrections_dated.source', 'corrections_dated.ref_source') }}
                then 'not_permitted'
            when corrections_dated.event_key is null then 'waits'
            when
                corrections_dated.event_key = corrections_dated.correction_key
                or corrections_dated.means_a_withdrawal_of_a_correction
                or (corrections_dated.means_a_correction and corrections_dated.correction = 'amended')
                then 'not_correctable'
            when fields_not_correctable.field_names is not null then 'unknown_field'
            when
                cast(corrections_dated.replaced ->> 'time' as timestamptz)
                > corrections_dated.event_received_at + interval '24 hours'
                then 'time_in_future'
            -- The event has counted in a month that was final when this came.
            when
                corrections_dated.counted_since < {{ received_before('corrections_dated.affected_date') }}
                and corrections_dated.received_at >= {{ received_before('corrections_dated.affected_date') }}
                then
                    case
                        when
                            {{ received_before('corrections_dated.affected_date') }} < {{ last_received_before() }}
                            then 'late'
                        else 'after_cutoff'
                    end
        end as refusal,
        fields_not_correctable.field_names as fields_not_correctable

    from corrections_dated
    left join fields_not_correctable on corrections_dated.correction_key = fields_not_correctable.correction_key

)

select * from admitted
