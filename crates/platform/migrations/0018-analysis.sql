-- Cluster analysis: runs over pseudonymised extracts, and the leads that they raise.

-- A run: what was asked, with which parameters and programs, over which extract, with what result.
create table analysis_run (
    id text primary key,
    version bigint not null,
    state text not null check (state in ('requested', 'running', 'done', 'failed', 'cancelled')),
    requested_by text not null,
    requester_name text not null,
    -- The run that this one repeats; its extract is read again instead of the database.
    repeats text references analysis_run (id),
    parameters text not null,
    -- Of program, detectors and engine; JSON.
    versions text not null,
    step text not null,
    done bigint not null,
    whole bigint not null,
    extract_sha256 text,
    findings_sha256 text,
    -- Counts, coverage of each detector, and for a repetition whether the bytes agree; JSON.
    summary text not null,
    error text not null,
    requested_at text not null,
    started_at text,
    ended_at text
);
create index analysis_run_by_time on analysis_run (requested_at);

-- A lead: somebody or some institution that a detector pointed to, and what became of it. The state only repeats the
-- last event's word.
create table lead (
    id text primary key,
    version bigint not null,
    state text not null,
    number text not null,
    detector text not null,
    entity text not null check (entity in ('lawyer', 'appraiser', 'institution')),
    -- The pattern: detector, kind of entity and its pseudonym. A later run that finds it again finds this lead.
    pattern text not null,
    entity_id text not null,
    entity_name text not null,
    institution_id text not null references institution (id),
    -- Of the newest sighting, for lists: q in millionths, days as dates.
    q_ppm bigint not null,
    seen bigint not null,
    found_at text not null,
    seen_at text not null,
    due_on text,
    -- Who proposed to confirm it: another officer must concur.
    proposed_by text,
    changed_at text not null
);
create unique index lead_pattern_unique on lead (pattern);
create unique index lead_number_unique on lead (number);
create index lead_by_state on lead (state, found_at);
create index lead_by_institution on lead (institution_id, found_at);

-- What a run said of a lead: score, sentence, peers, picture. Only grows.
create table lead_sighting (
    lead_id text not null references lead (id),
    number bigint not null,
    run_id text not null references analysis_run (id),
    score text not null,
    q text not null,
    since text,
    content text not null,
    seen_at text not null,
    primary key (lead_id, number)
);
create unique index lead_sighting_by_run on lead_sighting (run_id, lead_id);

-- The cases that a sighting rests on, the strongest first. Only grows.
create table lead_evidence (
    lead_id text not null references lead (id),
    sighting bigint not null,
    position bigint not null,
    case_id text not null references appraisal_case (id),
    other_case_id text references appraisal_case (id),
    numbers text not null,
    primary key (lead_id, sighting, position)
);
create index lead_evidence_by_case on lead_evidence (case_id);

-- What was said about a lead: the question, the institution's answer, reasons of decisions. Only grows.
create table lead_statement (
    lead_id text not null references lead (id),
    number bigint not null,
    kind text not null check (kind in ('note', 'question', 'answer', 'proposal', 'concurrence', 'objection', 'dismissal', 'reopening')),
    body text not null,
    account_id text not null,
    account_name text not null,
    said_at text not null,
    primary key (lead_id, number)
);
