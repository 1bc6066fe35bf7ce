-- Accounts: what proves that a person is who they say, where they are signed in, and what was done with accounts.

alter table account add column password_set_at text;
-- Who created the account must not be the one who grants it roles.
alter table account add column created_by text;

{administrators_apart}

create table password_history (
    account_id text not null references account (id),
    password_hash text not null,
    set_at text not null
);
create index password_history_by_account on password_history (account_id, set_at);

-- A row is there once the person has shown a code; last_step is the newest 30-second step used, so no code works twice.
create table second_factor (
    account_id text primary key references account (id),
    secret {bytes} not null,
    last_step bigint not null,
    confirmed_at text not null
);

create table recovery_code (
    account_id text not null references account (id),
    code_hash text not null,
    used_at text,
    primary key (account_id, code_hash)
);

-- Only the SHA-256 of a token is kept. Stages before 'open' are sign-ins that are not finished.
create table session (
    token_hash text primary key,
    id text not null,
    account_id text not null references account (id),
    stage text not null check (stage in ('second', 'password', 'enrol', 'open')),
    started_at text not null,
    seen_at text not null,
    ends_at text not null,
    ip text not null,
    agent text not null,
    pending_secret {bytes}
);
create unique index session_id_unique on session (id);
create index session_by_account on session (account_id, started_at);
create index session_by_end on session (ends_at);

create table set_up_link (
    token_hash text primary key,
    account_id text not null references account (id),
    created_at text not null,
    expires_at text not null,
    used_at text
);
create index set_up_link_by_account on set_up_link (account_id);

-- Every try to sign in. Append-only. The login of an unknown account is masked: people type passwords there.
create table sign_in_attempt (
    sequence {serial},
    happened_at text not null,
    account_id text,
    login text not null,
    ip text not null,
    result text not null check (result in ('signed_in', 'half_way', 'wrong_password', 'wrong_code', 'unknown_login', 'disabled', 'closed'))
);
create index sign_in_attempt_by_account on sign_in_attempt (account_id, sequence);
create index sign_in_attempt_by_ip on sign_in_attempt (ip, happened_at);
create index sign_in_attempt_by_login on sign_in_attempt (login, sequence);

-- What was done with accounts, and what was refused. Append-only.
create table account_event (
    sequence {serial},
    happened_at text not null,
    actor_id text,
    actor_name text not null,
    account_id text not null,
    account_login text not null,
    action text not null,
    result text not null check (result in ('done', 'refused')),
    detail text not null,
    request_id text not null
);
create index account_event_by_account on account_event (account_id, sequence);
