-- Key versions: a repeated event is known again, and a ticket stays one, when the hashing key has been rotated --------

alter table ops.deployment_key
    add column key_version smallint not null default 1,
    add column retired_at timestamptz,
    drop constraint deployment_key_pkey,
    add primary key (key_version),
    add unique (key_check),
    add check (key_version > 0);
alter table ops.deployment_key alter column key_version drop default;
comment on table ops.deployment_key is
'Writer: ingest (the loader for the first, pulssi keys rotate for the others). One row per version of the key that hashes fingerprints and references, with a digest of it and never the key: the highest version is in force. Whoever has another key must not write here.';

create table landing.earlier_reference (
    reference bytea not null primary key
);
comment on table landing.earlier_reference is
'Writer: pulssi keys rotate. Each hashed reference (of a ticket, visit, booking ...) that was in landing when a key was retired: events that come later with the same reference keep its old hash, so that they stay linked.';

-- Breakers: a source whose events are mostly bad is parked, the others go on ------------------------------------------

alter table ops.ledger add column parked_count bigint not null default 0;
comment on table ops.ledger is
'Writer: ingest (the loader, replays, and the reference load that releases held events). One row per UTC day of receipt, source and partition. rejected_count includes conflict_count; held_count and parked_count are what still waits.';

create table ops.breaker (
    source text not null primary key,
    state text not null,
    judged_count bigint not null,
    bad_count bigint not null,
    window_started_at timestamptz not null,
    opened_at timestamptz,
    pause_ends_at timestamptz,
    updated_at timestamptz not null default now(),
    revision bigint not null default 1,
    check (state in ('closed', 'open', 'half_open')),
    check ((state = 'closed') or (opened_at is not null and pause_ends_at is not null))
);
comment on table ops.breaker is
'Writer: ingest (the loader, and pulssi breakers). One row per source with a bad event in its present window, or whose breaker is open; no row means closed.';
comment on column ops.breaker.judged_count is
'Events since the window began with a bad one; of a half-open breaker: probes let through.';
comment on column ops.breaker.opened_at is
'When it opened, by the clock of the loader''s machine.';
comment on column ops.breaker.pause_ends_at is
'Events received from this instant on are let through as probes.';

create table ops.breaker_notice (
    notice_id bigint generated always as identity primary key,
    source text not null,
    owner text,
    state text not null,
    message_fi text not null,
    message_sv text not null,
    message_en text not null,
    told_at timestamptz not null default now()
);
create index on ops.breaker_notice (source, notice_id);
comment on table ops.breaker_notice is
'Writer: ingest. What the owner of a source is told when its breaker opens, opens again, closes, or its parked events are given up; in the transaction that does it.';

create table ops.parked_event (
    parked_event_id bigint generated always as identity primary key,
    source text not null,
    topic text not null,
    kafka_partition integer not null,
    kafka_offset bigint not null,
    parked_topic_id text not null,
    parked_partition integer not null,
    parked_offset bigint not null,
    received_at timestamptz not null,
    stored_at timestamptz not null default now(),
    outcome text check (outcome in ('accepted', 'duplicate', 'rejected', 'conflict', 'held', 'discarded', 'expired')),
    ended_at timestamptz,
    unique (parked_topic_id, parked_partition, parked_offset),
    check ((outcome is null) = (ended_at is null))
);
create index on ops.parked_event (source, parked_event_id) where outcome is null;
comment on table ops.parked_event is
'Writer: ingest. One row per event in the parking topic that counts: where it lies there and where it came from; its bytes are in the topic only. A record of the topic without a row was written by a loader that died before its commit, and counts for nothing.';
comment on column ops.parked_event.outcome is
'Null while it waits; then what became of it when it flowed back, or discarded, or expired when the topic no longer had it.';

-- Dead letters: their bytes are for one role -------------------------------------------------------------------------

create index on ops.dead_letter (stored_at) where bytes_deleted_at is null;

-- The name is kept in the database: a copy of it under another name still has the same role.
do $$ begin
    execute format(
        'create function ops.dead_letter_role() returns text language sql immutable as %L',
        format('select %L::text', left(current_database(), 50) || '_dead_letters')
    );
end $$;
comment on function ops.dead_letter_role is 'The one role that may read the sealed bytes of dead letters.';

create function ops.guard_dead_letters() returns void language plpgsql as $$
declare
    columns text;
begin
    if not exists (select from pg_roles where rolname = ops.dead_letter_role()) then
        execute format('create role %I nologin', ops.dead_letter_role());
    end if;
    execute format('grant usage on schema ops to %I', ops.dead_letter_role());
    execute format('grant select on ops.dead_letter to %I', ops.dead_letter_role());
    -- The owner keeps every column but the bytes: whoever must read those becomes the role first.
    select string_agg(quote_ident(column_name), ', ' order by ordinal_position) into columns
    from information_schema.columns
    where table_schema = 'ops' and table_name = 'dead_letter' and column_name <> 'sealed_bytes';
    revoke all on ops.dead_letter from public;
    execute format('revoke select on ops.dead_letter from %I', current_user);
    execute format('grant select (%s) on ops.dead_letter to %I', columns, current_user);
end $$;
comment on function ops.guard_dead_letters is
'Leaves the sealed bytes of dead letters to one role. Run by the owner of the tables, who may create roles or finds it created; again after a column was added to ops.dead_letter.';

do $$ begin
    perform ops.guard_dead_letters();
exception
    when insufficient_privilege then
        raise warning 'this user may not create the role %: the bytes of dead letters are guarded by their private key only. Have it created, then run: select ops.guard_dead_letters()', ops.dead_letter_role();
end $$;
