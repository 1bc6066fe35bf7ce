-- Examination records (通则 27) in versions, and what an opinion's draft needs beside its versions. Everything but
-- opinion_autosave only grows.

-- One examination activity. What was written of it stands in its versions.
create table examination_record (
    id text primary key,
    case_id text not null references appraisal_case (id),
    number bigint not null,
    created_by text not null,
    created_at text not null
);
create unique index examination_record_number_unique on examination_record (case_id, number);

create table examination_record_version (
    record_id text not null references examination_record (id),
    version bigint not null,
    kind text not null,
    started_at text not null,
    ended_at text not null,
    -- Entered after the time the rule record.late allows, and why.
    late bigint not null,
    late_reason text not null,
    -- Why the version before was not right; empty for the first.
    reason text not null,
    author_id text not null,
    author_name text not null,
    entered_at text not null,
    content text not null,
    primary key (record_id, version)
);

-- An appraiser of the case answers for this version.
create table examination_record_confirmation (
    record_id text not null references examination_record (id),
    version bigint not null,
    appraiser_id text not null references appraiser (id),
    appraiser_name text not null,
    -- He is the one who wrote the version.
    is_author bigint not null,
    confirmed_at text not null,
    primary key (record_id, version, appraiser_id)
);

create table examination_record_file (
    id text primary key,
    record_id text not null references examination_record (id),
    name text not null,
    sha256 text not null references stored_file (sha256),
    media_type text not null,
    note text not null,
    added_by text not null,
    added_at text not null
);
create index examination_record_file_by_record on examination_record_file (record_id, added_at);

-- What somebody has typed into the draft of an opinion and not yet saved as a version: a row a person, written over.
create table opinion_autosave (
    case_id text not null references appraisal_case (id),
    account_id text not null references account (id),
    after_version bigint not null,
    content text not null,
    saved_at text not null,
    primary key (case_id, account_id)
);

-- What a reviewer remarks on a passage of a version.
create table opinion_comment (
    id text primary key,
    case_id text not null references appraisal_case (id),
    draft_version bigint not null,
    part text not null,
    quote text not null,
    weight text not null check (weight in ('must', 'remark')),
    body text not null,
    author_id text not null,
    author_name text not null,
    written_at text not null
);
create index opinion_comment_by_case on opinion_comment (case_id, written_at);

-- What became of a comment: answered (stays open), resolved, withdrawn.
create table opinion_comment_reply (
    id text primary key,
    comment_id text not null references opinion_comment (id),
    kind text not null check (kind in ('answered', 'resolved', 'withdrawn')),
    body text not null,
    author_id text not null,
    author_name text not null,
    written_at text not null
);
create index opinion_comment_reply_by_comment on opinion_comment_reply (comment_id, written_at);
