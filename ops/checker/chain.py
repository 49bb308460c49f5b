"""The chain: sequence, hashes, one entry an event, time, verdicts."""

from __future__ import annotations

from collections.abc import Iterator

from ops.checker.breach import Breach
from ops.checker.entry import VERDICTS, Entry

_ID_TOO_OLD_MS = 14 * 24 * 3_600_000
_ID_AHEAD_MS = 5 * 60_000


class Chain:
    """Follows the entries in the order of the file."""

    def __init__(self) -> None:
        self._last: Entry | None = None
        self._next_event_offset = 0
        self._decided: dict[str, int] = {}
        """Sequence of the entry that recorded or refused each event id first."""
        self._recorded: set[str] = set()

    def check(self, entry: Entry) -> Iterator[Breach]:
        """What is wrong with this entry's place in the chain."""
        yield from self._place(entry)
        yield from self._verdict(entry)
        self._last = entry
        self._next_event_offset = _next_event_offset(entry)

    def _place(self, entry: Entry) -> Iterator[Breach]:
        last, at = self._last, entry.sequence
        if last is None:
            if entry.body != "Genesis" or at != 0 or entry.previous_hash != bytes(32) or entry.event_offset != -1:
                yield Breach(at, "chain.genesis", "the first entry is no genesis at sequence 0")
            return
        if entry.network != last.network:
            yield Breach(at, "chain.network", f"an entry of network {entry.network} after one of {last.network}")
        if at != last.sequence + 1:
            yield Breach(at, "chain.sequence", f"sequence {at} follows {last.sequence}")
        if entry.previous_hash != last.hash:
            yield Breach(at, "chain.previous_hash", f"names another predecessor than entry {last.sequence}")
        if entry.event_offset != self._next_event_offset:
            yield Breach(at, "chain.event_offset", f"event offset {entry.event_offset}, expected {self._next_event_offset}")
        if entry.event_time_ms < last.event_time_ms:
            yield Breach(at, "chain.event_time", f"earlier by {last.event_time_ms - entry.event_time_ms} ms than the entry before")
        if entry.body == "Genesis":
            yield Breach(at, "chain.genesis", "a second genesis")

    def _verdict(self, entry: Entry) -> Iterator[Breach]:
        if entry.body != "Decided":
            return
        names = [outcome.name for outcome in entry.outcomes]
        verdicts = [index for index, name in enumerate(names) if name in VERDICTS]
        if len(verdicts) != 1:
            yield Breach(entry.sequence, "entry.verdict", f"{len(verdicts)} verdicts")
            return
        index = verdicts[0]
        verdict = entry.outcomes[index]
        if verdict.name != "Recorded" and len(names) > index + 1:
            yield Breach(entry.sequence, "entry.effects", f"{', '.join(names[index + 1 :])} after {verdict.name}")
        if entry.event is None:
            if verdict.name not in ("Unreadable", "Refused"):
                yield Breach(entry.sequence, "entry.verdict", f"a record that cannot be decoded is {verdict.name}")
            return
        event_id = str(entry.event.clear.get("event_id"))
        if verdict.name == "Recorded":
            if event_id in self._recorded:
                yield Breach(entry.sequence, "entry.event_twice", f"event {event_id} took effect at entry {self._decided[event_id]} already")
            self._recorded.add(event_id)
            yield from _id_time(entry, event_id)
        if verdict.name == "Duplicate" and self._decided.get(event_id) != verdict["of_sequence"]:
            yield Breach(entry.sequence, "entry.duplicate", f"names entry {verdict['of_sequence']}, which did not decide this event id")
        if verdict.name in ("Recorded", "Refused"):
            self._decided.setdefault(event_id, entry.sequence)


def _next_event_offset(entry: Entry) -> int:
    if entry.body == "Genesis":
        return int(entry.fields["first_event_offset"])
    if entry.body == "NoEvent":
        return int(entry.fields["last_offset"]) + 1
    if entry.body == "SourceChanged":
        return int(entry.fields["first_new_offset"])
    return entry.event_offset + 1


def _id_time(entry: Entry, event_id: str) -> Iterator[Breach]:
    digits = event_id.replace("-", "")
    if len(digits) != 32 or digits[12] != "7":
        yield Breach(entry.sequence, "entry.id_time", "the event id of a recorded event is no UUIDv7")
        return
    born_ms = int(digits[:12], 16)
    if born_ms < entry.event_time_ms - _ID_TOO_OLD_MS or born_ms > entry.event_time_ms + _ID_AHEAD_MS:
        yield Breach(entry.sequence, "entry.id_time", f"the event id's instant is {entry.event_time_ms - born_ms} ms before the event")
