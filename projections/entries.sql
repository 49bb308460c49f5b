-- name: entry_by_sequence
select sequence, ledger_offset, hash, event_offset, event_time_ms, event_id::text as event_id, value from entries where sequence = $1

-- name: entries_by_event_id
select sequence, ledger_offset, hash, event_offset, event_time_ms, event_id::text as event_id, value from entries
where event_id = $1::uuid
order by sequence

-- name: entries_after
select sequence, ledger_offset, hash, event_offset, event_time_ms, event_id::text as event_id, value from entries
where sequence > $1
order by sequence
limit $2

-- name: sequence_at_time
select max(sequence) from entries where event_time_ms <= $1

-- name: time_of_sequence
select event_time_ms from entries where sequence = $1
