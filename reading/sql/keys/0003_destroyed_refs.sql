-- References that went with their key, by which an event that waits is known to be an erased case's and not one whose key a restore lost. They name no key,
-- and stay for a day and until what was reported by then is decided: no longer, for whose rows came at once may be told to be one case's.

create table keystore.destroyed_refs (
    ref bytea primary key check (octet_length(ref) = 16),
    network text not null references keystore.networks,
    destroyed_at timestamptz not null default now(),
    -- Time of the ledger's last entry by then (ms since the epoch).
    ledger_ms bigint not null
);

create index destroyed_refs_by_time on keystore.destroyed_refs (network, ledger_ms);

alter table keystore.destroyed_refs set (autovacuum_vacuum_threshold = 0, autovacuum_vacuum_scale_factor = 0);
