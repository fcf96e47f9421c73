-- A row is a day and point whose bookings are lost or counted twice on the way from booked to served.
with

bookings as (

    select * from {{ ref('fct_bookings') }}

    where {{ in_built_months('opening_date') }}

),

stages as (

    select
        service_point_id,
        opening_date,
        count(*) as booked_count,
        count(*) filter (where fate = 'cancelled') as cancelled_count,
        count(*) filter (where fate = 'upcoming') as upcoming_count,
        count(*) filter (where is_due) as due_count,
        count(*) filter (where is_no_show) as no_show_count,
        count(*) filter (where fate = 'not_known') as not_known_count,
        count(*) filter (where has_come) as come_count,
        count(*) filter (where fate = 'not_served') as not_served_count,
        count(*) filter (where is_served) as served_count

    from bookings

    group by service_point_id, opening_date

),

not_adding_up as (

    select *

    from stages

    where
        booked_count <> due_count + cancelled_count + upcoming_count
        or due_count <> come_count + no_show_count + not_known_count
        or come_count <> served_count + not_served_count

)

select * from not_adding_up
