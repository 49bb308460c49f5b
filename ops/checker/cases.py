"""The people's side, as far as there are keys: cases, their transfers, who is responsible, where they are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ops.checker.breach import Breach
from ops.checker.entry import Entry, Fact

UNDER_AGE = frozenset({"child", "minor", "disputed"})
HELPLINE = "helpline"
NOT_THIS_UNIT = frozenset({"provider_cannot_meet_need", "provider_safety_concern", "eligibility_not_met", "eligibility_not_this_unit"})
"""Codes of a no that lasts until something about the unit or the request changes; any other lasts for a time (docs/declines.md)."""
FALL_WITH_A_PROPOSAL = frozenset({"no_place", "no_project_on_duty", "places_kept", "agreement_missing", "safety_changed"})
"""Reasons to call an operator in that are over when a place has been proposed."""


_EVERYWHERE = ("waiting", "proposed", "accepted", "departed")
_ENDS_FROM = {"returned": ("departed",), "left": _EVERYWHERE, "missing": _EVERYWHERE, "placed_outside": _EVERYWHERE, "unmatched": ("waiting",)}


@dataclass(slots=True)
class Transfer:
    """A transfer and where it stands."""

    transfer_id: str
    case_id: str
    reason: str
    leaving_province: str | None
    urgency: str
    needed_by_ms: int = 0
    prepared: bool = False
    """Its proposal waits for the helpline's word, and the project does not know of it."""
    disclosures: int = 0
    declines: int = 0
    state: str = "waiting"
    """waiting, proposed, accepted, departed, over."""
    proposal_id: str | None = None
    hold_id: str | None = None
    unit_id: str | None = None
    project_id: str | None = None
    deadline_at_ms: int = 0
    called_in_for: set[str] = field(default_factory=set)
    """Why an operator was called in, as far as it still stands: that nothing fits falls with the next proposal."""
    overdue_said: bool = False
    expected_arrival_ms: int | None = None
    safety_said: bool = False


@dataclass(slots=True)
class Case:
    """A person, or a household moving together."""

    case_id: str
    household: list[dict[str, Any]]
    responsible: str
    """A project, or `helpline`."""
    province: str | None
    """Where the person was when referred."""
    routed_to: str | None = None
    hosted: str | None = None
    dangers: set[tuple[str, str]] = field(default_factory=set)
    agreements: dict[str, tuple[int, bool]] = field(default_factory=dict)
    """By person: until when somebody agreed for them, and whether whoever did may decide for a minor who was heard."""
    turned: set[str] = field(default_factory=set)
    """Who turned eighteen, and whose age was not assessed since."""
    apart: set[str] = field(default_factory=set)
    live: str | None = None
    """Transfer that is not over."""
    kept: dict[str, str] = field(default_factory=dict)
    """Unit of each place kept for this case, by hold id."""
    kept_by: dict[str, str] = field(default_factory=dict)
    """The transfer by which each of them was left, by hold id."""
    declined: dict[str, tuple[int, int, bool]] = field(default_factory=dict)
    """By unit: sequence and instant at which it said no or let a deadline pass, and whether that lasts until something changes; a new request begins anew.
    """

    @property
    def adults(self) -> list[dict[str, Any]]:
        """Members who are of age for certain."""
        return [member for member in self.household if member["age_group"] not in UNDER_AGE]


