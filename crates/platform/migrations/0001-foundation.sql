-- The foundation: who there is, what is entrusted, what happened. One text for both databases; {serial} and {bytes} are
-- filled in by db/dialect.rs. Dates are YYYY-MM-DD, instants RFC 3339 in UTC, truth values 0 and 1, money in fen.

{instr}

create table setting (
    name text primary key,
    value text not null
);

-- Institutions and those who entrust: one table, because people belong to either.
create table organisation (
    id text primary key,
    kind text not null check (kind in ('institution', 'court', 'procuratorate', 'police', 'supervision', 'law_firm', 'insurer', 'citizen', 'bureau', 'association', 'other')),
    name text not null,
    district text not null,
    address text not null,
    phone text not null
);
create unique index organisation_name_unique on organisation (kind, name);

create table institution (
    id text primary key references organisation (id),
    short_name text not null,
    head_name text not null
);

create table account (
    id text primary key,
    login text not null,
    name text not null,
    organisation_id text references organisation (id),
    language text not null check (language in ('zh', 'en')),
    password_hash text,
    created_at text not null,
    disabled_at text
);
create unique index account_login_unique on account (login);

create table account_role (
    account_id text not null references account (id),
    role text not null,
    primary key (account_id, role)
);

create table appraiser (
    id text primary key,
    institution_id text not null references institution (id),
    account_id text references account (id),
    name text not null,
    title text not null check (title in ('senior', 'associate_senior', 'intermediate', 'other'))
);
create index appraiser_by_institution on appraiser (institution_id);
create unique index appraiser_account_unique on appraiser (account_id);

create table licence (
    id text primary key,
    holder_kind text not null check (holder_kind in ('institution', 'appraiser')),
    holder_id text not null,
    number text not null,
    valid_from text not null,
    valid_to text not null
);
create unique index licence_number_unique on licence (holder_kind, number);
create index licence_by_holder on licence (holder_id);

create table licence_scope (
    licence_id text not null references licence (id),
    item text not null,
    primary key (licence_id, item)
);
create index licence_scope_by_item on licence_scope (item);

-- A licence does not count on the days from_on … to_on (open end: ended for good).
create table licence_interruption (
    licence_id text not null references licence (id),
    kind text not null check (kind in ('suspended', 'revoked', 'deregistered')),
    from_on text not null,
    to_on text,
    primary key (licence_id, from_on)
);

create table entrustment_draft (
    id text primary key,
    account_id text not null references account (id),
    content text not null,
    version bigint not null,
    saved_at text not null
);
create index entrustment_draft_by_account on entrustment_draft (account_id, saved_at);

create table appraisal_case (
    id text primary key,
    version bigint not null,
    state text not null,
    institution_id text not null references institution (id),
    client_organisation_id text not null references organisation (id),
    client_account_id text not null references account (id),
    code text,
    opinion_number text,
    item text not null,
    client_name text not null,
    examinee_name text not null,
    received_on text not null,
    -- The next legal date and whether it is running: overdue is due_on < today and clock = 'running'.
    due_on text,
    due_rule text,
    due_provisional bigint not null,
    -- due_on, or a far day where nothing is due: the order of every work queue, kept by indexes.
    due_sort text not null,
    clock text not null check (clock in ('running', 'paused', 'stopped')),
    search_text text not null,
    changed_at text not null,
    -- Last, because it is long: what stands behind it in a row costs SQLite a walk over its pages.
    content text not null
);
create unique index case_code_unique on appraisal_case (code);
-- The order of every list; state and clock stand in the index too, so that a filter needs no look at the rows.
create index case_by_institution on appraisal_case (institution_id, due_sort, received_on, id, state, clock);
create index case_by_client on appraisal_case (client_organisation_id, due_sort, received_on, id, state, clock);
create index case_by_due on appraisal_case (due_sort, received_on, id, state, clock);
create index case_by_clock on appraisal_case (clock, due_on);
-- The tabs of a work queue: what is overdue, what is soon due.
create index case_by_institution_clock on appraisal_case (institution_id, clock, due_on);
create index case_by_client_clock on appraisal_case (client_organisation_id, clock, due_on);
-- A search over the whole city reads this index, not the cases.
create index case_search on appraisal_case (search_text, due_sort, received_on, id);

create table case_appraiser (
    case_id text not null references appraisal_case (id),
    appraiser_id text not null references appraiser (id),
    position bigint not null,
    declared_at text,
    conflict text,
    signed_at text,
    primary key (case_id, appraiser_id)
);
create index case_by_appraiser on case_appraiser (appraiser_id, case_id);

-- What happened, in order. Append-only (db/dialect.rs); the state columns elsewhere only repeat its last word.
create table event (
    sequence {serial},
    id text not null,
    procedure_name text not null,
    subject_id text not null,
    subject_version bigint not null,
    step text not null,
    action text not null,
    from_state text,
    to_state text not null,
    article text not null,
    actor_id text not null,
    actor_name text not null,
    actor_role text not null,
    happened_at text not null,
    request_id text not null,
    detail text not null
);
create unique index event_version_unique on event (procedure_name, subject_id, subject_version);
create unique index event_id_unique on event (id);

create table term (
    id text primary key,
    procedure_name text not null,
    subject_id text not null,
    rule text not null,
    article text not null,
    starts_on text not null,
    length text not null,
    due_on text not null,
    provisional bigint not null,
    explanation text not null,
    stopped_on text
);
create index term_by_subject on term (subject_id, starts_on);
create index term_provisional on term (provisional, stopped_on);

create table stored_file (
    sha256 text primary key,
    size bigint not null,
    media_type text not null,
    stored_at text not null
);

create table attachment (
    id text primary key,
    procedure_name text not null,
    subject_id text not null,
    name text not null,
    sha256 text not null references stored_file (sha256),
    added_by text not null,
    added_at text not null
);
create index attachment_by_subject on attachment (subject_id, added_at);

create table paper (
    id text primary key,
    procedure_name text not null,
    subject_id text not null,
    kind text not null,
    title text not null,
    file_name text not null,
    sha256 text,
    pages bigint not null,
    data text not null,
    made_at text not null,
    made_by text not null
);
create index paper_by_subject on paper (subject_id, made_at);

create table opinion_draft (
    case_id text not null references appraisal_case (id),
    version bigint not null,
    content text not null,
    saved_by text not null,
    saved_at text not null,
    primary key (case_id, version)
);

-- Gapless numbers: raised in the transaction that uses them.
create table counter (
    name text primary key,
    value bigint not null
);

create table opinion (
    case_id text primary key references appraisal_case (id),
    number text not null,
    check_code text not null,
    institution_id text not null references institution (id),
    issued_on text not null,
    standing text not null check (standing in ('issued', 'corrected', 'withdrawn')),
    paper_id text not null references paper (id),
    sha256 text not null,
    public_facts text not null
);
create unique index opinion_number_unique on opinion (number);
create unique index opinion_check_code_unique on opinion (check_code);
