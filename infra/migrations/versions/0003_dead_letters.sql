-- A dead letter can be sent through the door again, discarded, or lose its bytes; its row and the counts stay.

alter table ops.dead_letter
    add column outcome text check (outcome in ('accepted', 'duplicate', 'held')),
    add column replayed_at timestamptz,
    add column discarded_at timestamptz,
    add column discarded_by text,
    add column discard_reason text,
    add column bytes_deleted_at timestamptz,
    alter column sealed_bytes drop not null,
    add check ((outcome is null) = (replayed_at is null)),
    add check ((discarded_at is null) = (discarded_by is null) and (discarded_at is null) = (discard_reason is null)),
    add check (outcome is null or discarded_at is null),
    add check ((sealed_bytes is null) = (bytes_deleted_at is not null));

comment on table ops.dead_letter is
'Writer: ingest (the loader, and pulssi dead-letters). One row per event that was set aside, with its bytes sealed to the key that one role holds. Rejected in the ledger as long as outcome is null; outcome is what a replay made of it.';

-- An event waits under the topic it came by: the ledger counts it there, and its family may be another one.

alter table landing.event_held add column topic text;

update landing.event_held
set topic = regexp_replace((select min(topic) from ops.kafka_offset), '[^.]+$', split_part(event_type, '.', 1));

alter table landing.event_held alter column topic set not null;
