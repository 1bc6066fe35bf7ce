-- Imports of ledgers and registers: what was tried, by whom, with which outcome; how an institution's columns are to be
-- read; and which row of a ledger became which case, so that no row comes in twice.

create table import_run (
    id text primary key,
    kind text not null check (kind in ('cases', 'institutions', 'appraisers', 'organisations')),
    -- The organisation whose people see it: the institution, or the bureau.
    owner_id text not null,
    state text not null check (state in ('uploaded', 'checking', 'checked', 'importing', 'done', 'refused', 'broken_off')),
    -- The process that works on it, while one does.
    process text not null,
    file_name text not null,
    sha256 text not null references stored_file (sha256),
    -- Sheet, columns, first rows, as read at upload.
    shape text not null,
    mapping text not null,
    skip_unfinished bigint not null,
    rows_total bigint not null,
    rows_good bigint not null,
    rows_bad bigint not null,
    rows_skipped bigint not null,
    -- The first faults, for the page; all of them stand in the file.
    faults text not null,
    faults_sha256 text references stored_file (sha256),
    made_by text not null,
    made_by_name text not null,
    made_at text not null,
    changed_at text not null
);
create index import_run_by_owner on import_run (owner_id, made_at);

-- How the columns of a ledger with this header are read, as somebody of the organisation said last.
create table import_mapping (
    owner_id text not null,
    kind text not null,
    signature text not null,
    mapping text not null,
    saved_at text not null,
    primary key (owner_id, kind, signature)
);

create table imported_row (
    institution_id text not null references institution (id),
    ledger_number text not null,
    case_id text not null references appraisal_case (id),
    run_id text not null references import_run (id),
    primary key (institution_id, ledger_number)
);
create index imported_row_by_run on imported_row (run_id);
