-- What the network counts on in each unit.
create table figures (
    unit_id text not null,
    places bigint not null,
    occupied bigint not null,
    reserved bigint not null,
    held bigint not null,
    free bigint not null,
    accepting boolean not null,
    observed_at_ms bigint,         -- null: never published
    over_capacity boolean not null,
    from_sequence bigint not null,
    to_sequence bigint
);

-- One row a held place. The last line against double booking: a place (unit, slot) has one active hold at most, and a new hold lies within the unit's room.
create table holds (
    unit_id text not null,
    slot integer not null,
    hold_id uuid not null,
    stage text not null,           -- held, reserved, kept
    until_ms bigint,
    room integer,                  -- places that were neither occupied nor reserved when the hold was made; null: not examined
    from_sequence bigint not null,
    to_sequence bigint,
    constraint holds_within_the_room check (slot >= 0 and (room is null or slot < room))
);

-- Holds that wait for their project's answer.
create table asked (
    hold_id uuid not null,
    project_id text not null,
    age_class bigint not null,     -- how old the unit's figure was when the place was held
    from_sequence bigint not null,
    to_sequence bigint
);

-- What each project answered when its published places were offered, by class of age, in hundredths.
create table answers (
    project_id text not null,
    free bigint[] not null,
    not_free bigint[] not null,
    from_sequence bigint not null,
    to_sequence bigint
);

-- after loading
alter table figures add primary key (unit_id, from_sequence);
alter table holds add primary key (unit_id, slot, from_sequence);
create unique index holds_one_per_place on holds (unit_id, slot) where to_sequence is null;
alter table asked add primary key (hold_id, from_sequence);
alter table answers add primary key (project_id, from_sequence);
