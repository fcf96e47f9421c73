-- Files: what is on its way, so that a corrected file is compared with what has arrived ------------------------------

create table ops.file_delivery (
    delivery_id bigint generated always as identity primary key,
    source text not null,
    file_name text not null,
    file_digest text not null,
    mapping_digest text not null,
    started_at timestamptz not null default now(),
    finished_at timestamptz,
    is_loaded boolean not null default false,
    ends json,
    report json,
    check ((finished_at is null) = (ends is null))
);
create index on ops.file_delivery (source) where not is_loaded;
comment on table ops.file_delivery is
'Writer: ingest files. One row per file that was brought in, or whose bringing in was broken off (no finished_at), with its report.';
comment on column ops.file_delivery.source is
'As the mapping writes it, so {subject} may stand in it.';
comment on column ops.file_delivery.ends is
'By topic and partition, the offset up to which the events of the file are in Kafka: once it is loaded, landing holds all.';
comment on column ops.file_delivery.is_loaded is
'Whether the loaders were seen to have passed ends. Looked at when the next file of the source comes.';
-- A vendor's payload that could not be translated is a dead letter; replayed, its events come as records of their own --

alter table ops.dead_letter drop constraint dead_letter_outcome_check;
alter table ops.dead_letter add constraint dead_letter_outcome_check
check (outcome in ('accepted', 'duplicate', 'held', 'translated'));
comment on column ops.dead_letter.outcome is
'What a replay made of it; translated is of a vendor''s payload whose events have been sent to Kafka since. It stays rejected in the ledger, where its events are counted as they come.';
