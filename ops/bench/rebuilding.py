"""Rebuild of each view by itself and of all together, against raw consume + decode + COPY of the same bytes."""

from __future__ import annotations

import statistics
import time
from collections.abc import Collection

import asyncpg

from events.codec import decode_fact
from events.entry import Decided
from ops.bench.feeding import feed, seal
from ops.bench.throughput import decide
from ops.demand.agenda import Timed
from ops.services.say import Say
from ops.stage import Stage
from projections.parts import ALL, VIEWS, Part
from projections.rebuild import rebuild
from reading.collecting import collecting_hardly

ROUNDS = 3
TOGETHER = "all"


async def measure_rebuild(stage: Stage, timed: list[Timed], say: Say) -> dict[str, object]:
    """Feeds `timed`, has it decided, and rebuilds: each measurement right after one of the raw way, and of their ratios the median.

    `rebuild_ratio` is that of the slowest view by itself; `rebuild_ratio_all` of all together; `rebuild_ratios` of each, by name. Views kept in one record
    have one figure.
    """
    await feed(stage.room, await seal(stage.room, timed))
    say(f"rebuild: {len(timed)} events wait to be decided")
    await decide(stage, len(timed))
    what: dict[str, Collection[Part]] = {"+".join(VIEWS[part]): {part} for part in Part}
    what[TOGETHER] = ALL
    await rebuild(stage.room.database_url, stage.room.vault, stage.room.source)  # views beside which one can be rebuilt by itself
    speeds: dict[str, list[tuple[float, float]]] = {name: [] for name in what}
    for number in range(ROUNDS):
        for name, parts in what.items():
            with collecting_hardly():  # as a rebuild does
                raw = await _raw(stage)
            began = time.perf_counter()
            rebuilt = await rebuild(stage.room.database_url, stage.room.vault, stage.room.source, parts=parts)
            speeds[name].append((rebuilt.entries / (time.perf_counter() - began), raw))
            ours, raw = speeds[name][-1]
            say(
                f"rebuild of {name}, round {number + 1} of {ROUNDS}: {ours:.0f} entries/s, raw {raw:.0f} entries/s ({ours / raw:.2f}); "
                f"folding {rebuilt.folding_s:.1f} s, finishing {rebuilt.finishing_s:.1f} s"
            )
    ratios = {name: round(statistics.median(ours / raw for ours, raw in pairs), 2) for name, pairs in speeds.items()}
    return {
        "rebuild_entries": len(timed),
        "rebuild_entries_per_s": {name: round(max(ours for ours, _ in pairs)) for name, pairs in speeds.items()},
        "raw_entries_per_s": round(max(raw for pairs in speeds.values() for _, raw in pairs)),
        "rebuild_ratio": min(ratio for name, ratio in ratios.items() if name != TOGETHER),
        "rebuild_ratio_all": ratios[TOGETHER],
        "rebuild_ratios": ratios,
    }


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
