"""Counts for itself, from the opened facts, what projects answered about their published places, and what trust follows. Shares nothing with the core.

The core counts from clear facts; here the acceptances and the codes of declines are read.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from coordinator.domain.state import State
from events.availability import CapacityChanged
from events.entry import OpenedDecision
from events.network import PolicyAdopted, Trust, UnitOpened, UnitPassed
from events.transfer import MatchExplained, PlaceHeld, ProposalAccepted, ProposalDeclined, ProposalMade, ProposalPrepared
from events.verdict import Recorded
from tests.domain.world import HOUR

_STEPS = (1, 2, 4, 8, 12, 24, 48, 96)


@dataclass(slots=True)
class AnswersTold:
    """Takes every entry in order."""

    policy: PolicyAdopted | None = None
    project_of: dict[str, str] = field(default_factory=dict)
    observed: dict[str, int | None] = field(default_factory=dict)
    asked: dict[str, tuple[str, int | None]] = field(default_factory=dict)
    """(unit, age in ms) by hold."""
    proposed: dict[str, str] = field(default_factory=dict)
    """Hold by transfer: a case may have another name by the time of the answer."""
    counts: dict[tuple[str, int], list[int]] = field(default_factory=dict)
    """[free, not free] by project and class of age."""

    def take(self, entry: OpenedDecision, state: State) -> None:
        """`state`: after the entry."""
        for outcome in entry.outcomes:
            match outcome:
                case Recorded():
                    self._event(entry)
                case CapacityChanged():
                    self.observed[outcome.unit_id] = outcome.observed_at_ms
                case UnitPassed():
                    self.project_of[outcome.unit_id] = outcome.project_id
                case PlaceHeld():
                    seen = self.observed.get(outcome.unit_id)
                    self.asked[outcome.hold_id] = (outcome.unit_id, None if seen is None else entry.event_time_ms - seen)
                case ProposalMade() | ProposalPrepared():
                    self.proposed[outcome.transfer_id] = outcome.hold_id
                case MatchExplained():
                    self._explained(entry, outcome)
                case _:
                    pass
        told = {
            (answers.project_id, number): [cell.free, cell.not_free]
            for answers in state.answers.values()
            for number, cell in enumerate(answers.cells)
            if cell.free or cell.not_free
        }
        assert told == {key: cell for key, cell in self.counts.items() if any(cell)}, "answers are counted otherwise"
        assert state.corrected is None

    def _event(self, entry: OpenedDecision) -> None:
        event = entry.opened.event
        if isinstance(event, UnitOpened):
            self.project_of[event.unit_id] = event.project_id
        elif isinstance(event, PolicyAdopted):
            self.policy = event
        elif isinstance(event, ProposalAccepted):
            self._answered(event.transfer_id, 0)
        elif isinstance(event, ProposalDeclined) and self.policy is not None and event.code in self.policy.not_free_codes:
            self._answered(event.transfer_id, 1)

    def _answered(self, transfer_id: str, which: int) -> None:
        unit_id, age_ms = self.asked[self.proposed[transfer_id]]
        if age_ms is None:
            return
        number = sum(age_ms > step * HOUR for step in _STEPS)
        cell = self.counts.setdefault((self.project_of[unit_id], number), [0, 0])
        cell[which] += 100
        if sum(cell) >= 10_000:
            cell[:] = [cell[0] // 2, cell[1] // 2]

    def _explained(self, entry: OpenedDecision, told: MatchExplained) -> None:
        assert self.policy is not None
        terms = self.policy.trust
        for scored in told.scored:
            assert len(scored.parts) == 9 + (self.policy.matching is not None) + (terms is not None)
            if terms is not None:
                permille = self.permille(terms, self.project_of[scored.unit_id], entry.event_time_ms - scored.observed_at_ms)
                assert scored.parts[-1] == -(terms.weight * (1000 - permille) // 1000), "trust is counted otherwise"
        assert bool(told.trust) == (terms is not None and bool(told.scored))

    def permille(self, terms: Trust, project_id: str, age_ms: int) -> int:
        """The probability, in fractions as long as can be."""
        ends = [band.up_to_ms for band in terms.bands]
        number = next(index for index, end in enumerate(ends) if end is None or age_ms <= end)
        since, to = (ends[number - 1] if number else None), ends[number]
        classes = {
            index
            for index in range(len(_STEPS) + 1)
            if (to is None or (index < len(_STEPS) and _STEPS[index] * HOUR <= to))
            and (since is None or index > 0 and _STEPS[index - 1] * HOUR >= since)
        }
        of_network = self._share({key for key in self.counts if key[1] in classes}, Fraction(terms.bands[number].prior_permille), terms.prior_answers)
        own = {key for key in self.counts if key[1] in classes and key[0] == project_id}
        return int(self._share(own, Fraction(int(of_network)), terms.network_answers))

    def _share(self, keys: set[tuple[str, int]], towards: Fraction, weight: int) -> Fraction:
        free, not_free = (Fraction(sum(self.counts[key][which] for key in keys), 100) for which in (0, 1))
        return (1000 * free + towards * weight) / (free + not_free + weight)
