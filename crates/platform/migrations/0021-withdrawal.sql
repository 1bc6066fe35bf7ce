-- 撤销鉴定意见 (证据规定 42): what stands beside an opinion that its institution withdrew, once and for good; the opinion's own
-- row, file and hash stay.
create table opinion_withdrawal (
    case_id text primary key references opinion (case_id),
    paper_id text not null references paper (id),
    sha256 text not null,
    ground text not null,
    withdrawn_on text not null
);