@dataclass(slots=True)
class Network:
    """Policy, geography and projects in force."""

    policy: dict[str, Any] | None = None
    region_of: dict[str, str] = field(default_factory=dict)
    macro_of: dict[str, str] = field(default_factory=dict)
    projects: dict[str, dict[str, Any]] = field(default_factory=dict)
    duty: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Duty hours, of the projects that have published some."""
    programmes: dict[str, str] = field(default_factory=dict)
    """Where a project stands in its programme, once that was said."""

    def runs(self, project_id: str) -> bool:
        """Whether the project may be sent somebody."""
        return self.programmes.get(project_id, "running") == "running"

    def report(self, event: Fact) -> None:
        """An event about the network takes effect."""
        if event.name == "PolicyAdopted":
            self.policy = event.fields
            self.region_of = {area["province"]: area["region"] for area in event["areas"]}
            self.macro_of = {area["region"]: area["macro_area"] for area in event["areas"]}
        elif event.name in ("ProjectRegistered", "ProjectAmended"):
            self.projects[event["project_id"]] = event.fields
        elif event.name == "DutyHoursPublished":
            self.duty[event["project_id"]] = event.fields

    def competent(self, province: str | None) -> set[str | None]:
        """Projects whose territory the province is; `{None}`: the helpline."""
        found: set[str | None] = {name for name, project in self.projects.items() if province in project["provinces"] and self.runs(name)}
        return found or {None}

    def speaks_for(self, actor: dict[str, Any], project_id: str | None) -> bool:
        """Whether the actor's body may act for the project."""
        project = self.projects.get(project_id or "")
        return project is not None and actor["role"] == "project" and actor["body"] in project["bodies"]


