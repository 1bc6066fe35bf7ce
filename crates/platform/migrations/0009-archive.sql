-- The archive: who read what of a closed case and why, legal holds, and the filing of volumes that have no step of their own.

-- Written before the bytes leave; append-only.
create table archive_access (
    sequence {serial},
    id text not null,
    subject_id text not null,
    what text not null,
    -- The title of the paper or file; empty for the volume as a whole.
    name text not null,
    purpose text not null,
    by_id text not null,
    by_name text not null,
    organisation text not null,
    accessed_at text not null,
    request_id text not null
);
create unique index archive_access_id_unique on archive_access (id);
create index archive_access_by_subject on archive_access (subject_id, sequence);

-- Legal hold (保全): set and lifted in turn; the last row says what holds. Append-only.
create table archive_hold (
    case_id text not null references appraisal_case (id),
    number bigint not null,
    kind text not null check (kind in ('set', 'lifted')),
    reason text not null,
    by_id text not null,
    by_name text not null,
    decided_at text not null,
    primary key (case_id, number)
);

-- Where the volume of a case lies that ended without an opinion: its state is final, so that filing is no step of it.
create table archive_filing (
    case_id text primary key references appraisal_case (id),
    shelf text not null,
    by_id text not null,
    by_name text not null,
    filed_at text not null
);
