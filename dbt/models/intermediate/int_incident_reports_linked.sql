with recursive

reports as (

    select * from {{ ref('int_incident_reports_unioned') }}

),

links as (

    select
        service_point_id,
        incident_key as from_key,
        linked_incident_key as to_key

    from reports

    where linked_incident_key is not null

    union

    select
        service_point_id,
        linked_incident_key as from_key,
        incident_key as to_key

    from reports

    where linked_incident_key is not null

),

-- Who reported what another reported names one of its keys; a chain of names is one incident.
reached as (

    select
        service_point_id,
        incident_key,
        incident_key as reached_key

    from reports

    union

    select
        reached.service_point_id,
        reached.incident_key,
        links.to_key as reached_key

    from reached
    inner join links
        on
            reached.service_point_id = links.service_point_id
            and reached.reached_key = links.from_key

),

incidents as (

    select
        service_point_id,
        incident_key,
        min(reached_key) as linked_group_key

    from reached

    group by service_point_id, incident_key

),

reports_of_incidents as (

    select
        reports.*,
        incidents.linked_group_key,
        coalesce(
            min(reports.occurred_date) filter (where reports.is_report) over (
                partition by reports.service_point_id, incidents.linked_group_key
            ),
            reports.occurred_date
        ) as incident_date

    from reports
    inner join incidents
        on
            reports.service_point_id = incidents.service_point_id
            and reports.incident_key = incidents.incident_key

),

-- An incident belongs to the day it was first told of: what is told of it later moves no month that is closed.
reports_of_open_months as (

    select *

    from reports_of_incidents

    where {{ moves_no_closed_month('incident_date', 'known_at') }}

)

select * from reports_of_open_months
