"""The cells of the table of coverage: every event, outcome, code and end, and for each event the rules that may bite while it is decided."""

from __future__ import annotations

from enum import StrEnum

from events.facts import EVENT_TYPES, OUTCOME_TYPES
from events.vocabulary import Escalation, InquiryEnd, ProposalEnd, RefusalCode, Rule, TransferEnd
from tests.seen import Kind, Seen

ENDS: tuple[type[StrEnum], ...] = (TransferEnd, ProposalEnd, InquiryEnd, Escalation)

NOT_DECIDED = frozenset({RefusalCode.UNKNOWN_SCHEMA, RefusalCode.WRONG_NETWORK})
"""Codes that stand in the vocabulary, and that no decision gives: what they would say is told before an event reaches the ledger."""

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
