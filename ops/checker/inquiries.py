"""Inquiries: a question to a few projects that holds nothing. Each is held to every rule of safety, as a proposal would be; its answer is a count."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ops.checker.breach import Breach
from ops.checker.cases import HELPLINE, Case, Network, Transfer
from ops.checker.entry import Entry, Fact
from ops.checker.places import Unit
from ops.checker.safety import Safety

_RULES = ("never_towards_danger", "never_with_exploiters", "minors", "gender", "essential_needs", "agreement", "declined_before")


@dataclass(slots=True)
class Inquiry:
    """A question that is open."""

    transfer_id: str
    unit_id: str
    project_id: str
    deadline_ms: int


@dataclass(slots=True)
class Inquiries:
    """All open questions, by id."""

    network: Network
    safety: Safety
    tick_ms: int
    open: dict[str, Inquiry] = field(default_factory=dict)

    def opened(self, entry: Entry, outcome: Fact, case: Case, transfer: Transfer) -> Iterator[Breach]:
        """Somebody is asked."""
        at, unit = entry.sequence, self.safety.places.units.get(outcome["unit_id"])
        mine = [inquiry for inquiry in self.open.values() if inquiry.transfer_id == transfer.transfer_id]
        policy: dict[str, Any] | None = (self.network.policy or {}).get("inquiries")
        if policy is None or len(mine) >= min(3, policy["max_at_once"]) or outcome["project_id"] in {inquiry.project_id for inquiry in mine}:
            yield Breach(at, "inquiry", "more projects are asked at once than may be, or one twice")
        if transfer.state != "waiting":
            yield Breach(at, "inquiry", f"somebody is asked for transfer {transfer.transfer_id}, which is {transfer.state}")
        if unit is None or unit.closed or unit.level == "non_residential" or outcome["project_id"] != unit.project_id:
            yield Breach(at, "inquiry", f"unit {outcome['unit_id']} is asked, which nobody could live in, or another project for it")
        else:
            for rule in self._broken(unit, case, transfer, entry.event_time_ms):
                yield Breach(at, rule, f"unit {unit.unit_id} is asked for transfer {transfer.transfer_id}")
            if unit.unit_id == case.hosted or len(case.household) > unit.places:
                yield Breach(at, "one_place_one_case", f"unit {unit.unit_id} is asked and could never hold the household")
            if not self.safety.breaks("freshness", unit, case, transfer, entry.event_time_ms):
                yield Breach(at, "inquiry", f"unit {unit.unit_id} is asked, whose figures are fresh")
        if outcome["deadline_at_ms"] <= entry.event_time_ms:
            yield Breach(at, "inquiry", "an inquiry that nobody can answer in time")
        self.open[outcome["inquiry_id"]] = Inquiry(transfer.transfer_id, outcome["unit_id"], outcome["project_id"], outcome["deadline_at_ms"])

    def _broken(self, unit: Unit, case: Case, transfer: Transfer, at_ms: int) -> list[str]:
        return [rule for rule in _RULES if self.safety.breaks(rule, unit, case, transfer, at_ms)]

    def answered(self, entry: Entry, event: Fact) -> Iterator[Breach]:
        """A project says whether it could."""
        inquiry = self.open.get(event["inquiry_id"])
        if inquiry is None or inquiry.transfer_id != event["transfer_id"]:
            yield Breach(entry.sequence, "inquiry", "an answer to a question that is not open")
        elif event["actor"]["role"] != HELPLINE and not self.network.speaks_for(event["actor"], inquiry.project_id):
            yield Breach(entry.sequence, "inquiry", "an answer by who was not asked")

    def refusing_unit(self, event: Fact) -> str | None:
        """The unit of which an answer says no, with its code; None: it could."""
        inquiry = self.open.get(event["inquiry_id"])
        return inquiry.unit_id if inquiry is not None and event["code"] is not None else None

    def ended(self, entry: Entry, outcome: Fact) -> Iterator[Breach]:
        """A question is no longer open."""
        if self.open.pop(outcome["inquiry_id"], None) is None:
            yield Breach(entry.sequence, "inquiry", "an inquiry ends that is not open")

    def forget(self, transfer_ids: set[str]) -> None:
        """Of erased cases."""
        self.open = {inquiry_id: inquiry for inquiry_id, inquiry in self.open.items() if inquiry.transfer_id not in transfer_ids}

    def left_open(self, entry: Entry) -> Iterator[Breach]:
        """Questions that had to end; asked when an entry has been taken in."""
        for inquiry_id, inquiry in list(self.open.items()):
            transfer = self.safety.cases.transfers.get(inquiry.transfer_id)
            if transfer is not None and transfer.state in ("accepted", "departed", "over"):
                yield Breach(entry.sequence, "inquiry", f"transfer {inquiry.transfer_id} is {transfer.state} and somebody is still asked for it")
                del self.open[inquiry_id]
            elif inquiry.deadline_ms + self.tick_ms < entry.event_time_ms:
                yield Breach(entry.sequence, "inquiry", "an inquiry is open after its deadline")
                del self.open[inquiry_id]

    def unsafe(self, entry: Entry, case: Case, transfer: Transfer) -> Iterator[Breach]:
        """Questions about units that have become dangerous; asked where safety or agreement has changed."""
        for inquiry in self.open.values():
            unit = self.safety.places.units.get(inquiry.unit_id)
            if inquiry.transfer_id == transfer.transfer_id and unit is not None:
                wrong = [rule for rule in _RULES[:2] if self.safety.breaks(rule, unit, case, transfer, entry.event_time_ms)]
                if wrong or self.safety.agreement_missing(case, entry.event_time_ms, left_ms=0):
                    yield Breach(entry.sequence, "safety.not_released", f"unit {unit.unit_id} is still asked for transfer {transfer.transfer_id}")
