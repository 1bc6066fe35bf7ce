-- Signing keys of institutions and appraisers, and their certificates. A private key lies locked under the master key, which
-- is never here. A row is never removed: what a key signed names it.

create table signing_key (
    id text primary key,
    owner_kind text not null check (owner_kind in ('institution', 'appraiser')),
    owner_id text not null,
    algorithm text not null,
    sealed {bytes} not null,
    made_at text not null,
    made_by text not null,
    -- From when on it signs; none while its certificate has not come.
    signs_from text,
    rotated_at text,
    rotated_to text
);
create index signing_key_by_owner on signing_key (owner_kind, owner_id);

-- Position 0 is the key's own, then the authorities above it. Append-only.
create table signing_certificate (
    key_id text not null references signing_key (id),
    position bigint not null,
    fingerprint text not null,
    content {bytes} not null,
    primary key (key_id, position)
);
create index signing_certificate_by_fingerprint on signing_certificate (fingerprint);

-- The earliest day of a key's rows counts. Append-only.
create table signing_key_revocation (
    sequence {serial},
    key_id text not null references signing_key (id),
    effective_from text not null,
    noticed_at text not null,
    reason text not null,
    revoked_by text not null
);
create index signing_key_revocation_by_key on signing_key_revocation (key_id, sequence);
