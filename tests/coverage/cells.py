"""The cells of the table of coverage: every event, outcome, code and end, and for each event the rules that may bite while it is decided."""

from __future__ import annotations

from enum import StrEnum

from events.facts import EVENT_TYPES, OUTCOME_TYPES
from events.vocabulary import Escalation, InquiryEnd, ProposalEnd, RefusalCode, Rule, TransferEnd
from tests.seen import Kind, Seen

ENDS: tuple[type[StrEnum], ...] = (TransferEnd, ProposalEnd, InquiryEnd, Escalation)

NOT_DECIDED = frozenset({RefusalCode.UNKNOWN_SCHEMA, RefusalCode.WRONG_NETWORK})
"""Codes that stand in the vocabulary, and that no decision gives: what they would say is told before an event reaches the ledger."""

MATCHING = (
    "AgeAssessed", "AgreementGiven", "AgreementWithdrawn", "ArrivalConfirmed", "AvailabilityPublished", "AvailabilityReaffirmed", "ActionConfirmed", "CaseErased",
    "CasesFoundSame", "ClockAdvanced", "DangerDeclared", "DutyHoursPublished", "GroupKeptApart", "InquiryAnswered", "KeepApartDeclared",
    "MatchOverridden", "PolicyAdopted", "ProgrammeEnded", "ProjectAmended", "ProposalDeclined", "ReferralAccepted", "ReferralClosed",
    "ResponsibilityTaken", "SafeStopAgreed", "TransferAmended", "TransferEnded", "TransferRequested", "TransferWithdrawn", "UnitAmended", "UnitClosed",
    "VitalInterestInvoked",
)  # fmt: skip
"""Events after which a request may be matched, so that every rule about a place may bite. `tests/domain/test_rules_at_events.py` plays each."""

ABOUT_THE_REQUEST = frozenset({Rule.AGREEMENT, Rule.ONE_LIVE_PROPOSAL, Rule.PEOPLE_DECIDE})
"""They say the same of every place, and are told once."""

OF_ALL_TOGETHER = frozenset({Rule.KEPT_FOR_OTHERS, Rule.TAKEN_BY_ANOTHER})
"""They say what came of a place where requests competed, whatever the event; they are told once."""

NEVER = {("TransferRequested", Rule.DECLINED_BEFORE): "what a unit answered to an earlier request is over with it"}
"""Pairs that cannot be, each with the reason."""

OF_REQUESTS: tuple[tuple[str, Rule], ...] = (
    ("TransferRequested", Rule.AGREEMENT),
    ("TransferRequested", Rule.ONE_LIVE_PROPOSAL),
    ("TransferRequested", Rule.PEOPLE_DECIDE),
    ("AgreementWithdrawn", Rule.AGREEMENT),
    ("ProposalAccepted", Rule.AGREEMENT),
    ("DepartureConfirmed", Rule.AGREEMENT),
    ("ProposalConfirmed", Rule.AGREEMENT),
    ("ClockAdvanced", Rule.PEOPLE_DECIDE),
    ("ProposalDeclined", Rule.PEOPLE_DECIDE),
    ("ProposalAccepted", Rule.NEVER_WITH_EXPLOITERS),
)
"""Rules about the request, and about a held place, where an event asks them."""

UNSEEN: dict[tuple[str, str], str] = {}
"""Cells that no test sees, each with the reason. Held exact: it can neither grow nor shrink in silence."""

Cell = tuple[str, str]
"""(what, which): ("recorded", event), ("outcome", name), ("code", code), ("end", `TransferEnd.left`), (event, rule)."""


def every_cell() -> list[Cell]:
    """The cells that need a witness whatever the rules, in the page's order."""
    return [
        *(("recorded", kind.__name__) for kind in EVENT_TYPES),
        *(("outcome", kind.__name__) for kind in OUTCOME_TYPES),
        *(("code", code.value) for code in RefusalCode if code not in NOT_DECIDED),
        *(("end", f"{ends.__name__}.{end.value}") for ends in ENDS for end in ends),
        *(("rule", rule.value) for rule in Rule),
    ]


def pairs_wanted() -> list[Cell]:
    """(event, rule): every rule about a place at every event that leads to matching, and rules about the request where they can bite."""
    about_places = [
        (event, rule.value) for event in MATCHING for rule in Rule if rule not in ABOUT_THE_REQUEST | OF_ALL_TOGETHER and (event, rule) not in NEVER
    ]
    return rule_cells({*about_places, *((event, rule.value) for event, rule in OF_REQUESTS)})


def cells_of(seen: frozenset[Seen] | set[Seen]) -> set[Cell]:
    """The cells that something seen fills; (event, rule) pairs among them."""
    found: set[Cell] = set()
    ends = {f"{kind.__name__}.{end.value}" for kind in ENDS for end in kind}
    for one in seen:
        match one.kind:
            case Kind.RECORDED:
                found.add(("recorded", one.event))
            case Kind.REFUSED:
                found.add(("code", one.word))
            case Kind.OUTCOME:
                found.add(("outcome", one.word))
            case Kind.WORD if one.word in ends:
                found.add(("end", one.word))
            case Kind.RULE:
                found |= {("rule", one.word), (one.event, one.word)}
            case _:
                pass
    return found


def rule_cells(seen: set[Cell]) -> list[Cell]:
    """The (event, rule) pairs among cells, in the order of events and rules."""
    events, rules = [kind.__name__ for kind in EVENT_TYPES], [rule.value for rule in Rule]
    return [(event, rule) for event in events for rule in rules if (event, rule) in seen]
