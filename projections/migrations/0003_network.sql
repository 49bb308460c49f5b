-- Projects, units, policy: clear in the ledger. A version holds from `from_sequence` (inclusive) to `to_sequence` (exclusive; null: still).
create table projects (
    project_id text not null,
    name text not null,
    lead_body text not null,
    bodies text[] not null,
    provinces text[] not null,
    valid_from text not null,
    valid_to text not null,
    programme text not null,
    from_sequence bigint not null,
    to_sequence bigint
);

create table units (
    unit_id text not null,
    project_id text not null,
    body text not null,
    region text not null,
    level text not null,
    hosts text[] not null,
    offers text[] not null,
    languages text[] not null,
    is_open boolean not null,
    from_sequence bigint not null,
    to_sequence bigint
);

create table policies (
    version bigint not null,
    fresh_for_ms bigint not null,
    ageing_for_ms bigint not null,
    provinces text[] not null,     -- parallel to regions and macro_areas
    regions text[] not null,
    macro_areas text[] not null,
    clocks text,                   -- JSON; null: civil time plays no part
    trust text,                    -- JSON; null: places are trusted alike
    from_sequence bigint not null,
    to_sequence bigint
);

create table duty (
    project_id text not null,
    hours text not null,           -- JSON
    from_sequence bigint not null,
    to_sequence bigint
);

-- after loading
alter table projects add primary key (project_id, from_sequence);
alter table units add primary key (unit_id, from_sequence);
alter table policies add primary key (from_sequence);
alter table duty add primary key (project_id, from_sequence);
