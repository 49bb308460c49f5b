-- What happened in each entry, as far as it is clear.
create table audit (
    sequence bigint not null,
    kind text,                     -- of the reported event, or of an operator's entry; null: unreadable
    verdict text,                  -- Recorded, Refused, Duplicate, Unreadable; null: an operator's entry
    code text,                     -- refusal code, or why a record is unreadable
    field text,
    of_sequence bigint,            -- of a repeat: the entry that is the answer
    outcomes text[] not null       -- kinds, in order
);

-- How many entries ended how.
create table verdicts (
    verdict text not null,
    code text not null,            -- empty: none
    entries bigint not null,
    last_sequence bigint not null,
    primary key (verdict, code)
);

-- after loading
alter table audit add primary key (sequence);
create index audit_verdict on audit (verdict, code, sequence) where verdict is distinct from 'Recorded';
create index audit_kind on audit (kind, sequence);
