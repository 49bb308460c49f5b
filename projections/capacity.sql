-- name: current_figures
select unit_id, places, occupied, reserved, held, free, accepting, observed_at_ms, over_capacity, from_sequence from figures where to_sequence is null

-- name: current_holds
select unit_id, slot, hold_id::text as hold_id, stage, until_ms, room, from_sequence from holds where to_sequence is null

-- name: current_asked
select hold_id::text as hold_id, project_id, age_class, from_sequence from asked where to_sequence is null

-- name: current_answers
select project_id, free, not_free, from_sequence from answers where to_sequence is null

-- name: end_asked
update asked set to_sequence = ended.to_sequence
from unnest($1::uuid[], $2::bigint[]) as ended (hold_id, to_sequence)
where asked.hold_id = ended.hold_id and asked.to_sequence is null

-- name: end_answers
update answers set to_sequence = ended.to_sequence
from unnest($1::text[], $2::bigint[]) as ended (project_id, to_sequence)
where answers.project_id = ended.project_id and answers.to_sequence is null

-- name: answers_at
select project_id, free, not_free, from_sequence from answers where from_sequence <= $1 and (to_sequence is null or to_sequence > $1) order by project_id

-- name: end_figures
update figures set to_sequence = ended.to_sequence
from unnest($1::text[], $2::bigint[]) as ended (unit_id, to_sequence)
where figures.unit_id = ended.unit_id and figures.to_sequence is null

-- name: end_holds
update holds set to_sequence = ended.to_sequence
from unnest($1::text[], $2::integer[], $3::bigint[]) as ended (unit_id, slot, to_sequence)
where holds.unit_id = ended.unit_id and holds.slot = ended.slot and holds.to_sequence is null

-- name: capacity_at
-- Units as they were after a sequence, with the last figures up to it. Null filters do not filter.
select
    units.unit_id, units.project_id, units.body, units.region, units.level, units.hosts, units.offers, units.languages, units.is_open, units.from_sequence,
    last.places, last.occupied, last.reserved, last.held, last.free, last.accepting, last.observed_at_ms, last.over_capacity,
    last.from_sequence as figures_sequence
from units
left join lateral (
    select places, occupied, reserved, held, free, accepting, observed_at_ms, over_capacity, from_sequence
    from figures
    where figures.unit_id = units.unit_id and figures.from_sequence <= $1
    order by figures.from_sequence desc
    limit 1
) as last on true
where units.from_sequence <= $1 and (units.to_sequence is null or units.to_sequence > $1)
    and ($2::text is null or units.project_id = $2)
    and ($3::text[] is null or units.region = any ($3))
    and ($4::text[] is null or units.level = any ($4))
    and ($5::text[] is null or units.hosts && $5)
order by units.unit_id

-- name: holds_at
select unit_id, slot, hold_id::text as hold_id, stage, until_ms, room, from_sequence from holds
where from_sequence <= $1 and (to_sequence is null or to_sequence > $1) and ($2::text is null or unit_id = $2)
order by unit_id, slot
