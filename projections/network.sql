-- name: current_projects
select project_id, name, lead_body, bodies, provinces, valid_from, valid_to, programme, from_sequence from projects where to_sequence is null

-- name: current_units
select unit_id, project_id, body, region, level, hosts, offers, languages, is_open, from_sequence from units where to_sequence is null

-- name: current_policies
select version, fresh_for_ms, ageing_for_ms, provinces, regions, macro_areas, clocks, trust, from_sequence from policies where to_sequence is null

-- name: current_duty
select project_id, hours, from_sequence from duty where to_sequence is null

-- name: end_projects
update projects set to_sequence = ended.to_sequence
from unnest($1::text[], $2::bigint[]) as ended (project_id, to_sequence)
where projects.project_id = ended.project_id and projects.to_sequence is null

-- name: end_units
update units set to_sequence = ended.to_sequence
from unnest($1::text[], $2::bigint[]) as ended (unit_id, to_sequence)
where units.unit_id = ended.unit_id and units.to_sequence is null

-- name: end_policies
update policies set to_sequence = ended.to_sequence
from unnest($1::text[], $2::bigint[]) as ended (policy_key, to_sequence)
where policies.to_sequence is null

-- name: end_duty
update duty set to_sequence = ended.to_sequence
from unnest($1::text[], $2::bigint[]) as ended (project_id, to_sequence)
where duty.project_id = ended.project_id and duty.to_sequence is null

-- name: projects_at
select project_id, name, lead_body, bodies, provinces, valid_from, valid_to, programme, from_sequence from projects
where from_sequence <= $1 and (to_sequence is null or to_sequence > $1)
order by project_id

-- name: units_at
select unit_id, project_id, body, region, level, hosts, offers, languages, is_open, from_sequence from units
where from_sequence <= $1 and (to_sequence is null or to_sequence > $1)
order by unit_id

-- name: policy_at
select version, fresh_for_ms, ageing_for_ms, provinces, regions, macro_areas, clocks, trust, from_sequence from policies
where from_sequence <= $1 and (to_sequence is null or to_sequence > $1)

-- name: duty_at
select project_id, hours, from_sequence from duty
where from_sequence <= $1 and (to_sequence is null or to_sequence > $1)
order by project_id
