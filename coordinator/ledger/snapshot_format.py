"""A snapshot as bytes: the settled state at a position, its private parts sealed. Never authoritative, so an unknown format is simply not used.

    magic "STFSNAP1", then JSON length (4 bytes, big-endian), JSON, and the blobs that it counts, one after the other

The list of subjects is itself sealed under the network's key: beside the clear half, which shows units, no case may stand in clear.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Sequence
from dataclasses import dataclass

from coordinator.ledger.core import Core, S, SealedPart, Sealing, StateParts
from coordinator.ledger.fold import Settled
from coordinator.ledger.state_hash import state_row
from events.acceptance import Position
from events.errors import SealBroken
from reading.vault import Row

MAGIC = b"STFSNAP1"
SUBJECTS = "snapshot:subjects"
_LENGTH = struct.Struct(">I")


class SnapshotUnreadable(Exception):
    """Another release wrote it, or it is damaged: an older one, or the ledger itself, serves."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A snapshot as it lies in its topic."""

    position: Position
    event_hash: bytes | None
    events_topic_id: str
    whole: bool
    clear: bytes
    subjects: bytes
    """Sealed list of the subjects of `sealed`, in its order."""
    sealed: tuple[bytes, ...]


def pack(snapshot: Snapshot) -> bytes:
    """Bytes of a snapshot."""
    position = snapshot.position
    head = json.dumps(
        {
            "network": position.network,
            "topic_id": position.topic_id,
            "offset": position.offset,
            "sequence": position.sequence,
            "hash": position.hash.hex(),
            "event_offset": position.event_offset,
            "event_time_ms": position.event_time_ms,
            "event_hash": snapshot.event_hash.hex() if snapshot.event_hash else None,
            "events_topic_id": snapshot.events_topic_id,
            "whole": snapshot.whole,
            "blobs": [len(snapshot.clear), len(snapshot.subjects), *map(len, snapshot.sealed)],
        },
        separators=(",", ":"),
    ).encode()
    return b"".join((MAGIC, _LENGTH.pack(len(head)), head, snapshot.clear, snapshot.subjects, *snapshot.sealed))


def unpack(value: bytes) -> Snapshot:
    """The snapshot in these bytes. Raises SnapshotUnreadable."""
    try:
        if value[:8] != MAGIC:
            raise ValueError("no snapshot magic")
        (length,) = _LENGTH.unpack_from(value, 8)
        head = json.loads(value[12 : 12 + length])
        blobs: list[bytes] = []
        start = 12 + length
        for size in head["blobs"]:
            blobs.append(value[start : start + size])
            start += size
        if start != len(value):
            raise ValueError("length differs")
        position = Position(
            head["network"],
            head["topic_id"],
            head["offset"],
            head["sequence"],
            bytes.fromhex(head["hash"]),
            head["event_offset"],
            head["event_time_ms"],
        )
        event_hash = bytes.fromhex(head["event_hash"]) if head["event_hash"] else None
        return Snapshot(position, event_hash, head["events_topic_id"], head["whole"], blobs[0], blobs[1], tuple(blobs[2:]))
    except (ValueError, KeyError, TypeError, IndexError, struct.error) as problem:
        raise SnapshotUnreadable(str(problem)) from None


async def seal_snapshot(settled: Settled[S], parts: StateParts, sealed: Sequence[bytes], sealing: Sealing) -> Snapshot:
    """The snapshot of a settled state whose parts were sealed to `sealed`, in order."""
    names = json.dumps([part.subject for part in parts.sealed]).encode()
    (subjects,) = await sealing.seal_records([_subjects_row(settled.position, names)])
    return Snapshot(settled.position, settled.event_hash, settled.events_topic_id, settled.whole, parts.clear, subjects, tuple(sealed))


async def open_snapshot(snapshot: Snapshot, core: Core[S], sealing: Sealing) -> Settled[S]:
    """The settled state in a snapshot, without what belonged to subjects whose keys were destroyed since. Raises SnapshotUnreadable."""
    parts, whole = await open_parts(snapshot, sealing)
    return Settled(state_in(snapshot, parts, core), snapshot.position, snapshot.event_hash, snapshot.events_topic_id, whole)


async def open_parts(snapshot: Snapshot, sealing: Sealing) -> tuple[StateParts, bool]:
    """The parts of a snapshot's state that still have their keys, and whether nothing is missing. Raises SnapshotUnreadable."""
    try:
        (names,) = await sealing.open_records([_subjects_row(snapshot.position, snapshot.subjects)])
        subjects: list[str] = json.loads(names or b"[]")
        if len(subjects) != len(snapshot.sealed):
            raise SnapshotUnreadable("subjects and parts differ in number")
        plain = await sealing.open_records([state_row(subject, text) for subject, text in zip(subjects, snapshot.sealed, strict=True)])
    except SealBroken as broken:
        raise SnapshotUnreadable(str(broken)) from None
    parts = tuple(SealedPart(subject, each) for subject, each in zip(subjects, plain, strict=True) if each is not None)
    return StateParts(snapshot.clear, parts), snapshot.whole and len(parts) == len(subjects)


def state_in(snapshot: Snapshot, parts: StateParts, core: Core[S]) -> S:
    """The state in a snapshot's open parts: work for a processor alone. Raises SnapshotUnreadable."""
    try:
        return core.from_parts(snapshot.position.network, parts)
    except ValueError as problem:
        raise SnapshotUnreadable(type(problem).__name__) from None


def _subjects_row(position: Position, content: bytes) -> Row:
    return Row("network", SUBJECTS, str(position.sequence), content)
