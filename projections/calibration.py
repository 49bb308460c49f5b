"""How well the trust in published places turned out: what was expected when a place was held, against what its project answered. A pure fold.

Everything it reads stands in clear, so it needs no key and finds the same after an erasure. Nothing is stored: it is folded when somebody asks. An answer
that follows a decline for another reason than "not free after all", and silence, say nothing about the place and are not in it.

Scores are means over answers, lower is better: Brier's (Brier 1950), the squared distance between the probability and what came, in ten-thousandths; and
the logarithmic one (Good 1952), in thousandths of a nat, for which nothing counts as more certain than 999 in 1,000.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log

from events.answers import NO_ANSWERS, Answers, age_class, with_answer
from events.availability import CapacityChanged
from events.network import PolicyAdopted, Trust, UnitOpened, UnitPassed
from events.transfer import PlaceHeld, PlaceOccupied, PlaceReleased, PlaceReserved
from events.trust import TrustTable, totals_of
from projections.answered import not_free
from projections.reported import Effects

BINS = ((0, 500), (500, 700), (700, 800), (800, 850), (850, 900), (900, 950), (950, 1001))
"""Ranges of a reliability table, in thousandths: from (inclusive) to (exclusive). Finer where most places are."""


@dataclass(frozen=True, slots=True)
class Answered:
    """One answer about a published place."""

    at_ms: int
    project_id: str
    age_ms: int
    """How old the figure was when the place was held."""
    permille: int | None
    """The probability that it was free, as it was then; null: the policy of then had no trust."""
    free: bool


@dataclass(frozen=True, slots=True)
class Scores:
    """How far probabilities were from what came. null: there were no answers."""

    brier: int | None
    """In ten-thousandths; 0 to 10,000."""
    log: int | None
    """In thousandths of a nat."""


@dataclass(frozen=True, slots=True)
class Bin:
    """Places that were expected to be free with about the same probability."""

    from_permille: int
    to_permille: int
    answers: int
    expected_permille: int
    """Their mean probability."""
    free_permille: int
    """How many of a thousand were."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """What was expected against what came."""

    answers: int
    free: int
    trust: Scores
    constant: Scores
    """As if each place had been expected to be free with the share that turned out: the best that one number for all could have done."""
    always: Scores
    """As if each place had been taken to be free."""
    reliability: tuple[Bin, ...]
    """Ranges with answers, the lowest first."""


@dataclass(frozen=True, slots=True)
class _Asked:
    project_id: str
    age_ms: int
    permille: int | None


class AnsweredFold:
    """Takes every entry's effects in order, from the first; `answered` grows."""

    def __init__(self) -> None:
        self.answered: list[Answered] = []
        self._project_of: dict[str, str] = {}
        self._observed: dict[str, int | None] = {}
        self._asked: dict[str, _Asked] = {}
        """By hold that waits for an answer."""
        self._answers: dict[str, Answers] = {}
        self._terms: Trust | None = None
        self._table: TrustTable | None = None

    def take(self, effects: Effects) -> None:
        """The effects of the next entry."""
        declined = not_free(effects)
        for _, fact in effects.facts:
            match fact:
                case UnitOpened() | UnitPassed():
                    self._project_of[fact.unit_id] = fact.project_id
                case CapacityChanged():
                    self._observed[fact.unit_id] = fact.observed_at_ms
                case PolicyAdopted():
                    self._terms, self._table = fact.trust, None
                case PlaceHeld():
                    self._hold(fact, effects.at_ms)
                case PlaceReserved():
                    self._answer(fact.hold_id, effects.at_ms, free=True)
                case PlaceReleased():
                    if fact.hold_id == declined:
                        self._answer(fact.hold_id, effects.at_ms, free=False)
                    self._asked.pop(fact.hold_id, None)
                case PlaceOccupied():
                    self._asked.pop(fact.hold_id, None)
                case _:
                    pass

    def _hold(self, held: PlaceHeld, at_ms: int) -> None:
        observed, project_id = self._observed.get(held.unit_id), self._project_of.get(held.unit_id)
        if observed is None or project_id is None:
            return
        if self._terms is not None and self._table is None:
            self._table = TrustTable(self._terms, dict(self._answers), totals_of(self._answers))
        permille = self._table.known(project_id, at_ms - observed).permille if self._table is not None else None
        self._asked[held.hold_id] = _Asked(project_id, at_ms - observed, permille)

    def _answer(self, hold_id: str, at_ms: int, *, free: bool) -> None:
        asked = self._asked.pop(hold_id, None)
        if asked is None:
            return
        self.answered.append(Answered(at_ms, asked.project_id, asked.age_ms, asked.permille, free))
        before = self._answers.get(asked.project_id)
        cells = with_answer(before.cells if before is not None else NO_ANSWERS, age_class(asked.age_ms), free=free)
        self._answers[asked.project_id] = Answers(asked.project_id, cells)
        self._table = None

    def counts(self) -> Mapping[str, Answers]:
        """What each project answered, as the decisions know it."""
        return self._answers


def calibration_of(answered: Iterable[Answered]) -> Calibration | None:
    """How the expectations among these turned out; None: there were none."""
    pairs = [(each.permille, each.free) for each in answered if each.permille is not None]
    if not pairs:
        return None
    free = sum(came for _, came in pairs)
    share = round(1000 * free / len(pairs))
    bins = [(since, to, [pair for pair in pairs if since <= pair[0] < to]) for since, to in BINS]
    return Calibration(
        len(pairs),
        free,
        scores_of(pairs),
        scores_of([(share, came) for _, came in pairs]),
        scores_of([(1000, came) for _, came in pairs]),
        tuple(
            Bin(since, to, len(found), round(sum(p for p, _ in found) / len(found)), round(1000 * sum(came for _, came in found) / len(found)))
            for since, to, found in bins
            if found
        ),
    )


def scores_of(pairs: Sequence[tuple[int, bool]]) -> Scores:
    """The scores of probabilities, in thousandths, beside what came."""
    if not pairs:
        return Scores(None, None)
    brier = sum((permille / 1000 - came) ** 2 for permille, came in pairs) / len(pairs)
    surprise = sum(-log(_certain(permille if came else 1000 - permille) / 1000) for permille, came in pairs) / len(pairs)
    return Scores(round(10_000 * brier), round(1000 * surprise))


def _certain(permille: int) -> int:
    return min(999, max(1, permille))
