with recursive

attempts as (

    select * from {{ ref('int_ticket_attempts_chosen') }}

),

first_tickets as (

    select
        attempts.ticket_key,
        coalesce(attempts.visit_key, attempts.ticket_key) as visit_id,
        attempts.service_point_id,
        0 as chain_length,
        attempts.issued_date

    from attempts
    left join attempts as parents
        on
            attempts.chained_from_key = parents.ticket_key
            and attempts.service_point_id = parents.service_point_id
            and attempts.issued_date = parents.issued_date

    where parents.ticket_key is null

),

-- A ticket that another one led to is of the same stay, whether or not it names the visit.
chains as (

    select * from first_tickets

    union all

    select
        attempts.ticket_key,
        chains.visit_id,
        chains.service_point_id,
        chains.chain_length + 1 as chain_length,
        chains.issued_date

    from chains
    inner join attempts
        on
            chains.ticket_key = attempts.chained_from_key
            and chains.service_point_id = attempts.service_point_id
            and chains.issued_date = attempts.issued_date

),

tickets_of_visits as (

    select
        ticket_key,
        visit_id,
        chain_length

    from chains

)

select * from tickets_of_visits
