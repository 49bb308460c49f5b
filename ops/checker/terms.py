"""Terms: what the clock destroys, when, and what a legal hold keeps from it.

Whose closing can no longer be read was forgotten since: of them only what is known is checked.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from ops.checker.breach import Breach
from ops.checker.cases import Network
from ops.checker.entry import Entry, Fact


@dataclass(slots=True)
class Terms:
    """Closed cases, legal holds, and other names of cases."""

    network: Network
    closed: dict[str, int] = field(default_factory=dict)
    """When each case was closed that is not forgotten yet."""
    held: set[str] = field(default_factory=set)
    name_of: dict[str, str] = field(default_factory=dict)
    """The case that another was found to be the same as."""

    def report(self, entry: Entry, event: Fact) -> Iterator[Breach]:
        """An event takes effect."""
        if event.name == "ReferralClosed":
            self.closed[event["case_id"]] = entry.event_time_ms
        elif event.name == "CasesFoundSame":
            self._same(event["case_id"], event["other_case_id"])
        elif event.name == "CaseErased":
            if event["case_id"] in self.held:
                yield Breach(entry.sequence, "terms.held", f"case {event['case_id']} is erased under a legal hold")
            self.forget(event["case_id"])

    def taken(self, event: Fact) -> None:
        """An action that took two people takes effect."""
        if event.name == "LegalHoldPlaced":
            self.held.add(event["case_id"])
        elif event.name == "LegalHoldLifted":
            self.held.discard(event["case_id"])

    def case_expired(self, entry: Entry, case_id: str, *, live: bool) -> Iterator[Breach]:
        """The clock forgets a case. `live`: it is known and not closed."""
        at, term_ms, closed_ms = entry.sequence, self._term_ms("closed_cases_ms"), self.closed.get(case_id)
        if case_id in self.held:
            yield Breach(at, "terms.held", f"case {case_id} expires under a legal hold")
        if live:
            yield Breach(at, "terms.early", f"case {case_id} expires and was never closed")
        elif term_ms is None or (closed_ms is not None and closed_ms + term_ms > entry.event_time_ms):
            yield Breach(at, "terms.early", f"case {case_id} expires before its term is over")
        self.forget(case_id)

    def explanations_expired(self, entry: Entry, outcome: Fact, live: Container[str]) -> Iterator[Breach]:
        """The clock destroys what was explained in a month and before, or a lifted hold lets it go. `live`: cases that are known and not closed."""
        at, term_ms, period = entry.sequence, self._term_ms("explanations_ms"), outcome["period"]
        if outcome["only"] is not None:
            if any(self._of(name) in self.held for name in outcome["only"]):
                yield Breach(at, "terms.held", "explanations of a case are destroyed under a legal hold")
        else:
            kept, held = set(outcome["kept"]), {name for name in (*self.held, *self.name_of) if self._of(name) in self.held}
            if held - kept or any(name in live or name in self.closed for name in kept - held):
                yield Breach(at, "terms.held", f"explanations of month {period} expire and not exactly those of held cases are kept")
            if term_ms is None or _end_ms(period) + term_ms > entry.event_time_ms:
                yield Breach(at, "terms.early", f"explanations of month {period} expire before their term is over")

    def explained(self, entry: Entry, outcome: Fact) -> Iterator[Breach]:
        """Something is explained, under the key of its month where explanations have a term."""
        month = None if self._term_ms("explanations_ms") is None else _month(entry.event_time_ms)
        if outcome.fields.get("period") != month:
            yield Breach(entry.sequence, "terms.period", "an explanation is not under the key of its month")

    def forget(self, case_id: str) -> None:
        """Nothing is left of a case."""
        self.closed.pop(case_id, None)
        self.held.discard(case_id)
        self.name_of = {name: of for name, of in self.name_of.items() if case_id not in (name, of)}

    def _same(self, stays: str, other: str) -> None:
        self.name_of = {name: stays if of == other else of for name, of in self.name_of.items()} | {other: stays}
        if other in self.held:
            self.held.discard(other)
            self.held.add(stays)

    def _of(self, name: str) -> str:
        return self.name_of.get(name, name)

    def _term_ms(self, which: str) -> int | None:
        retention = None if self.network.policy is None else self.network.policy.get("retention")
        return None if retention is None else retention.get(which)


def _month(at_ms: int) -> int:
    at = datetime.fromtimestamp(at_ms / 1000, UTC)
    return at.year * 100 + at.month


def _end_ms(month: int) -> int:
    year, number = divmod(month, 100)
    return int(datetime(year + number // 12, number % 12 + 1, 1, tzinfo=UTC).timestamp() * 1000)
