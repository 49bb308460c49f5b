"""How long explanations can be read: a key for each case and month, destroyed by the clock when the month's term is over, unless the case is held.

The state knows one month: the first whose explanations may still have keys. A month's end is on the agenda whether or not anything was explained in it, so
that nothing has to be remembered of each explanation.
"""

from __future__ import annotations

from coordinator.domain.deciding import Deciding
from coordinator.domain.draft import Draft
from coordinator.domain.same_case import aliases_of
from events.network import PolicyAdopted
from events.period import next_period, period_ends_ms, period_of, previous_period
from events.person import ExplanationsExpired, LegalHoldLifted

# State follows from these.


def evolve_explanations_term(draft: Draft, event: PolicyAdopted, at_ms: int) -> None:
    """From the first policy that has a term for explanations on, months are counted."""
    if draft.explained_from is None and event.retention is not None and event.retention.explanations_ms is not None:
        draft.put_explained_from(period_of(at_ms))


def evolve_explanations_expired(draft: Draft, outcome: ExplanationsExpired) -> None:
    """No key is left of these months, but those of cases that are held."""
    if outcome.only is None:
        draft.put_explained_from(next_period(outcome.period))


# Decisions.


def explained_in(entry: Deciding) -> int | None:
    """The month under whose key an explanation of this entry is sealed; None where explanations have no term of their own."""
    retention = entry.policy.retention
    return None if retention is None or retention.explanations_ms is None else period_of(entry.at_ms)


def expire_explanations(entry: Deciding) -> None:
    """The term of a month's explanations is over, and of those after it whose end lies as far back: a service that slept says it once."""
    draft = entry.draft
    retention = entry.policy.retention
    assert draft.explained_from is not None and retention is not None and retention.explanations_ms is not None
    period = draft.explained_from
    while period_ends_ms(next_period(period)) + retention.explanations_ms <= entry.at_ms:
        period = next_period(period)
    held = sorted({name for case_id in draft.legal_holds for name in (case_id, *aliases_of(draft, case_id))})
    entry.emit(ExplanationsExpired(period, None, tuple(held)))


def let_kept_explanations_go(entry: Deciding, event: LegalHoldLifted) -> None:
    """A hold is lifted: what it alone had kept of the case's explanations goes now."""
    if entry.draft.explained_from is not None:
        names = sorted((event.case_id, *aliases_of(entry.draft, event.case_id)))
        entry.emit(ExplanationsExpired(previous_period(entry.draft.explained_from), tuple(names), ()))
