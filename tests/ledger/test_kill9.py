"""Two worker processes under random SIGKILL and SIGSTOP while events come in bursts: every acknowledged event has exactly one entry, in order.

`STAFFETTA_KILL9_S` makes the run longer (seconds; default 20).
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.ledger.benches import KafkaBench, decided_events, entries_of

SECONDS = float(os.environ.get("STAFFETTA_KILL9_S", "20"))


def start(bench: KafkaBench, name: str, taste: str, errors: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "tests.ledger.worker_program", bench.bootstrap, bench.names.prefix, name, taste]
    return subprocess.Popen(command, cwd=Path(__file__).parents[2], stderr=errors.open("ab"))


async def test_two_workers_killed_and_frozen(on_kafka: KafkaBench, tmp_path: Path) -> None:
    chance, errors = random.Random(11), tmp_path / "errors"
    tastes = ["", "b"]
    workers = [start(on_kafka, f"w{index}-0", taste, errors) for index, taste in enumerate(tastes)]
    appender = on_kafka.events_appender()
    sent: list[bytes] = []
    killed = frozen = 0
    try:
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            burst = [f"event {len(sent) + number}".encode() for number in range(chance.choice([1, 5, 50, 500]))]
            await (await appender.append([(None, value, ()) for value in burst]))
            sent += burst
            await asyncio.sleep(chance.random() * 0.8)
            index, fault = chance.randrange(2), chance.random()
            if fault < 0.15:
                workers[index].kill()
                workers[index].wait()
                killed += 1
                workers[index] = start(on_kafka, f"w{index}-{killed}", tastes[index], errors)
            elif fault < 0.3:
                workers[index].send_signal(signal.SIGSTOP)
                await asyncio.sleep(chance.random() * 2)
                workers[index].send_signal(signal.SIGCONT)
                frozen += 1
        async with asyncio.timeout(60):
            while (entries := await entries_of(on_kafka))[-1].position.event_offset < len(sent) - 1:
                assert all(worker.poll() is None for worker in workers), errors.read_text()
                await asyncio.sleep(0.5)
    finally:
        for worker in workers:
            worker.kill()
            worker.wait()
        await appender.close()
    assert decided_events(entries) == sent
    records = (await on_kafka.ledger_log().bounds()).end
    lives = len({dict(entry.headers)["worker"] for entry in entries[1:]})
    print(f"{lives} lives wrote entries; {len(sent)} events, {len(entries) - 1} entries, {records} records, {killed} killed, {frozen} frozen")
