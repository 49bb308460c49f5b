-- Whether what the last migration made is there.
-- name: schema_is_ours
select to_regclass('keystore.destroyed_refs') is not null as is_ours;

-- name: network_row
select wrapped_pepper, topic_id, ledger_offset, sequence, hash, event_offset, event_time_ms
from keystore.networks where network = $1;

-- The same, for whoever is about to destroy: others who would wait their turn. Keys may be created meanwhile.
-- name: network_row_held
select wrapped_pepper, topic_id, ledger_offset, sequence, hash, event_offset, event_time_ms
from keystore.networks where network = $1 for no key update;

-- name: add_network
insert into keystore.networks (network, wrapped_pepper) values ($1, $2) on conflict (network) do nothing;

-- name: keys
select subject_tag, version, wrapped from keystore.keys
where network = $1 and subject_tag = any($2::bytea[]) and wrapped is not null;

-- name: living_keys
select subject_tag, version, wrapped from keystore.keys where network = $1 and wrapped is not null;

-- A destroyed subject's row is in the way on purpose. Gives those that were created.
-- name: create_keys
insert into keystore.keys (network, subject_tag, version, wrapped)
select $1, wanted.tag, $2, wanted.wrapped from unnest($3::bytea[], $4::bytea[]) as wanted (tag, wrapped)
order by wanted.tag
on conflict (network, subject_tag) do nothing
returning subject_tag;

-- The lock makes a destruction wait for us or us for it: no reference outlives its key. With the references go new keys ($5, $6, of version $7): one
-- whose subject has a row already, living or destroyed, is not taken, and neither are the references to it; nor is one that belongs to another subject
-- ($8; null: to none) whose key is gone, for whoever destroyed that one looked for what belonged to it, and looks no more.
-- name: register_refs
with owners as (
    select subject_tag from keystore.keys
    where network = $1 and subject_tag = any($8::bytea[]) and wrapped is not null
    order by key_id for share
), offered as (
    insert into keystore.keys (network, subject_tag, version, wrapped)
    select $1, new.tag, $7, new.wrapped from unnest($5::bytea[], $6::bytea[], $8::bytea[]) as new (tag, wrapped, owner)
    where new.owner is null or new.owner in (select subject_tag from owners)
    order by new.tag
    on conflict (network, subject_tag) do nothing
    returning key_id, subject_tag, version
), known as (
    select key_id, subject_tag, version from keystore.keys
    where network = $1 and subject_tag = any($3::bytea[]) and not subject_tag = any($5::bytea[]) and wrapped is not null
    order by key_id for share
), living as (
    select * from offered union all select * from known
), added as (
    insert into keystore.refs (ref, key_id)
    select wanted.ref, living.key_id
    from unnest($2::bytea[], $3::bytea[], $4::integer[]) as wanted (ref, tag, version)
    join living on living.subject_tag = wanted.tag and living.version = wanted.version
    order by wanted.ref
    on conflict (ref) do nothing
)
select subject_tag, version from living;

-- name: resolve_refs
select array_agg(refs.ref) as refs, keys.subject_tag, keys.version, keys.wrapped
from keystore.refs join keystore.keys using (key_id)
where refs.ref = any($2::bytea[]) and keys.network = $1 and keys.wrapped is not null
group by keys.key_id;

-- A subject that never had a key gets its mark too.
-- name: destroy_keys
insert into keystore.keys (network, subject_tag, version, wrapped)
select $1, tag, $2, null from unnest($3::bytea[]) as gone (tag)
order by tag
on conflict (network, subject_tag) do update set wrapped = null where keystore.keys.wrapped is not null;

-- Of those of $3, which seal events, it is remembered that they were there.
-- name: destroy_refs
with gone as (
    delete from keystore.refs using keystore.keys
    where refs.key_id = keys.key_id and keys.network = $1 and keys.subject_tag = any($2::bytea[])
    returning refs.ref, keys.subject_tag
)
insert into keystore.destroyed_refs (ref, network, ledger_ms)
select ref, $1, $4 from gone where subject_tag = any($3::bytea[])
order by ref
on conflict (ref) do nothing;

-- name: remember_destroyed
insert into keystore.destroyed_refs (ref, network, ledger_ms)
select ref, $1, $3 from unnest($2::bytea[]) as gone (ref)
order by ref
on conflict (ref) do nothing;

-- name: were_destroyed
select ref from keystore.destroyed_refs where network = $1 and ref = any($2::bytea[]);

-- name: forget_destroyed
delete from keystore.destroyed_refs where network = $1 and ledger_ms < $2 and destroyed_at < now() - interval '1 day';

-- name: destroyed_through
update keystore.networks
set topic_id = $2, ledger_offset = $3, sequence = $4, hash = $5, event_offset = $6, event_time_ms = $7
where network = $1 and (sequence is null or sequence < $4);
