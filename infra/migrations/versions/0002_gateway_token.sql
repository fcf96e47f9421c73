create table ops.gateway_token (
    token_id bigint generated always as identity primary key,
    name text not null unique,
    token_hash bytea not null unique,
    source_prefix text not null,
    service_point_ids text[],
    issued_at timestamptz not null default now(),
    expires_at timestamptz not null,
    revoked_at timestamptz,
    last_used_at timestamptz
);
comment on table ops.gateway_token is
'Writer: pulssi tokens, and the gateway for last_used_at. One row per token of an installation; the token itself is known to its holder only.';
comment on column ops.gateway_token.token_hash is
'SHA-256 of the token, which holds 32 random bytes: too many to guess, so a slow hash would add nothing.';
comment on column ops.gateway_token.source_prefix is
'The source of events that the token may send, or the path above it.';
comment on column ops.gateway_token.service_point_ids is
'Points that events of the token may be about; null means every point.';
comment on column ops.gateway_token.last_used_at is
'When the token last opened the gateway, to the minute.';
