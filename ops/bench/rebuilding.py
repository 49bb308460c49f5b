"""Rebuild of the views, against raw consume + decode + COPY of the same bytes."""

from __future__ import annotations

import time

import asyncpg

from events.codec import decode_fact
from events.entry import Decided
from ops.services.say import Say
from ops.stage import NETWORK, Stage
from projections.rebuild import rebuild

ROUNDS = 3


async def measure_rebuild(stage: Stage, say: Say) -> dict[str, float]:
    """The best of each over alternating rounds, in entries a second; and their ratio."""
    raw, views = [], []
    for number in range(ROUNDS):
        raw.append(await _raw(stage))
        began = time.perf_counter()
        rebuilt = await rebuild(stage.room.database_url, stage.room.vault, stage.room.source)
        views.append(rebuilt.entries / (time.perf_counter() - began))
        say(
            f"rebuild of {NETWORK}, round {number + 1} of {ROUNDS}: views {views[-1]:.0f} entries/s, raw {raw[-1]:.0f} entries/s; folding {rebuilt.folding_s:.1f} s, finishing {rebuilt.finishing_s:.1f} s"
        )
    return {"rebuild_entries_per_s": round(max(views)), "raw_entries_per_s": round(max(raw)), "rebuild_ratio": round(max(views) / max(raw), 2)}


async def _raw(stage: Stage) -> float:
    """Entries a second of the least that a view can do: consume, decode every event and outcome, COPY the bytes into an indexed table."""
    connection = await asyncpg.connect(stage.room.database_url)
    began, entries = time.perf_counter(), 0
    try:
        await connection.execute("create table bench_raw (sequence bigint, value bytea)")
        async with stage.room.reader(None) as reader:
            async for batch in reader.read_to_end(max_records=5_000):
                for record in batch:
                    if isinstance(record.body, Decided):
                        decode_fact(record.body.event)
                        for outcome in record.body.outcomes:
                            decode_fact(outcome)
                rows = [(record.position.sequence, record.value) for record in batch]
                await connection.copy_records_to_table("bench_raw", records=rows, columns=("sequence", "value"))
                entries += len(batch)
        await connection.execute("create unique index on bench_raw (sequence)")
        return entries / (time.perf_counter() - began)
    finally:
        await connection.execute("drop table if exists bench_raw")
        await connection.close()
