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

-- A running term with its days that do not count, its extensions, and since when it stands still; JSON texts.
alter table term add column pauses text not null default '[]';
alter table term add column extensions text not null default '[]';
alter table term add column paused_from text;

-- 补正书: what stands beside an opinion that was corrected; the opinion itself is never changed.
create table opinion_correction (
    case_id text not null references appraisal_case (id),
    number bigint not null,
    paper_id text not null references paper (id),
    sha256 text not null,
    corrected_on text not null,
    primary key (case_id, number)
);
