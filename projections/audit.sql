-- name: entries_of_kinds
select entries.value from audit
join entries on entries.sequence = audit.sequence
where audit.kind = any ($1::text[]) and audit.verdict = 'Recorded' and audit.sequence <= $2
order by audit.sequence

-- name: audit_between
-- Null filters do not filter; newest first.
select
    audit.sequence, audit.kind, audit.verdict, audit.code, audit.field, audit.of_sequence, audit.outcomes,
    entries.event_time_ms, entries.event_offset, entries.ledger_offset, entries.event_id::text as event_id, entries.hash
from audit
join entries on entries.sequence = audit.sequence
where audit.sequence >= $1 and audit.sequence <= $2
    and ($3::text is null or audit.kind = $3)
    and ($4::text is null or audit.verdict = $4)
    and ($5::text is null or audit.code = $5)
    and ($6::text is null or $6 = any (audit.outcomes))
order by audit.sequence desc
limit $7
