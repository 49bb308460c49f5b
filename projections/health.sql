-- name: verdict_counts
select verdict, code, entries, last_sequence from verdicts order by verdict, code

-- name: put_verdicts
insert into verdicts (verdict, code, entries, last_sequence)
select * from unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[])
on conflict (verdict, code) do update set entries = excluded.entries, last_sequence = excluded.last_sequence

-- name: runner
select state, since_ms, at_end_ms, problem from view_runner

-- name: say_running
insert into view_runner (state, since_ms, at_end_ms, problem) values ('running', $1, $2, null)
on conflict (one) do update set
    state = 'running',
    since_ms = case when view_runner.state = 'running' then view_runner.since_ms else excluded.since_ms end,
    at_end_ms = coalesce(excluded.at_end_ms, view_runner.at_end_ms),
    problem = null

-- name: say_trouble
insert into view_runner (state, since_ms, at_end_ms, problem) values ($1, $2, null, $3)
on conflict (one) do update set state = excluded.state, since_ms = excluded.since_ms, problem = excluded.problem
