with

tickets_issued as (

    select * from {{ ref('stg_landing__tickets_issued') }}

),

tickets_checked_in as (

    select * from {{ ref('stg_landing__tickets_checked_in') }}

),

tickets_called as (

    select * from {{ ref('stg_landing__tickets_called') }}

),

services_started as (

    select * from {{ ref('stg_landing__services_started') }}

),

services_ended as (

    select * from {{ ref('stg_landing__services_ended') }}

),

tickets_abandoned as (

    select * from {{ ref('stg_landing__tickets_abandoned') }}

),

tickets_not_shown_up as (

    select * from {{ ref('stg_landing__tickets_not_shown_up') }}

),

unioned as (

    {{ ticket_transition('tickets_issued', 'issued', 1) }}
    union all
    {{ ticket_transition('tickets_checked_in', 'checked_in', 2) }}
    union all
    {{ ticket_transition('tickets_called', 'called', 3, has_desk=true) }}
    union all
    {{ ticket_transition('services_started', 'started', 4, has_desk=true) }}
    union all
    {{ ticket_transition('services_ended', 'ended', 5, has_desk=true, is_end=true) }}
    union all
    {{ ticket_transition('tickets_abandoned', 'abandoned', 6) }}
    union all
    {{ ticket_transition('tickets_not_shown_up', 'no_show', 7) }}

),

dated_by_arrival as (

    select
        *,
        min(occurred_date) over (partition by ticket_key) as arrived_date

    from unioned

),

-- A ticket belongs to its arrival: the closing of the next night makes no ticket of the next month.
closings_marked as (

    select
        *,
        transition in ('abandoned', 'no_show')
        or (transition = 'ended' and end_state <> 'returned_to_queue') as is_closing

    from dated_by_arrival

    where {{ moves_no_closed_month('arrived_date', 'received_at') }}

)

select * from closings_marked
