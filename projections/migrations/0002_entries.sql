-- The accepted entries themselves, byte for byte: what `heal` appends again when the log lost its tail.
create table entries (
    sequence bigint not null,
    ledger_offset bigint not null,
    hash bytea not null,
    event_offset bigint not null,
    event_time_ms bigint not null,
    event_id uuid,                 -- null: an operator's entry, or a record that is no event
    value bytea not null
);
-- Sealed bytes do not compress.
alter table entries alter column value set storage external;

-- after loading
alter table entries add primary key (sequence);
create index entries_event_id on entries (event_id) where event_id is not null;
create index entries_time on entries (event_time_ms, sequence);
