"""The detail behind explanations, from the ledger: every entry up to the last of them is folded again, and nothing of it stays."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from coordinator.domain.safety_detail import UnitDetail, detail_of
from coordinator.plain import fields_json
from coordinator.rooms import NetworkRoom
from coordinator.viewing import Plain
from events.entry import OpenedDecision
from projections.reads import Explanation


async def details(room: NetworkRoom, explanations: Sequence[Explanation]) -> list[tuple[UnitDetail, ...]]:
    """For each explanation, in order, the units under `safety` with what stands behind it. Takes as long as the fold from the genesis does."""
    last = max((one.sequence for one in explanations), default=-1)
    found: dict[int, tuple[UnitDetail, ...]] = {}
    state = room.core.initial_state(room.name)
    async with room.reader(None) as reader:
        async for batch in reader.read_to_end():
            for entry in await room.vault.open_entries([(record.envelope, record.body) for record in batch]):
                if entry.sequence > last:
                    break
                if isinstance(entry, OpenedDecision):
                    for index, one in enumerate(explanations):
                        if one.sequence == entry.sequence:
                            found[index] = detail_of(state, entry, one.explained)
                state = room.core.evolve(state, entry)
            if batch and batch[-1].envelope.sequence >= last:
                break
    return [found.get(index, ()) for index in range(len(explanations))]


def cases_in(explanations: Sequence[Explanation], found: Collection[tuple[UnitDetail, ...]]) -> set[str]:
    """Every case that is shown: the explained one, and those from which it is kept apart."""
    return {one.explained.case_id for one in explanations} | {case for units in found for unit in units for case in unit.apart_from}


def detail_json(found: tuple[UnitDetail, ...]) -> list[Plain]:
    """The units of one explanation."""
    return [fields_json(unit) for unit in found]
