-- Search: every case has a dense number, and the index has, for every token and block of 65,536 numbers, the set of cases.

create table search_document (
    n {serial},
    case_id text not null references appraisal_case (id),
    received_on text not null,
    due_sort text not null,
    -- What the postings say of the case, and what they do not say yet.
    known text,
    fresh text
);
create unique index search_document_case_unique on search_document (case_id);
create index search_document_by_due on search_document (due_sort, received_on, n) where due_sort < '9999-12-31';
create index search_document_fresh on search_document (n) where fresh is not null;

create table search_posting (
    block bigint not null,
    token text not null,
    cases {bytes} not null,
    primary key (block, token)
){clustered};

-- Full text: opinions once issued, records. Clients find opinions only.
create table search_text (
    n bigint not null,
    kind text not null check (kind in ('opinion', 'record')),
    source text not null,
    body text not null,
    folded bigint not null,
    primary key (n, kind, source)
);
create index search_text_fresh on search_text (n) where folded = 0;

-- One row: locked while postings change; `ready` is 0 until cases from before this index are in it.
create table search_state (
    one bigint primary key,
    folds bigint not null,
    ready bigint not null
);
insert into search_state (one, folds, ready)
    select 1, 0, case when exists (select 1 from appraisal_case) then 0 else 1 end;

-- What the search over the whole city read until now.
drop index case_search;
