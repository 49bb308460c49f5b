"""The whole check: every entry in order, each rule at the moment it applies."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from ops.checker import explained, secrecy
from ops.checker.answers import ABOUT_ANSWERS, IMMEDIATE, Answers
from ops.checker.breach import Breach
from ops.checker.cases import NOT_THIS_UNIT, Cases, Network, Transfer
from ops.checker.chain import Chain
from ops.checker.container import Exported, Schemas, Undecodable
from ops.checker.entry import VERDICTS, Entry, Fact, differences, open_entry
from ops.checker.inquiries import Inquiries
from ops.checker.missing import Missing
from ops.checker.places import STAGES, Places
from ops.checker.policies import Policies
from ops.checker.responsibility import Responsibility
from ops.checker.safety import Safety, forbidden_to_people
from ops.checker.scarcity import Scarcity
from ops.checker.swaps import Swaps
from ops.checker.terms import Terms
from ops.checker.trust import Trust
from ops.checker.two_people import ABOUT_ACTIONS, TwoPeople

TICK_MS = 60_000
"""How late a deadline may be acted on: the service's clock speaks once a minute."""

_CLEAR = frozenset({"PlaceHeld", "PlaceKept", "CapacityChanged", "AvailabilityLearned", "UnitPassed", "HoldDeadlineMoved", *STAGES})
_STOPS_THE_MACHINE = frozenset({"minor", "disclosures_used", "declines_used", "deadline_passed", "reassess"})


@dataclass(slots=True)
class Findings:
    """What a check found."""

    breaches: list[Breach] = field(default_factory=list)
    entries: int = 0
    events: Counter[str] = field(default_factory=Counter)
    verdicts: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)
    locked: int = 0
    """Facts whose key is gone, or that came without keys: their rules could not be checked."""
    proposals: int = 0
    """Proposals held against every rule."""
    arrivals: int = 0
    explanations: int = 0


