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

tickets_recalled as (

    select * from {{ ref('stg_landing__tickets_recalled') }}

),

services_started as (

    select * from {{ ref('stg_landing__services_started') }}

),

services_held as (

    select * from {{ ref('stg_landing__services_held') }}

),

services_resumed as (

    select * from {{ ref('stg_landing__services_resumed') }}

),

tickets_transferred as (

    select * from {{ ref('stg_landing__tickets_transferred') }}

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

    {{ ticket_transition('tickets_issued', 'issued', 1, state='waiting') }}
    union all
    {{ ticket_transition('tickets_checked_in', 'checked_in', 2) }}
    union all
    {{ ticket_transition('tickets_called', 'called', 3, state='called', has_desk=true) }}
    union all
    {{ ticket_transition('tickets_recalled', 'recalled', 4, has_desk=true) }}
    union all
    {{ ticket_transition('services_started', 'started', 5, state='serving', has_desk=true) }}
    union all
    {{ ticket_transition('services_held', 'held', 6, state='held', has_desk=true) }}
    union all
    {{ ticket_transition('services_resumed', 'resumed', 7, state='serving', has_desk=true) }}
    union all
    {{ ticket_transition('tickets_transferred', 'transferred', 8, state='waiting') }}
    union all
    {{ ticket_transition('services_ended', 'ended', 9, has_desk=true, is_end=true) }}
    union all
    {{ ticket_transition('tickets_abandoned', 'abandoned', 10, state='closed') }}
    union all
    {{ ticket_transition('tickets_not_shown_up', 'no_show', 11, state='closed') }}

),

dated_by_arrival as (

    select
        *,
        min(occurred_date) over (partition by ticket_key) as arrived_date

    from unioned

),

-- A ticket belongs to its arrival: the closing of the next night makes no ticket of the next month.
events_of_open_months as (

    select
        *,
        coalesce(state = 'closed', false) as is_closing,
        bool_or(not is_timed) over (partition by ticket_key) as is_time_coarse

    from dated_by_arrival

    where {{ moves_no_closed_month('arrived_date', 'known_at') }}

)

select * from events_of_open_months
