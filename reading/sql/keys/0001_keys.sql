-- Keys of cases, explanations and networks, each wrapped by a master key that is not here. No subject, no case id stands in any column.

create schema keystore;

create table keystore.networks (
    network text primary key,
    wrapped_pepper bytea not null,
    -- The last ledger entry up to which destruction has been applied (events.acceptance.Position); null: none yet.
    topic_id text,
    ledger_offset bigint,
    sequence bigint,
    hash bytea,
    event_offset bigint,
    event_time_ms bigint
);

create table keystore.keys (
    key_id bigint generated always as identity primary key,
    network text not null references keystore.networks,
    -- HMAC of the subject under the network's pepper: finds a subject's row, does not show the subject.
    subject_tag bytea not null check (octet_length(subject_tag) = 32),
    version integer not null,
    -- Null: destroyed. The row stays, so that nobody creates the subject's key again.
    wrapped bytea,
    unique (network, subject_tag)
);

create table keystore.refs (
    ref bytea primary key check (octet_length(ref) = 16),
    key_id bigint not null references keystore.keys
);

create index refs_of_key on keystore.refs (key_id);

-- What is destroyed leaves dead rows behind until a vacuum: have it come at the next round, not after a fifth of the table.
alter table keystore.keys set (autovacuum_vacuum_threshold = 0, autovacuum_vacuum_scale_factor = 0);
alter table keystore.refs set (autovacuum_vacuum_threshold = 0, autovacuum_vacuum_scale_factor = 0);

create function keystore.destroyed_is_final() returns trigger language plpgsql as $$
begin
    raise exception 'a destroyed key does not come back';
end
$$;

create trigger destroyed_is_final before update on keystore.keys
    for each row when (old.wrapped is null) execute function keystore.destroyed_is_final();
