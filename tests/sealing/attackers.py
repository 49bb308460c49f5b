"""Attackers with the whole ledger and the directories, without a key: each tries to tell where somebody went, in a way of their own.

Those that find something for certain must find nothing. Those that guess by time and size are a known limit: they are measured, beside what chance
would give, never forbidden.
"""

from __future__ import annotations

import asyncio
import json
import random
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence

from reading.keys_memory import MemoryKeyStore
from reading.vault import Vault
from tests.sealing.traffic import Record, Traffic, stolen, traffic

_LONGEST_WAIT_MS = 24 * 3_600_000


def in_one_record(records: Sequence[Record], traffic: Traffic) -> list[str]:
    """Records that name where somebody went and beside it, anywhere in their bytes, the case, the transfer, or the place that they left.

    That somebody else's place in the same unit ends in such a record says nothing of them: units are few, and their places end every day.
    """
    naming: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        for hold_id in {fields["hold_id"] for _, fields in record.clear if "hold_id" in fields}:
            naming[str(hold_id)].append(record)
    found = []
    for way in traffic.ways:
        for record in naming[way.hold_id]:
            ids = (way.case_id, way.transfer_id, way.kept_id)
            if any(form in record.raw for text in ids for form in _forms(text)):
                found.append(f"entry {record.sequence} shows case {way.case_id} or unit {way.origin} beside unit {way.destination}")
    return found


def _forms(text: str) -> Iterator[bytes]:
    yield text.encode()
    yield bytes.fromhex(text.replace("-", ""))


def by_what_comes_again(records: Sequence[Record], traffic: Traffic) -> list[str]:
    """Households of which the record of the departure shares something with a record of the place that they go to: a reference, an id, a sealed text."""
    at = {record.sequence: record for record in records}
    naming: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        for hold_id in {fields["hold_id"] for _, fields in record.clear if "hold_id" in fields}:
            naming[str(hold_id)].append(record)
    found = []
    for way in traffic.ways:
        left = at[way.departed].identifiers
        if any(left & record.identifiers for record in naming[way.hold_id]):
            found.append(way.case_id)
    return found


def by_time(records: Sequence[Record], traffic: Traffic, how: str, seed: int = 1) -> tuple[float, float]:
    """(share of departures whose arrival is guessed right, share that chance alone would give). Candidates are the arrivals of the next day with as many
    places as were left; `how`: `next` (the first), `usual` (nearest to the usual journey), `size` (the one whose sealed parts are of the likeliest size).
    """
    departures, arrivals = _seen(records)
    truth = {way.departed: way.arrived for way in traffic.ways}
    arrived_at = [record.at_ms for record, _, _ in arrivals]
    usual = _usual_ms(records, traffic)
    draw = random.Random(seed)
    right, by_chance, asked = 0, 0.0, 0
    for record, _, places in departures:
        if record.sequence not in truth:
            continue
        first = bisect_right(arrived_at, record.at_ms)
        candidates = [arrival for arrival, _, taken in arrivals[first:] if arrival.at_ms <= record.at_ms + _LONGEST_WAIT_MS and taken == places]
        asked += 1
        if not candidates:
            continue
        by_chance += 1 / len(candidates) if any(arrival.sequence == truth[record.sequence] for arrival in candidates) else 0
        match how:
            case "next":
                guess = candidates[0]
            case "usual":
                guess = min(candidates, key=lambda arrival: abs(arrival.at_ms - record.at_ms - usual))
            case _:
                size = len(record.sealed[0]) if record.sealed else 0
                likely = min(abs(len(arrival.sealed[0]) - size) for arrival in candidates)
                guess = draw.choice([arrival for arrival in candidates if abs(len(arrival.sealed[0]) - size) == likely])
        right += guess.sequence == truth[record.sequence]
    return right / asked, by_chance / asked


def _seen(records: Sequence[Record]) -> tuple[list[tuple[Record, str, int]], list[tuple[Record, str, int]]]:
    """(record, unit, places) of the departures and of the arrivals, as the clear outcomes tell them."""
    departures, arrivals = [], []
    for record in records:
        for name, fields in record.clear[1:]:
            if name == "PlaceKept":
                departures.append((record, str(fields["unit_id"]), int(str(fields["places"]))))
            elif name == "PlaceOccupied" and record.event == "ArrivalConfirmed":
                arrivals.append((record, str(fields["unit_id"]), int(str(fields["places"]))))
    return departures, arrivals


def _usual_ms(records: Sequence[Record], traffic: Traffic) -> int:
    """The usual journey: something that anybody may know of a network."""
    at = {record.sequence: record.at_ms for record in records}
    took = sorted(at[way.arrived] - at[way.departed] for way in traffic.ways)
    return took[len(took) // 2]


async def measured(a_day: float, transfers: int = 1_000) -> dict[str, float]:
    """The guesses' shares on traffic of so many departures a day, sealed like the real one."""
    ways = traffic(transfers, a_day)
    records = await stolen(Vault("it", MemoryKeyStore("it")), ways.entries)
    rates = {how: by_time(records, ways, how) for how in ("next", "usual", "size")}
    return {"a_day": a_day, **{how: round(rate, 3) for how, (rate, _) in rates.items()}, "chance": round(rates["next"][1], 3)}


if __name__ == "__main__":
    for each in (1.0, 4.0, 24.0, 96.0):
        print(json.dumps(asyncio.run(measured(each))), flush=True)
