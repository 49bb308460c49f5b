"""Part of view `capacity`: what each project answered when its published places were offered, and holds that wait for such an answer. All of it is clear.

The counts are those that decisions rank by (`events.answers`); from them and the policy follows how far a published place is trusted.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from events.answers import NO_ANSWERS, Answers, Cell, age_class, with_answer
from events.availability import CapacityChanged
from events.entry import Locked
from events.network import Trust, TrustBand, UnitOpened, UnitPassed
from events.transfer import PlaceHeld, PlaceOccupied, PlaceReleased, PlaceReserved, ProposalDeclined
from events.trust import TrustTable, totals_of
from projections.capacity import Figures
from projections.history import Table, differing
from projections.network import Unit
from projections.reported import Effects


@dataclass(frozen=True, slots=True)
class Asked:
    """A hold that waits for its project's answer."""

    hold_id: str
    project_id: str
    age_class: int
    """How old the unit's figure was when the place was held (`events.answers.AGE_STEPS_MS`)."""
    from_sequence: int = field(compare=False)


@dataclass(frozen=True, slots=True)
class Given:
    """One version of what a project answered, by class of age, in hundredths of an answer."""

    project_id: str
    free: tuple[int, ...]
    not_free: tuple[int, ...]
    from_sequence: int = field(compare=False)


ASKED: Table[str, Asked] = Table("asked", Asked, lambda asked: asked.hold_id, ("hold_id",))
ANSWERS: Table[str, Given] = Table("answers", Given, lambda given: given.project_id, ("project_id",))


@dataclass(frozen=True, slots=True)
class Rows:
    """The current rows; `figures` and `units` as they were before the entry."""

    asked: Mapping[str, Asked]
    answers: Mapping[str, Given]
    figures: Mapping[str, Figures]
    units: Mapping[str, Unit]


@dataclass(frozen=True, slots=True)
class Changes:
    """New versions by key; None: the hold waits no more."""

    asked: Mapping[str, Asked | None]
    answers: Mapping[str, Given | None]


NOTHING = Changes({}, {})
TURNS_ON = frozenset({PlaceHeld, PlaceReserved, PlaceReleased, PlaceOccupied})
"""An entry without any of these changes nothing here."""
READS = TURNS_ON | {CapacityChanged, UnitOpened, UnitPassed}
"""Kinds that this part is folded from, by their clear fields; and of `ProposalDeclined` that it was reported."""


def fold(rows: Rows, entry: Effects) -> Changes:
    """The versions that begin or end with this entry."""
    if not any(type(fact) in TURNS_ON for _, fact in entry.facts):
        return NOTHING
    asked: dict[str, Asked | None] = {}
    answers: dict[str, Given | None] = {}
    observed: dict[str, int | None] = {}
    belongs: dict[str, str] = {}
    declined = not_free(entry)
    for _, fact in entry.facts:
        match fact:
            case CapacityChanged():
                observed[fact.unit_id] = fact.observed_at_ms
            case UnitOpened() | UnitPassed():
                belongs[fact.unit_id] = fact.project_id
            case PlaceHeld():
                figures, unit = rows.figures.get(fact.unit_id), rows.units.get(fact.unit_id)
                seen_ms = observed.get(fact.unit_id, figures.observed_at_ms if figures is not None else None)
                project_id = belongs.get(fact.unit_id, unit.project_id if unit is not None else None)
                if seen_ms is not None and project_id is not None:
                    asked[fact.hold_id] = Asked(fact.hold_id, project_id, age_class(entry.at_ms - seen_ms), entry.sequence)
            case PlaceReserved() | PlaceReleased() | PlaceOccupied():
                waited = asked.get(fact.hold_id, rows.asked.get(fact.hold_id))
                if waited is None:
                    continue
                if isinstance(fact, PlaceReserved) or fact.hold_id == declined:
                    before = answers.get(waited.project_id) or rows.answers.get(waited.project_id)
                    answers[waited.project_id] = _more(before, waited, isinstance(fact, PlaceReserved), entry.sequence)
                asked[fact.hold_id] = None
            case _:
                pass
    return Changes(differing(rows.asked, asked), differing(rows.answers, answers))


def not_free(effects: Effects) -> str | None:
    """The hold of which the entry says that its place was not free after all; None: of none. A decline that says so corrects the unit's figure before anything
    else follows from it, and the first hold that is let go after that is the declined one; deadlines that were due stand before the decline.
    """
    event = effects.event
    if not isinstance(event, ProposalDeclined) and not (isinstance(event, Locked) and event.name == ProposalDeclined.__name__):
        return None
    facts = [fact for _, fact in effects.facts]
    after = facts[facts.index(event) + 1 :]
    if not after or not isinstance(after[0], CapacityChanged):
        return None
    return next((fact.hold_id for fact in after if isinstance(fact, PlaceReleased)), None)


def _more(before: Given | None, waited: Asked, free: bool, sequence: int) -> Given:
    cells = with_answer(cells_of(before) if before is not None else NO_ANSWERS, waited.age_class, free=free)
    return Given(waited.project_id, tuple(cell.free for cell in cells), tuple(cell.not_free for cell in cells), sequence)


def cells_of(given: Given) -> tuple[Cell, ...]:
    """The counts as decisions know them."""
    return tuple(Cell(free, not_free) for free, not_free in zip(given.free, given.not_free, strict=True))


def trust_table(terms: str | None, given: Iterable[Given]) -> TrustTable | None:
    """How far published places are trusted under a policy's terms (JSON, as in view `network`); None: it has none."""
    if terms is None:
        return None
    told = json.loads(terms)
    answers = {each.project_id: Answers(each.project_id, cells_of(each)) for each in given}
    bands = tuple(TrustBand(**band) for band in told["bands"])
    return TrustTable(Trust(told["weight"], bands, told["prior_answers"], told["network_answers"]), answers, totals_of(answers))
