-- Keyed fingerprints of who, what happened and which item, to recognise the same matter at another institution.
-- A key is an HMAC under a secret that is not in the database: the table alone tells nobody anything.
create table case_fingerprint (
    case_id text not null references appraisal_case (id),
    kind text not null,
    key {bytes} not null,
    primary key (case_id, kind, key)
);
create index case_fingerprint_by_key on case_fingerprint (key);
