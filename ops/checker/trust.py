"""How far published places are trusted: answers are counted from what stands in clear, and every score's part is worked out again.

A hold that is reserved was free. A decline that says "not free after all" corrects its unit first and lets the hold go then; any other decline does not.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from ops.checker.breach import Breach
from ops.checker.cases import Network
from ops.checker.entry import Entry, Fact
from ops.checker.places import Places

_HOUR_MS = 3_600_000
_CLASSES_MS = tuple(hours * _HOUR_MS for hours in (1, 2, 4, 8, 12, 24, 48, 96))
_HALVED_AT = 10_000
_PARTS_BEFORE = 9
"""Parts of a score that are there whatever the policy says."""


@dataclass(slots=True)
class Trust:
    """Answers so far, and holds that wait for one."""

    network: Network
    places: Places
    ages: dict[str, int] = field(default_factory=dict)
    """By hold: how old the unit's figure was when the place was held, in ms."""
    counts: dict[tuple[str, int], tuple[int, int]] = field(default_factory=dict)
    """By project and class of age: (free, not free), in hundredths of an answer."""

    def follow(self, entry: Entry, outcome: Fact) -> None:
        """A clear outcome about a hold is about to take effect."""
        if outcome.name == "PlaceHeld":
            unit = self.places.units.get(outcome["unit_id"])
            if unit is not None and unit.observed_at_ms is not None:
                self.ages[outcome["hold_id"]] = entry.event_time_ms - unit.observed_at_ms
        elif outcome.name == "PlaceReserved":
            self._answered(outcome, free=True)
        elif outcome.name == "PlaceReleased" and outcome["hold_id"] == _declined_as_not_free(entry):
            self._answered(outcome, free=False)
        if outcome.name in ("PlaceReserved", "PlaceReleased", "PlaceOccupied"):
            self.ages.pop(outcome["hold_id"], None)

    def _answered(self, outcome: Fact, *, free: bool) -> None:
        age_ms, unit = self.ages.get(outcome["hold_id"]), self.places.units.get(outcome["unit_id"])
        if age_ms is None or unit is None:
            return
        key = unit.project_id, sum(1 for end in _CLASSES_MS if age_ms > end)
        yes, no = self.counts.get(key, (0, 0))
        yes, no = (yes + 100, no) if free else (yes, no + 100)
        self.counts[key] = (yes // 2, no // 2) if yes + no >= _HALVED_AT else (yes, no)

    def explained(self, entry: Entry, told: Fact) -> Iterator[Breach]:
        """The trust part of each unit that is named with its score."""
        terms = None if self.network.policy is None else self.network.policy.get("trust")
        if terms is None:
            return
        before = _PARTS_BEFORE + (self.network.policy is not None and self.network.policy.get("matching") is not None)
        for scored in (*told["scored"], *told["asked"]):
            unit = self.places.units.get(scored["unit_id"])
            if unit is None:
                continue
            age_ms = entry.event_time_ms - scored["observed_at_ms"] if scored["observed_at_ms"] else None
            part = -(terms["weight"] * (1000 - self.permille(terms, unit.project_id, age_ms)) // 1000)
            if len(scored["parts"]) <= before or scored["parts"][-1] != part:
                yield Breach(entry.sequence, "explained.trust", f"unit {unit.unit_id} is trusted by {scored['parts'][-1]}, {part} follow")
        for known in told["trust"]:
            if known["permille"] != self.permille(terms, known["project_id"], known["up_to_ms"]):
                yield Breach(entry.sequence, "explained.trust", f"project {known['project_id']} is said to be trusted otherwise than follows")

    def permille(self, terms: dict[str, Any], project_id: str, age_ms: int | None) -> int:
        """How many of a thousand such places are free; an unknown age is the oldest."""
        since_ms = -1
        for band in terms["bands"]:
            to_ms = band["up_to_ms"]
            if to_ms is None or (age_ms is not None and age_ms <= to_ms):
                break
            since_ms = to_ms
        classes = [number for number in range(len(_CLASSES_MS) + 1) if self._lies(number, since_ms, to_ms)]
        of_all = self._share(None, classes, Fraction(band["prior_permille"]), terms["prior_answers"])
        return int(self._share(project_id, classes, Fraction(int(of_all)), terms["network_answers"]))

    def _lies(self, number: int, since_ms: int, to_ms: int | None) -> bool:
        """Whether a class of ages lies between two ends of bands."""
        begins = _CLASSES_MS[number - 1] if number else -1
        return begins >= since_ms and (to_ms is None or (number < len(_CLASSES_MS) and _CLASSES_MS[number] <= to_ms))

    def _share(self, project_id: str | None, classes: list[int], towards: Fraction, weight: int) -> Fraction:
        """Thousandths of free places; None: of all projects."""
        found = [cell for (project, number), cell in self.counts.items() if number in classes and project_id in (None, project)]
        free, asked = Fraction(sum(yes for yes, _ in found), 100), Fraction(sum(yes + no for yes, no in found), 100)
        return (1000 * free + towards * weight) / (asked + weight)


def _declined_as_not_free(entry: Entry) -> str | None:
    """The hold that the entry's decline lets go because the place is not free after all; None: there is none."""
    if entry.event is None or entry.event.name != "ProposalDeclined":
        return None
    names = [outcome.name for outcome in entry.outcomes]
    if "Recorded" not in names:
        return None
    after = entry.outcomes[names.index("Recorded") + 1 :]
    if not after or after[0].name != "CapacityChanged":
        return None
    return next((str(outcome["hold_id"]) for outcome in after if outcome.name == "PlaceReleased"), None)
