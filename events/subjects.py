"""Whose keys a fact is sealed under, as text. What a key store holds keys for.

`network`, `case:<uuid>`, and `explanation:<case uuid>:<month>` for the explanations of a case in a month: a key that is destroyed is never made again, so
what goes by the clock needs one for each term. `explanation:<case uuid>` where explanations have no term of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, assert_never

from events.fact import SealedUnder
from events.facts import FACT_TYPES, Fact
from events.person import CasesFoundSame, GroupKeptApart, KeepApartDeclared, SafetyLowered
from events.swap import SwapAgreed

NETWORK = "network"


def case_subject(case_id: str) -> str:
    """The subject of a case's own key."""
    return f"case:{case_id}"


def explanation_subject(case_id: str, period: int | None) -> str:
    """The subject of the key of a case's explanations of a month; null: of those without a term of their own."""
    return f"explanation:{case_id}" if period is None else f"explanation:{case_id}:{period}"


def is_explanation(subject: str) -> bool:
    """Whether it is the subject of a case's explanations."""
    return subject.startswith("explanation:")


def explained_by(subject: str) -> tuple[str, int | None] | None:
    """Case and month of an explanation's subject; None where it is another's."""
    kind, _, rest = subject.partition(":")
    case_id, _, period = rest.partition(":")
    return (case_id, int(period) if period else None) if kind == "explanation" else None


def case_of(subject: str) -> str | None:
    """The case whose subject it is, its own or its explanations'; None for the network's."""
    return None if subject == NETWORK else subject.split(":")[1]


def subjects_of(fact: Fact) -> tuple[str, ...]:
    """One subject for each sealed copy of the fact's private part, in the order of the copies; empty where there is no private part.

    Two for what ties two cases together: whichever key is left opens its copy.
    """
    return _SUBJECTS_OF[type(fact)](fact)


def _way_of(kind: type[Fact]) -> Callable[[Any], tuple[str, ...]]:
    """How one kind of fact tells its subjects. Whatever is sealed under a case's key names the case; a test goes through all of them."""
    match kind.sealed_under:
        case SealedUnder.NOBODY:
            return lambda fact: ()
        case SealedUnder.NETWORK:
            return lambda fact: (NETWORK,)
        case SealedUnder.CASE if kind in (KeepApartDeclared, CasesFoundSame, SwapAgreed):
            return lambda fact: (case_subject(fact.case_id), case_subject(fact.other_case_id))
        case SealedUnder.CASE if kind is GroupKeptApart:
            return lambda fact: (case_subject(fact.case_id), *map(case_subject, fact.other_case_ids))
        case SealedUnder.CASE if kind is SafetyLowered:
            return lambda fact: (case_subject(fact.case_id), *(() if fact.other_case_id is None else (case_subject(fact.other_case_id),)))
        case SealedUnder.CASE:
            return lambda fact: (case_subject(fact.case_id),)
        case SealedUnder.CASE_OR_NETWORK:
            return lambda fact: (NETWORK if fact.case_id is None else case_subject(fact.case_id),)
        case SealedUnder.EXPLANATION:
            return lambda fact: (explanation_subject(fact.case_id, fact.period),)
        case never:
            assert_never(never)


_SUBJECTS_OF: Mapping[type[Fact], Callable[[Any], tuple[str, ...]]] = {kind: _way_of(kind) for kind in FACT_TYPES.values()}
