-- The subjects whose materials are kept, also while none has come yet; and what nothing reads since the search index.

create table custody_subject (
    subject_id text primary key,
    procedure_name text not null,
    label text not null,
    institution_id text not null references institution (id),
    client_organisation_id text not null references organisation (id),
    opened_on text not null
);

insert into custody_subject (subject_id, procedure_name, label, institution_id, client_organisation_id, opened_on)
select id, 'case', examinee_name, institution_id, client_organisation_id, received_on from appraisal_case;

alter table appraisal_case drop column search_text;
