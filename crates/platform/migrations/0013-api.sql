-- The interface for programs: tokens, and the answers kept for a repeated key.

-- Of the secret only the SHA-256 is kept.
create table api_token (
    id text primary key,
    account_id text not null references account (id),
    name text not null,
    -- Words of the scopes, separated by spaces.
    scopes text not null,
    secret_hash text not null,
    created_at text not null,
    expires_at text not null,
    last_used_at text,
    revoked_at text
);
create unique index api_token_secret_unique on api_token (secret_hash);
create index api_token_by_account on api_token (account_id, created_at);

-- Written in the transaction of the act: either both are there or neither.
create table api_answer (
    token_id text not null references api_token (id),
    idempotency_key text not null,
    path text not null,
    body_hash text not null,
    status bigint not null,
    location text,
    body text not null,
    created_at text not null,
    primary key (token_id, idempotency_key)
);
