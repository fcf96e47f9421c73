with

state_changes as (

    select * from {{ ref('int_ticket_states_ordered') }}

),

opening_days as (

    select * from {{ ref('int_opening_days_dated') }}

),

-- Point and agency are those of the event that began the interval, or of the last one before it that tells them.
intervals as (

    select
        ticket_key,
        transition as begun_by,
        state,
        service_point_id,
        service_mode,
        begins_stretch,
        is_reordered,
        agency_code,
        count(agency_code) over in_order as agency_number,
        row_number() over in_order as interval_number,
        sum(case when begins_stretch then 1 end) over (partition by ticket_key, state order by change_number)
            as number_within_state,
        lead(transition) over in_order as ended_by,
        lead(end_state) over in_order as end_state,
        occurred_at as begins_at,
        lead(occurred_at) over in_order as ends_at

    from state_changes

    window in_order as (partition by ticket_key order by change_number)

),

owned as (

    select
        *,
        max(agency_code) over (partition by ticket_key, agency_number) as owner_agency_code,
        {{ is_expected('state', 'ended_by', 'end_state') }} as is_ended_as_expected

    from intervals

    where state <> 'closed'

),

elapsed as (

    select
        *,
        case
            when is_ended_as_expected and coalesce(end_state <> 'closed_by_system', true)
                then {{ seconds_between('begins_at', 'ends_at') }}
        end as seconds_as_told,
        coalesce(state = 'waiting' and {{ is_overnight('begins_at', 'ends_at') }}, false) as is_overnight

    from owned

),

timed as (

    select
        ticket_key,
        interval_number,
        number_within_state,
        state,
        begun_by,
        ended_by,
        end_state,
        service_point_id,
        owner_agency_code as agency_code,
        service_mode,
        is_reordered,
        is_overnight,
        ended_by is not null and not is_ended_as_expected as is_gap,
        seconds_as_told,
        case
            when seconds_as_told is not null and state = 'waiting'
                then {{ reported_wait('opening_days', 'elapsed.service_point_id', 'begins_at', 'ends_at') }}
            else seconds_as_told
        end as reported_seconds,
        begins_at,
        ends_at

    from elapsed

)

select * from timed
