-- What a day's build reads of the months before, found without reading them: otherwise each day costs more than the last.

-- All that was told of a booking or an incident.
create index event_of_case on landing.event ((coalesce(data ->> 'incident_key', data ->> 'booking_key')))
where event_type in ('booking.created', 'booking.changed', 'booking.cancelled', 'incident.reported', 'incident.resolved');

-- Bookings of a day.
create index event_of_slot on landing.event ((data ->> 'slot_start'))
where event_type in ('booking.created', 'booking.changed');

-- What tells of a year, or of an event of long ago.
create index event_of_year on landing.event (received_at)
where event_type in ('correction.amended', 'correction.withdrawn', 'complaint.counted', 'staff_survey.counted');

-- The event that a correction means.
create index event_meant on landing.event (event_id);

-- Without it each build would ask of every row that was stored since the oldest month was built what it is about.
create table ops.build_check (
    build_check_id bigint generated always as identity primary key,
    landed_before timestamptz not null,
    checked_at timestamptz not null default clock_timestamp()
);
comment on table ops.build_check is
'Writer: kpi. One row per pulssi build of all that arrived that ended well: what was stored before landed_before is in the builds of all months that it is about.';