@dataclass(slots=True)
class Cases:
    """All cases whose facts could be opened."""

    network: Network
    cases: dict[str, Case] = field(default_factory=dict)
    transfers: dict[str, Transfer] = field(default_factory=dict)

    def report(self, entry: Entry, event: Fact) -> Iterator[Breach]:
        """An event about a case takes effect."""
        match event.name:
            case "ReferralReceived":
                self.cases[event["case_id"]] = Case(event["case_id"], event["household"], HELPLINE, event["province"])
            case "ReferralAccepted" if event["case_id"] in self.cases and event["hosted_unit_id"] is not None:
                self.cases[event["case_id"]].hosted = event["hosted_unit_id"]
            case "AgreementGiven" if event["case_id"] in self.cases:
                for_a_minor = event.fields.get("given_by") in ("guardian", "authority") and event.fields.get("view") is not None
                self.cases[event["case_id"]].agreements[event["person"]] = (event["until_ms"], for_a_minor)
            case "AgreementWithdrawn" if event["case_id"] in self.cases:
                self.cases[event["case_id"]].agreements.pop(event["person"], None)
            case "DangerDeclared" if event["case_id"] in self.cases:
                self.cases[event["case_id"]].dangers.add((event["danger"]["kind"], event["danger"]["value"]))
            case "GroupKeptApart":
                group = [event["case_id"], *event["other_case_ids"]]
                for one in group:
                    if one in self.cases:
                        self.cases[one].apart |= set(group) - {one}
            case "KeepApartDeclared":
                for one, other in ((event["case_id"], event["other_case_id"]), (event["other_case_id"], event["case_id"])):
                    if one in self.cases:
                        self.cases[one].apart.add(other)
            case "CaseErased":
                self.forget(event["case_id"])
            case "TransferRequested" if event["case_id"] in self.cases:
                yield from self._request(entry, event)
            case (
                "ProposalAccepted"
                | "ProposalDeclined"
                | "DepartureConfirmed"
                | "ArrivalConfirmed"
                | "TransferEnded"
                | "TransferWithdrawn"
                | "TransferAmended"
                | "SafeStopAgreed"
            ):
                if event["transfer_id"] in self.transfers:
                    yield from self._step(entry, event, self.transfers[event["transfer_id"]])
            case _:
                pass

    def take(self, event: Fact) -> None:
        """An action of two people takes effect; one about the network, such as a proposed policy, changes no case."""
        if event.fields.get("case_id") not in self.cases:
            return
        case = self.cases[event["case_id"]]
        if event.name == "VitalInterestInvoked":
            case.agreements[event["person"]] = (event["until_ms"], True)
        elif event.name == "AgeAssessed":
            case.household = [
                {**member, "age_group": event["age_group"]} if member["person"] == event["person"] else member for member in case.household
            ]
            case.turned.discard(event["person"])
        if event.name != "SafetyLowered":
            return
        if event["danger"] is not None:
            self.cases[event["case_id"]].dangers.discard((event["danger"]["kind"], event["danger"]["value"]))
        for one, other in ((event["case_id"], event["other_case_id"]), (event["other_case_id"], event["case_id"])):
            if one in self.cases and other is not None:
                self.cases[one].apart.discard(other)

    def may_alone(self, event: Fact) -> bool:
        """Whether one person may say how old somebody is: not where it makes an adult of a minor of whom nobody knew that they turned eighteen."""
        if event.name == "MatchOverridden":
            return True  # where nothing better is skipped; that is looked at with the proposal
        case = self.cases.get(event.fields.get("case_id", ""))
        if event.name != "AgeAssessed" or case is None:
            return False
        minor = any(member["person"] == event["person"] and member["age_group"] in UNDER_AGE for member in case.household)
        return event["age_group"] in UNDER_AGE or not minor or event["person"] in case.turned

    def turned(self, outcome: Fact) -> None:
        """A minor turned eighteen."""
        if outcome["case_id"] in self.cases:
            self.cases[outcome["case_id"]].turned.add(outcome["person"])

    def _request(self, entry: Entry, event: Fact) -> Iterator[Breach]:
        case = self.cases[event["case_id"]]
        if case.live is not None:
            yield Breach(entry.sequence, "transfer.state", f"transfer {event['transfer_id']} is requested while {case.live} is live")
        if not self._may_speak(event["actor"], case):
            yield Breach(entry.sequence, "responsibility.actor", f"transfer {event['transfer_id']} is asked for by who is not responsible")
        case.live = event["transfer_id"]
        case.declined.clear()
        self.transfers[case.live] = Transfer(
            case.live, case.case_id, event["reason"], event["leaving_province"], event["urgency"], event["needed_by_ms"]
        )

    def _may_speak(self, actor: dict[str, Any], case: Case) -> bool:
        return actor["role"] == HELPLINE or self.network.speaks_for(actor, case.responsible)

    def _step(self, entry: Entry, event: Fact, transfer: Transfer) -> Iterator[Breach]:
        at, case = entry.sequence, self.cases[transfer.case_id]
        wanted = {
            "ProposalAccepted": ("proposed",),
            "ProposalDeclined": ("proposed",),
            "DepartureConfirmed": ("accepted",),
            "ArrivalConfirmed": ("departed",),
            "TransferEnded": _ENDS_FROM.get(event.fields.get("how", ""), ()),
            "TransferAmended": ("waiting", "proposed", "accepted", "departed"),
            "HandOverPrepared": ("accepted",),
            "HandOverAmended": ("accepted",),
            "TransferWithdrawn": ("waiting", "proposed", "accepted"),
            "SafeStopAgreed": ("departed",),
        }[event.name]
        if transfer.state not in wanted:
            yield Breach(at, "transfer.state", f"{event.name} takes effect while transfer {transfer.transfer_id} is {transfer.state}")
        if event.name in ("ProposalAccepted", "ProposalDeclined", "ArrivalConfirmed") and not self.network.speaks_for(
            event["actor"], transfer.project_id
        ):
            yield Breach(at, "people_decide", f"{event.name} by who does not speak for the receiving project")
        if event.name in ("DepartureConfirmed", "TransferWithdrawn", "TransferAmended") and not self._may_speak(event["actor"], case):
            yield Breach(at, "responsibility.actor", f"{event.name} by who is not responsible")
        if event.name == "ProposalAccepted":
            if event["proposal_id"] not in (None, transfer.proposal_id):
                yield Breach(at, "people_decide", "a proposal is accepted that is not the live one")
            if transfer.prepared:
                yield Breach(at, "people_decide", "a proposal is accepted that the helpline has not confirmed")
            if transfer.deadline_at_ms < entry.event_time_ms:
                yield Breach(at, "people_decide", "a proposal is accepted after its deadline")
            transfer.state = "accepted"
        elif event.name == "ProposalDeclined" and transfer.unit_id is not None:
            transfer.declines += 1
            case.declined[transfer.unit_id] = (at, entry.event_time_ms, event["code"] in NOT_THIS_UNIT)
        elif event.name == "TransferAmended":
            _amend(case, transfer, event, entry.event_time_ms)
        elif event.name == "DepartureConfirmed":
            transfer.state, transfer.expected_arrival_ms = "departed", event["expected_arrival_ms"]
        elif event.name == "ArrivalConfirmed":
            case.hosted = transfer.unit_id
        elif event.name == "SafeStopAgreed" or event.name == "TransferEnded" and event["how"] not in ("returned", "unmatched"):
            case.hosted = None

    def follow(self, entry: Entry, outcome: Fact) -> Iterator[Breach]:
        """An outcome about a case takes effect (proposals are checked by the safety rules before)."""
        at = entry.sequence
        if outcome.fields.get("case_id") not in self.cases:
            return
        case = self.cases[outcome["case_id"]]
        transfer = self.transfers.get(outcome.fields.get("transfer_id", ""))
        match outcome.name:
            case "ProposalMade" | "ProposalPrepared" if transfer is not None:
                transfer.state, transfer.prepared = "proposed", outcome.name == "ProposalPrepared"
                transfer.disclosures += not transfer.prepared
                transfer.called_in_for -= FALL_WITH_A_PROPOSAL
                transfer.proposal_id, transfer.hold_id = outcome["proposal_id"], outcome["hold_id"]
                transfer.unit_id, transfer.project_id, transfer.deadline_at_ms = outcome["unit_id"], outcome["project_id"], outcome["deadline_at_ms"]
            case "ProposalPaused" | "ProposalResumed" if transfer is not None:
                transfer.deadline_at_ms = outcome["deadline_at_ms"]
            case "ProposalPassed" if transfer is not None:
                transfer.project_id = outcome["project_id"]
            case "ProposalEnded" if transfer is not None:
                self._proposal_ended(entry, case, transfer, outcome)
            case "TransferEscalated" if transfer is not None:
                transfer.called_in_for.add(outcome["why"])
                transfer.overdue_said |= outcome["why"] == "arrival_overdue"
                transfer.safety_said |= outcome["why"] == "safety_changed"
            case "TransferClosed" if transfer is not None:
                if transfer.state == "over":
                    yield Breach(at, "transfer.state", f"transfer {transfer.transfer_id} is closed twice")
                transfer.state, case.live = "over", None
            case _:
                pass

    def _proposal_ended(self, entry: Entry, case: Case, transfer: Transfer, outcome: Fact) -> None:
        if outcome["how"] == "accepted" or transfer.proposal_id != outcome["proposal_id"]:
            return
        if outcome["how"] == "expired" and transfer.unit_id is not None:
            case.declined[transfer.unit_id] = (entry.sequence, entry.event_time_ms, False)
        transfer.proposal_id = None
        if transfer.state in ("proposed", "accepted"):
            transfer.state = "waiting"

    def forget(self, case_id: str) -> None:
        """The case is no longer there: erased, closed, its term over, or another name of one that is."""
        case = self.cases.pop(case_id, None)
        if case is not None and case.live is not None:
            self.transfers.pop(case.live, None)
        for other in self.cases.values():
            other.apart.discard(case_id)


def _amend(case: Case, transfer: Transfer, event: Fact, at_ms: int) -> None:
    """What is asked is this now; what waited for something to change has it, and what the helpline asks anew is counted anew."""
    fallen = {"no_place", "no_project_on_duty", "places_kept", "reassess"}
    if event["actor"]["role"] == HELPLINE:
        fallen |= {"disclosures_used", "declines_used", "not_confirmed"}
        transfer.disclosures = transfer.declines = 0
    if event["needed_by_ms"] > at_ms:
        fallen.add("deadline_passed")
    if event["expected_arrival_ms"] is not None:
        fallen.add("arrival_overdue")
        transfer.expected_arrival_ms, transfer.overdue_said = event["expected_arrival_ms"], False
    transfer.called_in_for -= fallen
    transfer.leaving_province, transfer.needed_by_ms = event["leaving_province"], event["needed_by_ms"]
    transfer.urgency = event["urgency"]
    case.declined = {unit_id: said for unit_id, said in case.declined.items() if not said[2]}
