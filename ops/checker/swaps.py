"""Swaps: two cases exchange their places, both or neither, by the word of both projects, and by every rule of safety for each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ops.checker.breach import Breach
from ops.checker.cases import Case, Cases
from ops.checker.entry import Entry, Fact
from ops.checker.places import Unit
from ops.checker.safety import Safety

_RULES = ("never_towards_danger", "gender", "essential_needs")


@dataclass(slots=True)
class Swaps:
    """Words given, and what was exchanged in the entry at hand."""

    cases: Cases
    safety: Safety
    words: dict[str, str] = field(default_factory=dict)
    """With whom its project has agreed to exchange, by case."""
    homes: dict[str, str | None] = field(default_factory=dict)
    """Where those who exchange lived before this entry, by case."""
    moved: dict[str, str] = field(default_factory=dict)
    """Where they live now."""

    def report(self, entry: Entry, event: Fact) -> Iterator[Breach]:
        """A project gives its word for its own case."""
        self.homes, self.moved = {}, {}
        if event.name != "SwapAgreed":
            return
        case = self.cases.cases.get(event["case_id"])
        if case is not None and not self.cases.network.speaks_for(event["actor"], case.responsible):
            yield Breach(entry.sequence, "swap", "a swap is agreed by who is not responsible")
        self.words[event["case_id"]] = event["other_case_id"]

    def exchanged(self, entry: Entry, outcome: Fact, case: Case) -> Iterator[Breach]:
        """A case lives in another's place from here on."""
        unit = self.safety.places.units.get(outcome["unit_id"])
        other = self.cases.cases.get(self.words.get(case.case_id, ""))
        if unit is None or other is None or self.words.get(other.case_id) != case.case_id:
            yield Breach(entry.sequence, "swap", f"case {case.case_id} is moved without the word of both projects")
            return
        self.homes.setdefault(case.case_id, case.hosted)
        self.homes.setdefault(other.case_id, other.hosted)
        if unit.unit_id != self.homes[other.case_id] or len(case.household) != len(other.household):
            yield Breach(entry.sequence, "swap", f"case {case.case_id} is moved elsewhere than to the other's place, or is another number of people")
        yield from self._unsafe(entry, case, other, unit)
        self.moved[case.case_id] = unit.unit_id
        case.hosted = unit.unit_id
        transfer = self.cases.transfers.get(outcome["transfer_id"])
        if transfer is not None:
            transfer.project_id = outcome["project_id"]

    def _unsafe(self, entry: Entry, case: Case, other: Case, unit: Unit) -> Iterator[Breach]:
        transfer = self.cases.transfers.get(case.live or "")
        if other.case_id in case.apart:
            yield Breach(entry.sequence, "never_with_exploiters", f"case {case.case_id} exchanges with who is to be kept apart from it")
        for rule in _RULES if transfer is not None else ():
            if transfer is not None and self.safety.breaks(rule, unit, case, transfer, entry.event_time_ms):
                yield Breach(entry.sequence, rule, f"case {case.case_id} exchanges into unit {unit.unit_id}")
        if self.safety.agreement_missing(case, entry.event_time_ms, left_ms=0):
            yield Breach(entry.sequence, "agreement", f"case {case.case_id} exchanges without every adult's agreement")

    def half_done(self, entry: Entry) -> Iterator[Breach]:
        """A swap of which one half is missing; asked when an entry has been taken in."""
        for case_id in self.moved:
            if self.words.get(case_id) not in self.moved:
                yield Breach(entry.sequence, "swap", f"case {case_id} is moved and the other is not")
        for case_id in list(self.moved):
            self.words.pop(case_id, None)
        self.homes, self.moved = {}, {}
