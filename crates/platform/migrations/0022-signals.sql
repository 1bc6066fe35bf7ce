-- More of the analysis: brokers of other kinds than lawyers, and files with an institution's answer.

-- The kind of broker of a lead whose entity is one who brings cases ('lawyer', the word of the time when no others were
-- looked at); empty for lawyers themselves, appraisers and institutions.
alter table lead add column broker text not null default '' check (broker in ('', 'phone', 'hospital', 'insurer', 'address'));

-- Files that an institution encloses with its answer. Only grows.
create table lead_file (
    id text primary key,
    lead_id text not null references lead (id),
    name text not null,
    sha256 text not null references stored_file (sha256),
    added_by text not null,
    added_by_name text not null,
    added_at text not null
);
create index lead_file_by_lead on lead_file (lead_id, added_at);
