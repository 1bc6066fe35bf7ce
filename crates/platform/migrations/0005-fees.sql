-- Fees: an account for each subject of a procedure, and what happened with its money.

create table fee_account (
    subject_id text primary key,
    procedure_name text not null,
    institution_id text not null references institution (id),
    client_organisation_id text not null references organisation (id),
    -- What a payer writes into the remark of a transfer.
    payment_code text not null,
    version bigint not null,
    -- Repeats what the entries give, for lists.
    agreed_fen bigint not null,
    charge_fen bigint not null,
    received_fen bigint not null,
    refunded_fen bigint not null,
    outstanding_fen bigint not null,
    -- The day from which a sum is owed.
    agreed_on text
);
create unique index fee_account_code_unique on fee_account (payment_code);
create index fee_account_by_institution on fee_account (institution_id, outstanding_fen, agreed_on, subject_id);

-- Append-only. reference and receipt_number are texts of one entry kind (received) and unique for an institution.
create table fee_event (
    sequence {serial},
    subject_id text not null references fee_account (subject_id),
    institution_id text not null references institution (id),
    version bigint not null,
    kind text not null,
    fen bigint not null,
    reference text,
    receipt_number text,
    entry text not null,
    actor_id text not null,
    actor_name text not null,
    happened_at text not null,
    request_id text not null
);
create unique index fee_event_version_unique on fee_event (subject_id, version);
create unique index fee_event_reference_unique on fee_event (institution_id, reference);
create unique index fee_event_receipt_unique on fee_event (institution_id, receipt_number);

-- Cases that were there before have an account too; what was agreed for them stands in the case and is entered by hand.
insert into fee_account (subject_id, procedure_name, institution_id, client_organisation_id, payment_code, version,
    agreed_fen, charge_fen, received_fen, refunded_fen, outstanding_fen, agreed_on)
select id, 'case', institution_id, client_organisation_id, upper('F' || substr(id, 27, 10)), 0, 0, 0, 0, 0, 0, null
from appraisal_case;
