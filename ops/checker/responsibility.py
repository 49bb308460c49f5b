"""Who is responsible, and why it passes: referrals and where they go, hand-overs, programmes that end, cases that are one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ops.checker.breach import Breach
from ops.checker.cases import HELPLINE, UNDER_AGE, Case, Cases
from ops.checker.entry import Entry, Fact
from ops.checker.places import Places

_YOUNGER = ("child", "minor", "disputed", "adult")
_NOBODY: object = "nobody"


@dataclass(slots=True)
class Responsibility:
    """Causes for which responsibility passes and referrals are routed, and what becomes of cases that are over or another's."""

    cases: Cases
    places: Places
    offered: dict[str, str] = field(default_factory=dict)
    """Project to which responsibility for a case was offered, by case."""
    merged: dict[str, str] = field(default_factory=dict)
    """The case that stays, by the one found to be the same."""
    groups: dict[str, tuple[str, str]] = field(default_factory=dict)
    """(group, wish) of a case that was referred with others."""
    inherited: dict[str, str] = field(default_factory=dict)
    """In this entry: who had the other case of two found the same, by the case that stays."""

    def report(self, entry: Entry, event: Fact) -> Iterator[Breach]:
        """An event about responsibility takes effect; asked after `Cases.report`."""
        self.inherited = {}
        case = self.cases.cases.get(event.fields.get("case_id") or "")
        if event.fields.get("case_id") in self.merged and event.name != "CaseErased":
            yield Breach(entry.sequence, "cases_same", f"{event.name} about a case that is another name of {self.merged[event['case_id']]}")
        match event.name:
            case "ReferralReceived" if case is not None and event.fields.get("group") is not None:
                self._grouped(case, event["group"])
            case "ReferralAmended" if case is not None:
                case.province = event["province"]
            case "ReferralDeclined" | "ResponsibilityTaken" if not self.cases.network.speaks_for(event["actor"], event["project_id"]):
                yield Breach(entry.sequence, "responsibility.actor", f"{event.name} by who does not speak for the project")
            case "ReferralAssigned" if event["actor"]["role"] != HELPLINE:
                yield Breach(entry.sequence, "responsibility.actor", "a referral is assigned by another than the helpline")
            case "ResponsibilityOffered":
                self.offered[event["case_id"]] = event["project_id"]
            case "ResponsibilityDeclined":
                self.offered.pop(event["case_id"], None)
            case "ReferralClosed" if case is not None:
                yield from self._close(entry, case, event)
            case "CasesFoundSame":
                yield from self._same(entry, event, case, self.cases.cases.get(event["other_case_id"]))
            case "ProgrammeEnded" if event["successor_id"] is not None:
                self._danger_follows(event["project_id"], event["successor_id"])
            case _:
                pass

    def _grouped(self, case: Case, group: dict[str, Any]) -> None:
        if group["wish"] is None:
            return
        mine = (group["group_id"], group["wish"])
        companions = [other for other, of in self.groups.items() if of == mine and other in self.cases.cases and other != case.case_id]
        self.groups[case.case_id] = mine
        if group["wish"] == "apart":
            for other in companions:
                case.apart.add(other)
                self.cases.cases[other].apart.add(case.case_id)

    def _close(self, entry: Entry, case: Case, event: Fact) -> Iterator[Breach]:
        if case.live is not None or case.kept:
            yield Breach(entry.sequence, "transfer.state", f"case {case.case_id} is closed while it moves or a place is kept for it")
        if event["actor"]["role"] != HELPLINE and not self.cases.network.speaks_for(event["actor"], case.responsible):
            yield Breach(entry.sequence, "responsibility.actor", f"case {case.case_id} is closed by who is not responsible")
        self.cases.forget(case.case_id)

    def _danger_follows(self, project_id: str, successor_id: str) -> None:
        """What was dangerous about a project is so about the one that has its flats and its people."""
        was, now = ("project", project_id), ("project", successor_id)
        for case in self.cases.cases.values():
            if was in case.dangers:
                case.dangers.add(now)
        for unit in self.places.units.values():
            if was in unit.dangers:
                unit.dangers = (*unit.dangers, now)

    def _same(self, entry: Entry, event: Fact, stays: Case | None, other: Case | None) -> Iterator[Breach]:
        """Two cases become one: dangers and links of both, the younger reading of an age, needs of both, the earlier end of an agreement."""
        at = entry.sequence
        names = (event["case_id"], event["other_case_id"])
        self.merged = {name: names[0] if of == names[1] else of for name, of in self.merged.items()} | {names[1]: names[0]}
        if stays is None or other is None:
            return
        if stays.live is not None and other.live is not None:
            yield Breach(at, "cases_same", "two cases are found the same while both move")
        if other.case_id in stays.apart:
            yield Breach(at, "cases_same", "two cases are found the same while they are kept apart")
        stays.dangers |= other.dangers
        for linked in other.apart:
            stays.apart.add(linked)
            if linked in self.cases.cases:
                self.cases.cases[linked].apart.add(stays.case_id)
        twins = {member["person"]: member for member in other.household}
        stays.household = [_careful(member, twins.get(member["person"])) for member in stays.household]
        stays.agreements = {
            person: (min(until_ms, other.agreements.get(person, (until_ms, True))[0]), for_a_minor)
            for person, (until_ms, for_a_minor) in stays.agreements.items()
        }
        stays.hosted = stays.hosted or other.hosted
        if (live := other.live) is not None:
            self.cases.transfers[live].case_id, stays.live = stays.case_id, live
            if self.cases.transfers[live].state == "departed":
                stays.hosted = None
        stays.kept, stays.kept_by = {**stays.kept, **other.kept}, {**stays.kept_by, **other.kept_by}
        stays.declined = {**other.declined, **stays.declined}
        stays.turned |= other.turned
        self.inherited[stays.case_id] = other.responsible
        if stays.responsible == HELPLINE:
            self.offered.pop(stays.case_id, None)
        other.live = None
        self.cases.forget(other.case_id)

    def routed(self, entry: Entry, case: Case, project_id: str | None) -> Iterator[Breach]:
        """A referral goes to a project, or to the helpline."""
        case.routed_to, event = project_id, entry.recorded
        if event is None:
            return
        allowed: set[str | None] | None = None
        if event.name in ("ReferralReceived", "ReferralAmended") and event["case_id"] == case.case_id:
            allowed = self.cases.network.competent(event["province"]) | self._companions_projects(case)
        elif event.name == "ReferralDeclined":
            allowed = {None}
        elif event.name == "ReferralAssigned":
            allowed = {event["project_id"]}
        if allowed is not None and project_id not in allowed:
            yield Breach(entry.sequence, "responsibility.route", f"case {case.case_id} goes to another than the competent project")
        elif project_id is not None and not self.cases.network.runs(project_id):
            yield Breach(entry.sequence, "responsibility.route", f"case {case.case_id} goes to a project whose programme does not run")

    def _companions_projects(self, case: Case) -> set[str | None]:
        """Where people referred together have gone already."""
        mine = self.groups.get(case.case_id)
        if mine is None or mine[1] != "together":
            return set()
        others = [self.cases.cases[other] for other, of in self.groups.items() if of == mine and other in self.cases.cases]
        return {project for other in others for project in (other.responsible, other.routed_to) if project not in (None, HELPLINE)}

    def passed(self, entry: Entry, case: Case, project_id: str | None) -> Iterator[Breach]:
        """Responsibility passes: for one of its causes, to whom that says."""
        event = entry.recorded
        if event is None or project_id != self._expected(event, case):
            yield Breach(entry.sequence, "responsibility.double", f"responsibility for case {case.case_id} passes without its cause")
        case.responsible = HELPLINE if project_id is None else project_id
        self.offered.pop(case.case_id, None)

    def _expected(self, event: Fact, case: Case) -> object:
        if event.name == "ProgrammeEnded" and case.responsible == event["project_id"]:
            return event["successor_id"]
        if event.name == "SwapAgreed" and event["other_case_id"] == case.case_id:
            return self._exchanged(case)
        if event.fields.get("case_id") != case.case_id:
            return _NOBODY
        match event.name:
            case "ReferralReceived":
                return None
            case "ReferralAccepted":
                return event["project_id"]
            case "ResponsibilityTaken":
                return self.offered.get(case.case_id, _NOBODY)
            case "ArrivalConfirmed":
                project_id = self.cases.transfers[event["transfer_id"]].project_id
                return None if self.cases.network.programmes.get(project_id or "") == "ended" else project_id
            case "SwapAgreed":
                return self._exchanged(case)
            case "CasesFoundSame" if case.responsible == HELPLINE:
                return self.inherited.get(case.case_id, _NOBODY)
            case _:
                return _NOBODY

    def _exchanged(self, case: Case) -> object:
        """The project of the place that the case has got by a swap."""
        transfer = self.cases.transfers.get(case.live or "")
        return transfer.project_id if transfer is not None and transfer.state == "waiting" and transfer.project_id is not None else _NOBODY

    def left_behind(self, entry: Entry) -> Iterator[Breach]:
        """Cases of which an ended programme's project is still in charge; asked when an entry has been taken in."""
        event = entry.recorded
        if event is not None and event.name == "ProgrammeEnded":
            for case in self.cases.cases.values():
                if case.responsible == event["project_id"]:
                    yield Breach(entry.sequence, "responsibility.empty", f"case {case.case_id} stays with a project whose programme has ended")


def _careful(member: dict[str, Any], twin: dict[str, Any] | None) -> dict[str, Any]:
    if twin is None:
        return member
    age = min(member["age_group"], twin["age_group"], key=_YOUNGER.index)
    assert age in UNDER_AGE or age == "adult"
    return {**member, "age_group": age, "essential_needs": sorted({*member["essential_needs"], *twin["essential_needs"]})}
