-- Two points in September and October 2026: small, complete, and as the loader would have stored it.
insert into reference.region values ('01', 'Uusimaa', 'Nyland', 'Uusimaa', '2020-01-01', null);
insert into reference.agency values
('kela', 'Kela', 'FPA', 'Kela', null, '2020-01-01', null),
('vero', 'Verohallinto', 'Skatteförvaltningen', 'Tax Administration', null, '2020-01-01', null);
insert into reference.service_point
select point, point, point, point, size_class, '01', null, 'fi', 'kela', '2020-01-01', null
from (values ('alpha', 'L'), ('beta', 'S')) as points (point, size_class);
insert into reference.presence
select service_point_id, agency_code, '2020-01-01', null
from reference.service_point cross join reference.agency;
insert into reference.opening_hours
select service_point_id, weekday, '09:00', '14:00', '2020-01-01', null
from reference.service_point cross join generate_series(1, 5) as weekday;
insert into reference.source
select '/points/' || service_point_id || '/' || family, family, collection_mode, service_point_id, 'kela', 'continuous', '2020-01-01', null
from reference.service_point cross join (values ('queue', null), ('feedback', 'device')) as families (family, collection_mode);
insert into reference.question values ('overall', 1, 'rating_5', 'Tyytyväisyys', 'Nöjdhet', 'Satisfaction', '2020-01-01', null);
insert into reference.scale_value
select 'rating_5', value::text, value, value::text, value::text, value::text from generate_series(1, 5) as value;
insert into ops.reference_load (digest, folders, row_counts) values ('good', '{}', '{}');

select landing.create_month(first_day) from generate_series(timestamptz '2026-09-01', '2026-11-01', '1 month') as first_day;

create temporary table customer as
select
    service_point_id,
    number,
    md5(service_point_id || day || number) as ticket_key,
    (day + time '09:10' + number * interval '30 minutes') at time zone 'Europe/Helsinki' as arrived_at,
    interval '1 minute' * (2 + (number * 7 + extract(day from day)::integer) % 20) as waited
from reference.service_point
cross join generate_series(timestamp '2026-09-01', '2026-10-31', '1 day') as day
cross join generate_series(0, 9) as number
where extract(isodow from day) <= 5;

create temporary table happened as
select service_point_id, 'queue.ticket_issued' as event_type, arrived_at as occurred_at,
    json_build_object('ticket_key', ticket_key, 'agency', 'kela', 'access', 'walk_in', 'purpose', 'service') as data
from customer
union all
select service_point_id, case when number = 9 then 'queue.abandoned' else 'queue.called' end, arrived_at + waited,
    json_build_object('ticket_key', ticket_key)
from customer
union all
select service_point_id, 'queue.service_started', arrived_at + waited + interval '20 seconds', json_build_object('ticket_key', ticket_key)
from customer
where number <> 9
union all
select service_point_id, 'queue.service_ended', arrived_at + waited + interval '9 minutes',
    json_build_object('ticket_key', ticket_key, 'end_state', 'completed')
from customer
where number <> 9
union all
select service_point_id, 'feedback.given', arrived_at + waited + interval '10 minutes',
    json_build_object(
        'mode', 'device', 'agency', 'kela', 'text', 'hyvää palvelua',
        'answers', json_build_array(json_build_object(
            'question_code', 'overall', 'question_version', 1, 'scale_code', 'rating_5', 'raw_value', (1 + number % 5)::text
        ))
    )
from customer;

insert into landing.event (
    event_key, event_id, source, event_type, contract, service_point_id, time_precision, utc_offset_minutes, is_future,
    kafka_partition, kafka_offset, occurred_at, received_at, data
)
select
    md5(event_type || row_number() over ())::uuid,
    row_number() over ()::text,
    '/points/' || service_point_id || '/' || split_part(event_type, '.', 1),
    event_type, event_type || '.v1', service_point_id, 'second', 180, false,
    0,
    row_number() over (partition by split_part(event_type, '.', 1) order by occurred_at),
    occurred_at, occurred_at + interval '2 seconds', data
from happened;

insert into ops.ledger (received_date, source, topic, kafka_partition, accepted_count)
select (received_at at time zone 'UTC')::date, source, 'test.' || split_part(event_type, '.', 1), 0, count(*)
from landing.event
group by 1, 2, 3;
insert into ops.produced
select received_date, source, topic, accepted_count from ops.ledger;
insert into ops.kafka_offset
select 'cluster', topic, 0, topic, 1, 1 + sum(accepted_count), now()
from ops.ledger
group by topic;