class Walk:
    """Takes the exported entries one by one; `findings` grows."""

    def __init__(self, schemas: Schemas, tick_ms: int = TICK_MS) -> None:
        self.findings = Findings()
        self._schemas = schemas
        self._chain = Chain()
        self._network = Network()
        self._places = Places(tick_ms)
        self._cases = Cases(self._network)
        self._safety = Safety(self._places, self._cases)
        self._two_people = TwoPeople(tick_ms)
        self._inquiries = Inquiries(self._network, self._safety, tick_ms)
        self._missing = Missing(tick_ms)
        self._terms = Terms(self._network)
        self._responsibility = Responsibility(self._cases, self._places)
        self._trust = Trust(self._network, self._places)
        self._scarcity = Scarcity(self._network, self._places, self._safety.fresh)
        self._policies = Policies(self._network)
        self._swaps = Swaps(self._cases, self._safety)
        self._answers = Answers(self._network, tick_ms)
        self._overriding: Fact | None = None
        """The choice of people that takes effect in the entry at hand."""
        self._told: list[tuple[Fact, Transfer]] = []
        """Explanations of the entry at hand that wait for the proposals beside them."""
        self._tick_ms = tick_ms
        self._transfer_of_hold: dict[str, str] = {}
        self._case_of_kept: dict[str, str] = {}
        self._touched: set[str] = set()
        """Transfers that the entry at hand is about."""

    def take(self, exported: Exported) -> None:
        """One entry."""
        self.findings.entries += 1
        try:
            entry = open_entry(exported, self._schemas)
        except Undecodable as problem:
            self._add([Breach(exported.sequence, "chain.envelope", str(problem))])
            return
        self._add(differences(exported, entry))
        self._add(self._chain.check(entry))
        self._add(secrecy.check(entry))
        if entry.body == "Decided":
            self._decided(entry)

    def _add(self, breaches: Iterable[Breach]) -> None:
        self.findings.breaches.extend(breaches)

    def _decided(self, entry: Entry) -> None:
        self._touched = set()
        self._overriding = None
        self._count(entry)
        verdict_seen = False
        for outcome in entry.outcomes:
            if outcome.name in VERDICTS:
                self._weigh_explanations(entry)
                if outcome.name == "Recorded" and entry.event is not None and not verdict_seen:
                    self._event(entry, entry.event)
                verdict_seen = True
            else:
                self._outcome(entry, outcome)
        self._weigh_explanations(entry)
        self._add(self._places.outlived(entry))
        self._add(self._places.over_capacity(entry))
        self._add(self._event_followed(entry))
        self._add(self._transfers(entry))
        self._add(self._overdue(entry))
        self._add(self._answers.late(entry, self._cases.transfers))
        self._add(self._two_people.late(entry))
        self._add(self._inquiries.left_open(entry))
        self._add(self._missing.late(entry))
        self._add(self._responsibility.left_behind(entry))
        self._add(self._swaps.half_done(entry))
        self._add(secrecy.kept_with_destination(entry, self._case_of_kept, self._case_of_destination()))

    def _count(self, entry: Entry) -> None:
        facts = [*(() if entry.event is None else (entry.event,)), *entry.outcomes]
        self.findings.locked += sum(not fact.whole for fact in facts)
        self.findings.outcomes.update(outcome.name for outcome in entry.outcomes if outcome.name not in VERDICTS)
        self.findings.events["undecodable" if entry.event is None else entry.event.name] += 1
        if entry.verdict is not None:
            self.findings.verdicts[entry.verdict.name] += 1

    def _case_of_destination(self) -> dict[str, str]:
        return {hold: self._cases.transfers[of].case_id for hold, of in self._transfer_of_hold.items() if of in self._cases.transfers}

    def _event(self, entry: Entry, event: Fact) -> None:
        if event.name == "PolicyAdopted":
            self._add(self._policies.adopted(entry, event))
        self._policies.reported(event)
        self._network.report(event)
        self._add(self._places.report(entry, event))
        if event.whole:
            if (transfer_id := event.fields.get("transfer_id")) is not None:
                self._touched.add(transfer_id)
            self._add(self._two_people.report(entry, event, alone=self._cases.may_alone(event)))
            self._missing.report(event, self._cases.cases.get(event.fields.get("case_id", "")), self._network.policy)
            if event.name == "ReferralClosed":
                self._two_people.forget(event["case_id"], keep_reviews=True)
            self._add(self._terms.report(entry, event))
            if event.name == "CaseErased":
                self._two_people.forget(event["case_id"])
                self._inquiries.forget({of for of, transfer in self._cases.transfers.items() if transfer.case_id == event["case_id"]})
            elif event.name == "InquiryAnswered":
                self._answered(entry, event)
            self._add(self._cases.report(entry, event))
            self._add(self._responsibility.report(entry, event))
            self._add(self._swaps.report(entry, event))
            if event.name == "CasesFoundSame":
                self._two_people.rename(event["other_case_id"], event["case_id"])
            if event.name == "ProposalDeclined":
                self._correct(event)

    def _answered(self, entry: Entry, event: Fact) -> None:
        """An answer to an inquiry; a no is one like a decline's."""
        self._add(self._inquiries.answered(entry, event))
        unit_id, case = self._inquiries.refusing_unit(event), self._cases.cases.get(event["case_id"])
        if unit_id is not None and case is not None:
            case.declined[unit_id] = (entry.sequence, entry.event_time_ms, event["code"] in NOT_THIS_UNIT)

    def _correct(self, event: Fact) -> None:
        """A project said that the place is not free after all: nobody is asked there until it counts again."""
        policy, transfer = self._network.policy, self._cases.transfers.get(event["transfer_id"])
        unit = self._places.units.get(transfer.unit_id or "") if transfer is not None else None
        if policy is not None and unit is not None and event["code"] in policy["not_free_codes"]:
            unit.corrected = True

    def _outcome(self, entry: Entry, outcome: Fact) -> None:
        if outcome.name in _CLEAR:
            self._trust.follow(entry, outcome)
            self._add(self._places.follow(entry, outcome))
            if outcome.name in ("PlaceReleased", "PlaceOccupied"):
                self._no_longer_kept(outcome["hold_id"])
            return
        if outcome.name == "ProgrammeTurned":
            self._network.programmes[outcome["project_id"]] = outcome["to"]
        if not outcome.whole:
            return
        if outcome.name == "ExplanationsExpired":
            self._add(self._terms.explanations_expired(entry, outcome, self._cases.cases))
        if outcome.name == "CaseExpired":
            self._add(self._terms.case_expired(entry, outcome["case_id"], live=outcome["case_id"] in self._cases.cases))
            self._two_people.forget(outcome["case_id"])
            self._cases.forget(outcome["case_id"])
        if outcome.name == "MajorityReviewDue":
            self._cases.turned(outcome)
        if outcome.name in ABOUT_ACTIONS:
            taken = self._two_people.taken(outcome["action_id"]) if outcome.name == "ActionTaken" else None
            self._add(self._two_people.follow(entry, outcome))
            if taken is not None:
                self._cases.take(taken)
                self._overriding = taken if taken.name == "MatchOverridden" else None
                self._terms.taken(taken)
                self._policies.taken(entry, taken)
            return
        transfer = self._cases.transfers.get(outcome.fields.get("transfer_id", ""))
        if transfer is not None:
            self._touched.add(transfer.transfer_id)
        if outcome.name in ("ProposalMade", "ProposalPrepared"):
            confirmed = transfer is not None and transfer.prepared and transfer.proposal_id == outcome["proposal_id"]
            self._add(self._confirmed(entry, outcome) if confirmed else self._proposal(entry, outcome, transfer))
            if transfer is not None:
                self._add(self._answers.proposed(entry, outcome, transfer))
        elif outcome.name == "PlaceExchanged" and outcome["case_id"] in self._cases.cases:
            self._add(self._swaps.exchanged(entry, outcome, self._cases.cases[outcome["case_id"]]))
        elif outcome.name == "PlaceKeptFor":
            self._kept_for(outcome)
        elif outcome.name in ("InquiryOpened", "InquiryEnded"):
            self._inquiry(entry, outcome, transfer)
        elif outcome.name in ("ReferralRouted", "ResponsibilityPassed") and outcome["case_id"] in self._cases.cases:
            of = self._responsibility.routed if outcome.name == "ReferralRouted" else self._responsibility.passed
            self._add(of(entry, self._cases.cases[outcome["case_id"]], outcome["project_id"]))
        elif outcome.name == "NotificationDue":
            self._missing.follow(outcome)
        else:
            if outcome.name in ABOUT_ANSWERS and transfer is not None:
                self._add(self._answers.follow(entry, outcome, transfer))
            self._add(self._cases.follow(entry, outcome))
        if outcome.name == "MatchExplained":
            self._add(self._terms.explained(entry, outcome))
            self._add(self._trust.explained(entry, outcome))
            asks = None if transfer is None else self._cases.cases.get(transfer.case_id)
            self._add(self._scarcity.explained(entry, outcome, asks, by_people=self._overriding is not None))
        if outcome.name == "MatchExplained" and transfer is not None and transfer.case_id in self._cases.cases:
            self.findings.explanations += 1
            if self._overriding is not None and self._overriding["transfer_id"] == transfer.transfer_id:
                self._add(explained.check(entry, outcome, self._safety, self._cases.cases[transfer.case_id], transfer, by_people=True))
            else:
                self._told.append((outcome, transfer))
            self._add(explained.asleep(entry, outcome, self._answers, self._places, immediate=transfer.urgency == IMMEDIATE))

    def _weigh_explanations(self, entry: Entry) -> None:
        """Explanations that were given together, each as all of their proposals leave the network."""
        for told, transfer in self._told:
            case = self._cases.cases.get(transfer.case_id)
            if case is not None:
                self._add(explained.check(entry, told, self._safety, case, transfer))
        self._told = []

    def _inquiry(self, entry: Entry, outcome: Fact, transfer: Transfer | None) -> None:
        case = self._cases.cases.get(outcome["case_id"])
        if outcome.name == "InquiryEnded":
            inquiry = self._inquiries.open.get(outcome["inquiry_id"])
            if inquiry is not None and case is not None and outcome["how"] == "expired":
                case.declined[inquiry.unit_id] = (entry.sequence, entry.event_time_ms, False)
            if case is not None:
                self._add(self._inquiries.ended(entry, outcome))
        elif case is not None and transfer is not None:
            self._add(self._inquiries.opened(entry, outcome, case, transfer))

    def _kept_for(self, outcome: Fact) -> None:
        hold, case = self._places.holds.get(outcome["hold_id"]), self._cases.cases.get(outcome["case_id"])
        if hold is None:
            return
        hold.until_ms = outcome["until_ms"] if outcome["until_ms"] is not None else hold.until_ms
        self._case_of_kept[hold.hold_id] = outcome["case_id"]
        if case is not None:
            case.kept[hold.hold_id] = hold.unit_id
            case.kept_by[hold.hold_id] = outcome["transfer_id"]

    def _no_longer_kept(self, hold_id: str) -> None:
        of = self._case_of_kept.get(hold_id, "")
        case = self._cases.cases.get(self._responsibility.merged.get(of, of))
        if case is not None:
            case.kept.pop(hold_id, None)
            case.kept_by.pop(hold_id, None)

    def _proposal(self, entry: Entry, made: Fact, transfer: Transfer | None) -> Iterator[Breach]:
        """A proposal against every rule, at the moment it is made."""
        at = entry.sequence
        case, unit = self._cases.cases.get(made["case_id"]), self._places.units.get(made["unit_id"])
        if transfer is None or case is None or unit is None:
            yield Breach(at, "transfer.state", f"a proposal for transfer {made['transfer_id']}, which is not open, or of a unit nobody opened")
            return
        self.findings.proposals += 1
        if transfer.state in ("proposed", "accepted", "departed"):
            yield Breach(at, "one_live_proposal", f"transfer {transfer.transfer_id} is {transfer.state} and a place is proposed")
        elif transfer.state == "over" or case.live != transfer.transfer_id:
            yield Breach(at, "transfer.state", f"a place is proposed for transfer {transfer.transfer_id}, which is over")
        by_people = self._overriding is not None and self._overriding["transfer_id"] == transfer.transfer_id
        if not by_people:
            yield from self._operator_decides(entry, transfer)
        yield from self._cases.follow(entry, made)
        self._transfer_of_hold[made["hold_id"]] = transfer.transfer_id
        if made["project_id"] != unit.project_id:
            yield Breach(at, "people_decide", f"unit {unit.unit_id} is proposed to another project")
        broken = self._safety.broken(unit, case, transfer, entry.event_time_ms)
        if by_people:
            broken = [rule for rule in broken if rule != "declined_before" and (rule != "minors" or forbidden_to_people(unit, case))]
        for rule in broken:
            yield Breach(at, rule, f"unit {unit.unit_id} is proposed for transfer {transfer.transfer_id}")
        hold = self._places.holds.get(made["hold_id"])
        if hold is None or (hold.unit_id, hold.places, hold.until_ms) != (unit.unit_id, len(case.household), made["deadline_at_ms"]):
            yield Breach(at, "one_place_one_case", f"no hold for the whole household stands behind the proposal of unit {unit.unit_id}")
        told = [fact for fact in entry.outcomes if fact.name == "MatchExplained" and fact.fields.get("proposal_id") == made["proposal_id"]]
        if not told:
            if all(fact.whole for fact in entry.outcomes if fact.name == "MatchExplained"):
                yield Breach(at, "explained.missing", f"the proposal of unit {unit.unit_id} is not explained")
        elif by_people:
            yield from self._out_of_order(entry, told[0], made)
        else:
            yield from explained.best_is_proposed(entry, told[0], made)

    def _out_of_order(self, entry: Entry, told: Fact, made: Fact) -> Iterator[Breach]:
        """People chose: what they skipped is said, and skipping it took two of them, or an emergency."""
        ranked = [scored["unit_id"] for scored in told["scored"]]
        better = ranked[: ranked.index(made["unit_id"])] if made["unit_id"] in ranked else ranked
        said = [fact["better"] for fact in entry.outcomes if fact.name == "OutOfOrder" and fact.fields.get("proposal_id") == made["proposal_id"]]
        beyond = told.fields.get("rest") is not None and made["unit_id"] not in ranked
        if (said != ([better] if better else [])) if not beyond else (len(said) != 1 or said[0][: len(better)] != better):
            yield Breach(entry.sequence, "out_of_order", f"unit {made['unit_id']} is proposed before better ones, and that is not said as it is")
        event = entry.recorded
        alone = event is not None and event.name == "MatchOverridden" and not any(fact.name == "ReviewDue" for fact in entry.outcomes)
        if better and alone:
            yield Breach(entry.sequence, "two_people", f"unit {made['unit_id']} is proposed before better ones by one person")

    def _confirmed(self, entry: Entry, made: Fact) -> Iterator[Breach]:
        """A prepared proposal goes to its project, by the helpline's word."""
        event = entry.recorded
        if event is None or event.name != "ProposalConfirmed" or event["actor"]["role"] != "helpline":
            yield Breach(entry.sequence, "people_decide", f"unit {made['unit_id']} is asked before the helpline has confirmed")
        yield from self._cases.follow(entry, made)

    def _operator_decides(self, entry: Entry, transfer: Transfer) -> Iterator[Breach]:
        """Whether it was for a person to go on with this transfer, before this proposal."""
        policy = self._network.policy
        if policy is None:
            return
        why = sorted(transfer.called_in_for & _STOPS_THE_MACHINE)
        used = transfer.disclosures >= policy["max_disclosures"] or transfer.declines >= policy["max_declines"]
        if why or used or transfer.needed_by_ms <= entry.event_time_ms:
            yield Breach(
                entry.sequence, "operator_decides", f"a place is proposed for transfer {transfer.transfer_id}, which a person has to decide on"
            )

    def _event_followed(self, entry: Entry) -> Iterator[Breach]:
        """What must follow from the event in its own entry."""
        event = entry.recorded
        if event is None:
            return
        if event.name in ("ReferralReceived", "ReferralAccepted", "ArrivalConfirmed"):
            passed = [fact for fact in entry.outcomes if fact.name == "ResponsibilityPassed" and fact.fields.get("case_id") == event["case_id"]]
            if len(passed) != 1:
                rule = "responsibility.double" if passed else "responsibility.empty"
                yield Breach(entry.sequence, rule, f"responsibility for case {event['case_id']} passes {len(passed)} times")
        if event.name in ("DangerDeclared", "AgreementWithdrawn", "TransferAmended") or event.name == "CasesFoundSame":
            yield from self._released(entry, event["case_id"])
        elif event.name == "KeepApartDeclared":
            yield from self._released(entry, event["case_id"])
            yield from self._released(entry, event["other_case_id"])
        elif event.name == "GroupKeptApart":
            for case_id in (event["case_id"], *event["other_case_ids"]):
                yield from self._released(entry, case_id)
        elif event.name == "DepartureConfirmed" and event["transfer_id"] in self._cases.transfers:
            yield from self._departure(entry, self._cases.transfers[event["transfer_id"]])
        elif event.name == "ArrivalConfirmed" and event["transfer_id"] in self._cases.transfers:
            yield from self._arrival(entry, self._cases.transfers[event["transfer_id"]])

    def _released(self, entry: Entry, case_id: str) -> Iterator[Breach]:
        case = self._cases.cases.get(case_id)
        transfer = self._cases.transfers.get(case.live or "") if case is not None else None
        if case is None or transfer is None:
            return
        yield from self._inquiries.unsafe(entry, case, transfer)
        if transfer.state not in ("proposed", "accepted", "departed"):
            return
        unsafe = self._safety.unsafe_now(transfer)
        if self._safety.agreement_missing(case, entry.event_time_ms, left_ms=0):
            unsafe.append("agreement")
        if unsafe and transfer.state == "departed" and not transfer.safety_said:
            yield Breach(entry.sequence, "safety.unsaid", f"transfer {transfer.transfer_id} is on the way and breaks {', '.join(unsafe)}")
        elif unsafe and transfer.state != "departed":
            yield Breach(entry.sequence, "safety.not_released", f"transfer {transfer.transfer_id} keeps its hold and breaks {', '.join(unsafe)}")

    def _departure(self, entry: Entry, transfer: Transfer) -> Iterator[Breach]:
        at, case = entry.sequence, self._cases.cases[transfer.case_id]
        for rule in self._safety.unsafe_now(transfer):
            yield Breach(at, rule, f"transfer {transfer.transfer_id} departs towards it")
        if self._safety.agreement_missing(case, entry.event_time_ms, left_ms=0):
            yield Breach(at, "agreement", f"transfer {transfer.transfer_id} departs without every adult's agreement")
        left = self._places.units.get(case.hosted or "")
        if left is not None and not left.closed:
            kept = [fact for fact in entry.outcomes if fact.name == "PlaceKept" and fact["unit_id"] == left.unit_id]
            if not any(fact["places"] == len(case.household) for fact in kept):
                yield Breach(at, "place_kept", f"the places left in unit {left.unit_id} are not kept")

    def _arrival(self, entry: Entry, transfer: Transfer) -> Iterator[Breach]:
        at, case, policy = entry.sequence, self._cases.cases[transfer.case_id], self._network.policy
        self.findings.arrivals += 1
        if not transfer.safety_said:
            for rule in self._safety.unsafe_now(transfer):
                yield Breach(at, rule, f"transfer {transfer.transfer_id} arrives there and no operator was called in")
        hold = self._places.holds.get(transfer.hold_id or "")
        if hold is None or hold.stage != "occupied":
            yield Breach(at, "one_place_one_case", f"transfer {transfer.transfer_id} arrives and its places are not occupied")
        for hold_id in [hold_id for hold_id, left_by in case.kept_by.items() if left_by == transfer.transfer_id]:
            kept = self._places.holds.get(hold_id)
            until = entry.event_time_ms + policy["kept_after_arrival_ms"] if policy is not None else None
            if kept is not None and kept.stage == "kept" and kept.until_ms != until:
                yield Breach(at, "place_kept", f"the places left in unit {kept.unit_id} are not kept until 72 hours after the arrival")

    def _transfers(self, entry: Entry) -> Iterator[Breach]:
        """Each transfer that this entry is about: with a person where it has no place, and without a hold where it has no proposal."""
        for transfer_id in sorted(self._touched):
            transfer = self._cases.transfers.get(transfer_id)
            if transfer is None:
                continue
            if transfer.state == "waiting" and not transfer.called_in_for:
                yield Breach(entry.sequence, "people_decide", f"transfer {transfer_id} has no place and no operator is called in")
            hold = self._places.holds.get(transfer.hold_id or "")
            if hold is not None and hold.stage in ("held", "reserved") and transfer.state in ("waiting", "over"):
                yield Breach(entry.sequence, "hold.orphan", f"hold {hold.hold_id} is live and transfer {transfer_id} is {transfer.state}")
            yield from self._unexplained(entry, transfer)

    def _unexplained(self, entry: Entry, transfer: Transfer) -> Iterator[Breach]:
        said = [fact for fact in entry.outcomes if fact.name == "TransferEscalated" and fact.fields.get("transfer_id") == transfer.transfer_id]
        if any(fact["why"] in ("no_place", "no_project_on_duty", "places_kept") for fact in said):
            told = [fact for fact in entry.outcomes if fact.name == "MatchExplained"]
            about = [fact for fact in told if fact.whole and fact["transfer_id"] == transfer.transfer_id and fact["proposal_id"] is None]
            if not about and all(fact.whole for fact in told):
                yield Breach(entry.sequence, "explained.missing", f"transfer {transfer.transfer_id} has no place and that is not explained")

    def _overdue(self, entry: Entry) -> Iterator[Breach]:
        policy = self._network.policy
        for transfer in self._cases.transfers.values():
            if policy is None or transfer.state != "departed" or transfer.overdue_said or transfer.expected_arrival_ms is None:
                continue
            if transfer.expected_arrival_ms + policy["overdue_after_ms"] + self._tick_ms < entry.event_time_ms:
                yield Breach(entry.sequence, "overdue.unsaid", f"transfer {transfer.transfer_id} is overdue and no operator is called in")
                transfer.overdue_said = True


def walk(schemas: Schemas, records: Iterable[Exported], tick_ms: int = TICK_MS) -> Findings:
    """Checks a whole export."""
    steps = Walk(schemas, tick_ms)
    for exported in records:
        steps.take(exported)
    return steps.findings
