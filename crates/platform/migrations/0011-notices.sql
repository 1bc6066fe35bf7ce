-- Work that is done later, and what is told to whom. Payloads hold ids, never names of parties.

-- A job is written in the transaction of what gives rise to it (the outbox of an event is its job `event`). A worker claims
-- it until claimed_until; one that dies lets the claim run out.
create table job (
    id text primary key,
    name text not null,
    payload text not null,
    -- Written twice, done once.
    dedup text,
    enqueued_at text not null,
    run_at text not null,
    claimed_until text,
    claim text,
    tries bigint not null,
    last_error text,
    done_at text,
    dead_at text
);
create unique index job_dedup_unique on job (name, dedup);
create index job_waiting on job (run_at, id) where done_at is null and dead_at is null;
create index job_dead on job (dead_at) where dead_at is not null;

-- Confirmed by a link that was sent to it.
alter table account add column email text;

create table email_confirmation (
    token_hash text primary key,
    account_id text not null references account (id),
    email text not null,
    expires_at text not null,
    used_at text
);
create index email_confirmation_by_account on email_confirmation (account_id);

-- Where a row is missing, mail is wanted.
create table notice_preference (
    account_id text not null references account (id),
    kind text not null check (kind in ('step', 'reminder')),
    by_mail bigint not null,
    primary key (account_id, kind)
);

create table webhook (
    id text primary key,
    organisation_id text not null references organisation (id),
    url text not null,
    -- Needed in the clear to sign with; shown once.
    secret text not null,
    wants_steps bigint not null,
    wants_reminders bigint not null,
    created_by text not null references account (id),
    created_at text not null,
    paused_at text,
    removed_at text
);
create index webhook_by_organisation on webhook (organisation_id, created_at);

-- What was told to whom. Append-only; source and recipient together are told once.
create table notice (
    id text primary key,
    source text not null,
    recipient text not null,
    account_id text references account (id),
    webhook_id text references webhook (id),
    kind text not null check (kind in ('step', 'reminder', 'test')),
    procedure_name text not null,
    subject_id text not null,
    says text not null,
    facts text not null,
    created_at text not null
);
create unique index notice_told_once on notice (source, recipient);
create index notice_by_subject on notice (subject_id, created_at);

-- By which channel, and how far it got.
create table delivery (
    id text primary key,
    notice_id text not null references notice (id),
    channel text not null check (channel in ('app', 'mail', 'webhook')),
    account_id text,
    webhook_id text,
    state text not null check (state in ('waiting', 'held', 'sent', 'failed')),
    created_at text not null,
    sent_at text,
    read_at text,
    tries bigint not null,
    last_answer text,
    -- The mail that it is in: the id of the job that sends it, so that no notice stands in two mails.
    batch text
);
create unique index delivery_once on delivery (notice_id, channel);
create index delivery_of_account on delivery (account_id, channel, created_at, id);
create index delivery_unread on delivery (account_id) where channel = 'app' and read_at is null;
create index delivery_of_webhook on delivery (webhook_id, created_at, id);
create index delivery_waiting on delivery (channel, state, account_id) where state in ('waiting', 'held');
