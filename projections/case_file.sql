-- name: files
select key, record from cases where key = any ($1::bytea[])

-- name: put_files
insert into cases (key, sealed_case, record)
select * from unnest($1::bytea[], $2::bytea[], $3::bytea[])
on conflict (key) do update set record = excluded.record

-- name: remove_files
delete from cases where key = any ($1::bytea[])
