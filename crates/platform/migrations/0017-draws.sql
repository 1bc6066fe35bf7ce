-- A draw: its plan as canonical facts, its commitment once it was published, its transcript once it was drawn.
create table draw (
    id text primary key,
    version bigint not null,
    state text not null check (state in ('prepared', 'committed', 'drawn', 'void')),
    account_id text not null references account (id),
    purpose text not null,
    title text not null,
    item text not null,
    draft_id text not null,
    minutes bigint not null,
    plan text not null,
    commitment text,
    transcript text,
    created_at text not null,
    changed_at text not null
);
create index draw_by_account on draw (account_id, created_at);
create index draw_by_time on draw (created_at);

-- What happened in a draw, in its order: published, contributed, shown, drawn, refused, ended. Only grows.
create table draw_entry (
    draw_id text not null references draw (id),
    number bigint not null,
    kind text not null,
    party text not null,
    content text not null,
    log_sequence bigint not null,
    entered_at text not null,
    entered_by text not null,
    primary key (draw_id, number)
);

-- A party's text that it asked the platform to keep until the draw; gone with the draw.
create table draw_sealed (
    draw_id text not null references draw (id),
    party text not null,
    value text not null,
    primary key (draw_id, party)
);

-- The log of draws until the city's log takes its place: draws/log.rs.
create table draw_log (
    sequence bigint primary key,
    leaf text not null,
    logged_at text not null
);
create table draw_checkpoint (
    size bigint primary key,
    note text not null,
    published_at text not null
);
