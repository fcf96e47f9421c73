with

reports as (

    select * from {{ ref('int_incident_reports_linked') }}

),

reports_with_their_kind as (

    select
        *,
        coalesce(incident_type ~ '^technical(_|$)', false) as is_technical

    from reports

),

-- Kind, place and severity are those of the first report that is not of a technical fault.
incidents as (

    select
        service_point_id,
        (array_agg(incident_key order by is_technical, occurred_at, event_key) filter (where is_report))[1]
            as incident_key,
        (array_agg(incident_type order by is_technical, occurred_at, event_key) filter (where is_report))[1]
            as incident_type,
        (array_agg(severity order by is_technical, occurred_at, event_key) filter (where is_report))[1] as severity,
        (array_agg(location_area order by is_technical, occurred_at, event_key) filter (where is_report))[1]
            as location_area,
        count(*) filter (where is_report) as report_count,
        count(distinct incident_key) filter (where is_report) as linked_key_count,
        bool_or(reporter = 'guard_company') filter (where is_report) as is_reported_by_guards,
        bool_or(reporter = 'staff') filter (where is_report) as is_reported_by_point,
        bool_and(is_technical) filter (where is_report) as is_technical,
        bool_or(is_time_coarse) filter (where is_report) as is_time_coarse,
        min(incident_date) as opening_date,
        min(occurred_at) filter (where is_report) as reported_at,
        min(resolved_at) as first_resolved_at,
        -- What is not over by the day on which the month is final is not known to be over.
        {{ received_before('min(incident_date)') }} as followed_until

    from reports_with_their_kind

    group by service_point_id, linked_group_key

    -- What is only told to be over was reported in a month that is not being built.
    having bool_or(is_report)

),

followed as (

    select
        *,
        case when first_resolved_at <= followed_until then first_resolved_at end as resolved_at

    from incidents

    where {{ in_built_months('opening_date') }}

),

final as (

    select
        service_point_id,
        incident_key,
        incident_type,
        severity,
        location_area,
        report_count,
        linked_key_count,
        case
            when is_time_coarse or resolved_at < reported_at - {{ seconds('retry_seconds') }} then null
            else greatest(floor({{ seconds_between('reported_at', 'coalesce(resolved_at, followed_until)') }}), 0)
        end as followed_seconds,
        is_technical,
        resolved_at is not null as is_resolved,
        is_reported_by_guards,
        is_reported_by_point,
        is_time_coarse,
        coalesce(resolved_at < reported_at - {{ seconds('retry_seconds') }}, false) as is_out_of_order,
        array_remove(
            array[
                case when report_count > 1 then 'linked' end,
                case when resolved_at < reported_at - {{ seconds('retry_seconds') }} then 'order' end,
                case when is_time_coarse then 'inaccurate' end
            ],
            null
        ) as rules_applied,
        opening_date,
        reported_at,
        resolved_at

    from followed

)

select * from final
