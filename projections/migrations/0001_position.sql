-- Where the views of one network stand. One schema holds one network's views, so that a rebuild can be swapped in by renaming.
create table view_position (
    one boolean primary key default true check (one),
    network text not null,
    topic_id text not null,
    ledger_offset bigint not null,
    sequence bigint not null,      -- last entry that is in the views; -1: none yet
    hash bytea not null,
    event_offset bigint not null,
    event_time_ms bigint not null,
    generation bigint not null,    -- counts rebuilds; -1: these views were replaced
    shape text not null            -- of the tables and folds that made them (projections.schema.SHAPE)
);

-- The last entry that changed each view: what listeners compare with.
create table view_changed (
    view text primary key,
    sequence bigint not null
);

-- What the runner says of itself. Not folded from the ledger, and not part of any comparison.
create table view_runner (
    one boolean primary key default true check (one),
    state text not null,           -- running, waiting, stopped
    since_ms bigint not null,
    at_end_ms bigint,              -- when the runner last stood at the end of the ledger; null: not yet
    problem text                   -- name and sentence of the last failure; null: none since it last ran
);
