-- name: read
select network, topic_id, ledger_offset, sequence, hash, event_offset, event_time_ms, generation, shape from view_position

-- name: begin
insert into view_position (network, topic_id, ledger_offset, sequence, hash, event_offset, event_time_ms, generation, shape)
values ($1, '', -1, -1, '\x'::bytea, -2, 0, $2, $3)
on conflict (one) do nothing

-- name: advance
-- Moves the position only if it is the expected one: sequence, hash and generation.
update view_position
set topic_id = $1, ledger_offset = $2, sequence = $3, hash = $4, event_offset = $5, event_time_ms = $6
where sequence = $7 and hash = $8 and generation = $9

-- name: changed
insert into view_changed (view, sequence)
select * from unnest($1::text[], $2::bigint[])
on conflict (view) do update set sequence = excluded.sequence

-- name: changed_at
select sequence from view_changed where view = $1

-- name: notify
select pg_notify($1, $2)
