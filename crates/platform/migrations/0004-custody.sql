-- Materials (鉴定材料) from their announcement to their end, and the places where they are kept.

create table custody_place (
    id text primary key,
    institution_id text not null references institution (id),
    parent_id text references custody_place (id),
    kind text not null check (kind in ('room', 'cabinet', 'shelf')),
    name text not null,
    -- How many materials may be in it, those of the places within counted too; open where nobody set it.
    capacity bigint
);
create index custody_place_by_institution on custody_place (institution_id);

create table material (
    id text primary key,
    version bigint not null,
    -- On the label: short, random, telling nothing.
    code text not null,
    -- Whose material it is: a subject of some procedure, and those who may see it.
    procedure_name text not null,
    subject_id text not null,
    subject_label text not null,
    institution_id text not null references institution (id),
    client_organisation_id text not null references organisation (id),
    -- The first day on which anything can have happened to it: that of its subject.
    opened_on text not null,
    position bigint not null,
    parent_id text references material (id),
    name text not null,
    kind text not null,
    -- As it was written, and in thousandths of a unit where it could be read so.
    quantity text not null,
    amount bigint,
    unit text not null,
    properties text not null,
    -- What the events say, repeated for lists; written beside an event and nowhere else.
    state text not null,
    holder_kind text not null check (holder_kind in ('client', 'person', 'place', 'lost', 'gone')),
    holder_id text not null,
    holder_name text not null,
    since text not null,
    awaits_id text,
    awaits_name text,
    seal text,
    amount_left bigint,
    irregular bigint not null
);
create unique index material_code_unique on material (code);
create index material_by_subject on material (subject_id, position);
create index material_by_institution on material (institution_id, holder_kind, since);
create index material_by_client on material (client_organisation_id, holder_kind, since);
create index material_by_holder on material (holder_id, since);
create index material_by_awaited on material (awaits_id, since);

-- What happened to a material, in order; append-only. Holding, intervals and irregularities are derived from it.
create table custody_event (
    sequence {serial},
    id text not null,
    material_id text not null references material (id),
    material_version bigint not null,
    kind text not null,
    happened_at text not null,
    recorded_at text not null,
    by_id text not null,
    by_name text not null,
    from_kind text,
    from_id text,
    from_name text,
    to_kind text,
    to_id text,
    to_name text,
    awaits_id text,
    awaits_name text,
    amount bigint,
    seal text not null,
    note text not null,
    request_id text not null
);
create unique index custody_event_version_unique on custody_event (material_id, material_version);
