"""Whose keys a fact is sealed under, as text: `network`, `case:<uuid>`, `explanation:<case uuid>`. What a key store holds keys for."""

from __future__ import annotations

from typing import assert_never

from events.fact import SealedUnder
from events.facts import Fact
from events.person import KeepApartDeclared

NETWORK = "network"


def case_subject(case_id: str) -> str:
    """The subject of a case's own key."""
    return f"case:{case_id}"


def explanation_subject(case_id: str) -> str:
    """The subject of the key of a case's explanations, which has a shorter term."""
    return f"explanation:{case_id}"


def subjects_of(fact: Fact) -> tuple[str, ...]:
    """One subject for each sealed copy of the fact's private part, in the order of the copies; empty where there is no private part.

    Two for what ties two cases together: whichever key is left opens its copy.
    """
    match fact.sealed_under:
        case SealedUnder.NOBODY:
            return ()
        case SealedUnder.NETWORK:
            return (NETWORK,)
        case SealedUnder.CASE if isinstance(fact, KeepApartDeclared):
            return (case_subject(fact.case_id), case_subject(fact.other_case_id))
        case SealedUnder.CASE:
            return (case_subject(_case_of(fact)),)
        case SealedUnder.EXPLANATION:
            return (explanation_subject(_case_of(fact)),)
        case never:
            assert_never(never)


def _case_of(fact: Fact) -> str:
    """Every fact sealed under a case's key names the case; a test goes through all of them."""
    case_id: str = getattr(fact, "case_id")  # noqa: B009
    return case_id
