-- name: put_transfers
insert into transfers (key, case_key, sealed_case, opened_day, closed_day)
select * from unnest($1::bytea[], $2::bytea[], $3::bytea[], $4::integer[], $5::integer[])
on conflict (key) do update set case_key = excluded.case_key, sealed_case = excluded.sealed_case, closed_day = excluded.closed_day

-- name: remove_transfers
delete from transfers where case_key = any ($1::bytea[])

-- name: open_transfers
select sealed_case, key from transfers where closed_day is null

-- name: transfers_open_on
-- Transfers that were open at some instant of a day.
select sealed_case, key from transfers where opened_day <= $1 and (closed_day is null or closed_day >= $1)

-- name: case_of_transfer
select sealed_case, key from transfers where key = $1
