-- Secrets that the program needs in the clear (of webhooks, of second factors) lie locked under the operator's master key.

-- Whether anything does, and a text locked under the key: a file that does not open it is the wrong one. Keys for signing may
-- have been locked before samples were kept.
create table master_key_check (
    one bigint primary key check (one = 1),
    locked text
);
insert into master_key_check (one) select 1 where exists (select 1 from signing_key);

-- Which list was taken as a file, by whom, narrowed to what, how many rows. Append-only, and in the audit log. Nobody's name:
-- who was not signed in took a public list.
create table list_export (
    sequence {serial},
    id text not null unique,
    list text not null,
    address text not null,
    filter text not null,
    format text not null check (format in ('xlsx', 'csv')),
    rows_written bigint not null,
    by_id text not null,
    by_name text not null,
    organisation text not null,
    exported_at text not null,
    request_id text not null
);
