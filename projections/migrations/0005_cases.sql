-- Rows about cases. Keys are blind (keyed hashes); `sealed_case` is the case's id under the network's key; `record` is sealed under the case's own key.
-- Tables use different labels for their keys, so that nothing clear joins them.
create table cases (
    key bytea primary key,
    sealed_case bytea not null,
    record bytea not null
);

create table transfers (
    key bytea primary key,
    case_key bytea not null,       -- blind; joins the transfers of one case, and nothing else
    sealed_case bytea not null,
    opened_day integer not null,   -- days since 1970-01-01, UTC
    closed_day integer             -- null: open
);

create table inbox (
    key bytea primary key,
    project_id text not null,      -- empty: the helpline
    live boolean not null,         -- something stands in this inbox now
    sealed_case bytea not null
);

-- after loading
create index transfers_open on transfers (opened_day) where closed_day is null;
create index transfers_days on transfers (opened_day, closed_day);
create index transfers_case on transfers (case_key);
create index inbox_live on inbox (project_id) where live;
create index inbox_project on inbox (project_id);
