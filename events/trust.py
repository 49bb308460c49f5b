"""How far a published place is trusted: the probability, in thousandths, that it is really free, by its project's answers and the age of its figure.

A project's share of free places in a band of ages is drawn towards the network's share in that band, and that one towards the policy's prior: each as if
so many answers more had been given. Integers throughout, so that every machine finds the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from events.answers import AGE_STEPS_MS, NO_ANSWERS, Answers, Cell, age_class, smoothed, summed
from events.network import Trust

Cells = tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a project's places in one band of ages."""

    project_id: str
    up_to_ms: int | None
    """The oldest age of the band; None: no end."""
    free: int
    """Answers by which the place was free, in hundredths; old ones count less."""
    not_free: int
    permille: int
    """The probability that such a place is free, in thousandths."""


class TrustTable:
    """The trust that follows from the answers so far under one policy. Not changed once it is made, but for what it keeps of its answers."""

    __slots__ = ("_answers", "_band_of", "_known", "_of_network", "_oldest_after_ms", "_parts", "_spans", "_totals", "terms")

    def __init__(self, terms: Trust, answers: Mapping[str, Answers], totals: Cells) -> None:
        """`totals`: by class of age, over all projects."""
        self.terms = terms
        self._answers = answers
        self._totals = totals
        ends = [age_class(band.up_to_ms) + 1 if band.up_to_ms is not None else len(NO_ANSWERS) for band in terms.bands]
        self._spans = tuple(zip([0, *ends[:-1]], ends, strict=True))
        self._band_of = tuple(band for band, (since, to) in enumerate(self._spans) for _ in range(since, to))
        self._oldest_after_ms = AGE_STEPS_MS[self._spans[-1][0] - 1] if self._spans[-1][0] else -1
        """Ages beyond this are in the last band."""
        self._of_network = tuple(
            smoothed(summed(totals[since:to]), band.prior_permille, terms.prior_answers)
            for band, (since, to) in zip(terms.bands, self._spans, strict=True)
        )
        self._known: dict[tuple[str, int], Known] = {}
        self._parts: dict[tuple[str, int], int] = {}

    def with_answers(self, answers: Mapping[str, Answers], project_id: str) -> TrustTable:
        """The same terms after a project answered; nobody else has."""
        before, now = self._answers.get(project_id), answers[project_id].cells
        was = before.cells if before is not None else NO_ANSWERS
        totals = [
            Cell(total.free - old.free + new.free, total.not_free - old.not_free + new.not_free)
            for total, old, new in zip(self._totals, was, now, strict=True)
        ]
        return TrustTable(self.terms, answers, tuple(totals))

    def known(self, project_id: str, age_ms: int | None) -> Known:
        """What is known of a project's places whose figures are so old; None: nothing was published, and they are taken for the oldest."""
        band = self._band_of[age_class(age_ms)] if age_ms is not None else self._band_of[-1]
        found = self._known.get((project_id, band))
        if found is None:
            since, to = self._spans[band]
            cell = self._given_by(project_id, since, to)
            permille = smoothed(cell, self._of_network[band], self.terms.network_answers)
            found = Known(project_id, self.terms.bands[band].up_to_ms, cell.free, cell.not_free, permille)
            self._known[project_id, band] = found
        return found

    def _given_by(self, project_id: str, since: int, to: int) -> Cell:
        """A project's own answers, of these classes of age."""
        told = self._answers.get(project_id)
        return summed(told.cells[since:to]) if told is not None else Cell(0, 0)

    def part(self, project_id: str, age_ms: int | None) -> int:
        """The score part: what is taken off for the chance that the place is not free. Never positive."""
        band = self._band_of[-1] if age_ms is None or age_ms > self._oldest_after_ms >= 0 else self._band_of[age_class(age_ms)]
        found = self._parts.get((project_id, band))
        if found is None:
            found = self._parts[project_id, band] = -(self.terms.weight * (1000 - self.known(project_id, age_ms).permille) // 1000)
        return found


def totals_of(answers: Mapping[str, Answers]) -> Cells:
    """Answers of all projects together, by class of age."""
    return tuple(summed(told.cells[number] for told in answers.values()) for number in range(len(NO_ANSWERS)))
