-- The case with its detours: where an institution sits (which rules apply), and what supervisors are pointed to.

-- The province or city whose rules bind the institution: a rule pack of data/rules.
alter table institution add column region text not null default 'shanghai';

-- What a supervisor should look at: written in the act that gives rise to it, never changed.
create table supervision_flag (
    sequence {serial},
    id text not null,
    kind text not null,
    procedure_name text not null,
    subject_id text not null,
    institution_id text not null references institution (id),
    article text not null,
    detail text not null,
    raised_at text not null,
    raised_by text not null
);
create unique index supervision_flag_id_unique on supervision_flag (id);
create index supervision_flag_by_institution on supervision_flag (institution_id, sequence);
create index supervision_flag_by_subject on supervision_flag (subject_id);
