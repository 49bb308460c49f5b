-- name: put_inbox
insert into inbox (key, project_id, live, sealed_case)
select * from unnest($1::bytea[], $2::text[], $3::boolean[], $4::bytea[])
on conflict (key) do update set live = excluded.live

-- name: remove_inbox
delete from inbox where key = any ($1::bytea[])

-- name: live_inbox
select sealed_case, key from inbox where project_id = $1 and live

-- name: whole_inbox
select sealed_case, key from inbox where project_id = $1
