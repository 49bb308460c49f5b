"""The detail behind explanations, from the ledger: every entry up to the last of them is folded again, and nothing of it stays."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from typing import TypeVar

from coordinator.access import Grant
from coordinator.domain.safety_detail import UnitDetail, detail_of
from coordinator.domain.state import State
from coordinator.domain.whole_account import Recomputed, Whole, whole_of
from coordinator.explained import explanation_json
from coordinator.plain import fields_json
from coordinator.rooms import NetworkRoom
from coordinator.viewing import Plain
from events.entry import OpenedDecision
from events.language import Language
from events.transfer import MatchExplained
from projections.reads import Explanation


async def details(room: NetworkRoom, explanations: Sequence[Explanation]) -> list[tuple[UnitDetail, ...]]:
    """For each explanation, in order, the units under `safety` with what stands behind it. Takes as long as the fold from the genesis does."""
    return await _from_before(room, explanations, detail_of, ())


async def wholes(room: NetworkRoom, explanations: Sequence[Explanation]) -> list[Whole]:
    """For each explanation, in order, the whole behind it, recomputed by the same matcher from the ledger up to its entry. Takes as long as that fold does."""
    return await _from_before(room, explanations, whole_of, Whole(Recomputed.GONE, None))


T = TypeVar("T")


async def _from_before(
    room: NetworkRoom, explanations: Sequence[Explanation], ask: Callable[[State, OpenedDecision, MatchExplained], T], nothing: T
) -> list[T]:
    """What `ask` says of each explanation, in order, from the state before its entry; `nothing` where there is no such entry."""
    last = max((one.sequence for one in explanations), default=-1)
    found: dict[int, T] = {}
    state = room.core.initial_state(room.name)
    async with room.reader(None) as reader:
        async for batch in reader.read_to_end():
            for entry in await room.vault.open_entries([(record.envelope, record.body) for record in batch]):
                if entry.sequence > last:
                    break
                if isinstance(entry, OpenedDecision):
                    for index, one in enumerate(explanations):
                        if one.sequence == entry.sequence:
                            found[index] = ask(state, entry, one.explained)
                state = room.core.evolve(state, entry)
            if batch and batch[-1].envelope.sequence >= last:
                break
    return [found.get(index, nothing) for index in range(len(explanations))]


def cases_in(explanations: Sequence[Explanation], found: Collection[tuple[UnitDetail, ...]]) -> set[str]:
    """Every case that is shown: the explained one, and those from which it is kept apart."""
    return {one.explained.case_id for one in explanations} | {case for units in found for unit in units for case in unit.apart_from}


def whole_json(one: Explanation, whole: Whole, grant: Grant, language: Language = Language.ENGLISH) -> Plain:
    """An explanation with everything named, and whether it is the one that the ledger has; nothing named where it could not be recomputed."""
    told = one if whole.explained is None else replace(one, explained=whole.explained)
    return {**explanation_json(told, grant, language), "recomputed": whole.found.value}


def detail_json(found: tuple[UnitDetail, ...]) -> list[Plain]:
    """The units of one explanation."""
    return [fields_json(unit) for unit in found]
