-- Where a case stands, for who has its number and short code. The code is derived from the number and a secret outside the
-- database: it is kept nowhere.
create table case_tracking (
    case_id text primary key references appraisal_case (id),
    number text not null
);
create unique index case_tracking_number_unique on case_tracking (number);

-- Wrong codes of the last hour, also for numbers that do not exist: both answer alike.
create table tracking_miss (
    number text not null,
    missed_at text not null
);
create index tracking_miss_by_number on tracking_miss (number, missed_at);
create index tracking_miss_by_time on tracking_miss (missed_at);
