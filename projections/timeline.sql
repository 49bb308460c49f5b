-- name: entries_of
select sequence, value from entries where sequence = any ($1::bigint[]) order by sequence
