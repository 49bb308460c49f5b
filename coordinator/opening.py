"""A new network's first events: its policy and its projects, from its file, through the same door as every other event."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta
from itertools import count
from pathlib import Path

from coordinator.intake.door import Answer, Told
from coordinator.rooms import NetworkRoom
from events.entry import Genesis
from events.ids import uuid7
from events.language import Said
from events.sentences import refusal_said
from events.verdict import Recorded, Refused

ADMINISTRATOR = "network-create"
"""Stands as the person who adopted the first policy and registered the first projects."""

WAIT = timedelta(seconds=20)


class NoNetworkFile(Exception):
    """No file of a network ships under this name, and none was given."""


class OpeningRefused(Exception):
    """The network refused its own first events."""

    def __init__(self, sequence: int, code: str, sentence: Said) -> None:
        super().__init__(f"The network refused one of its first events ({code}, entry {sequence}): {sentence[0]}")
        self.sequence = sequence
        self.code = code
        self.sentence = sentence


async def open_with_file(room: NetworkRoom, file: Path | None, say: Callable[[str], None]) -> list[Answer]:
    """Sends the opening events of the network's file (the one that ships under its name where None). Harmless to repeat: the ids are derived.

    Raises NoNetworkFile, OpeningRefused, and what the intake raises. Answers may be `NotYet` where no worker runs.
    """
    from ops.networks import load_network, opening_events
    from ops.networks.loading import read_network

    try:
        network = load_network(room.name) if file is None else read_network(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise NoNetworkFile(f"There is no file of network {room.name}.") from None
    genesis = await genesis_of(room)
    numbers = count()
    events = list(opening_events(network, lambda: opening_id(room.name, genesis, next(numbers)), ADMINISTRATOR, {}))
    answers = await room.intake.submit(events, WAIT)
    refused = next((answer for answer in answers if isinstance(answer, Told) and not isinstance(answer.verdict, Recorded)), None)
    if refused is not None:
        verdict = refused.verdict
        raise OpeningRefused(
            refused.sequence,
            verdict.code if isinstance(verdict, Refused) else type(verdict).__name__,
            refusal_said(verdict.code) if isinstance(verdict, Refused) else ("", ""),
        )
    pending = sum(not isinstance(answer, Told) for answer in answers)
    say(f"network {room.name}: policy and {len(events) - 1} projects {'sent; decided when a worker runs' if pending else 'recorded'}")
    return answers


async def genesis_of(room: NetworkRoom) -> Genesis:
    """The network's genesis. Raises LookupError where there is none."""
    reader = room.reader(None)
    try:
        async for batch in reader.read_to_end(max_records=1):
            body = batch[0].body
            if isinstance(body, Genesis):
                return body
    finally:
        await reader.close()
    raise LookupError(f"Network {room.name} has no genesis.")


def opening_id(network: str, genesis: Genesis, number: int) -> str:
    """A UUIDv7 dated by the genesis; the same for the same ledger."""
    digest = hashlib.sha256(f"{network}:{genesis.ledger_topic_id}:{genesis.created_at_ms}:{number}".encode()).digest()
    return uuid7(genesis.created_at_ms, int.from_bytes(digest, "big") & (1 << 74) - 1)
