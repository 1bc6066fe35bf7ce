-- The transparency logs: what waits to be logged, the entries with their places, the keys to them, the checkpoints.

-- Written by triggers in the transaction of the row it tells of: a fact without it cannot be.
create table log_outbox (
    sequence {serial},
    log text not null,
    source text not null,
    source_id text not null
);
create index log_outbox_by_log on log_outbox (log, sequence);

create table log_entry (
    log text not null,
    position bigint not null,
    kind text not null,
    source text not null,
    source_id text not null,
    leaf {bytes} not null,
    primary key (log, position)
);
create unique index log_entry_source_unique on log_entry (log, source, source_id);

-- 32 random bytes an entry; without its key an entry's commitment is noise (个人信息保护法第四十七条).
create table log_key (
    log text not null,
    position bigint not null,
    secret {bytes} not null,
    primary key (log, position)
);

-- Every checkpoint that was published, as it was signed.
create table log_checkpoint (
    log text not null,
    size bigint not null,
    root text not null,
    note text not null,
    signed_at text not null,
    primary key (log, size)
);
create index log_checkpoint_by_time on log_checkpoint (log, signed_at);

-- One sequencer at a time for each log, whatever the number of processes.
create table log_lease (
    log text primary key,
    holder text not null,
    until text not null
);
insert into log_lease (log, holder, until) values ('public', '', ''), ('audit', '', '');

-- Rows that were there before the logs: the logs' first entry commits to them.
create table log_before (
    source text not null,
    source_id text not null,
    primary key (source, source_id)
);
