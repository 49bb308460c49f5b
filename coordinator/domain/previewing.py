"""What a policy would change, were it in force now: every waiting request matched under the running policy and under the candidate, side by side.

Nothing is decided and nothing changes. Live proposals and accepted places stay as they are under either, for holds keep the policy that they were made under.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from coordinator.domain.draft import Draft
from coordinator.domain.proposing import loads_of
from coordinator.domain.requests import request_of
from coordinator.domain.state import State
from coordinator.matching.best_place import Answer, match
from coordinator.matching.kinds import kind_of_request
from events.network import PolicyAdopted

MINORS = "unaccompanied_minors"
"""The kind of requests for which only people find places."""


@dataclass(frozen=True, slots=True)
class Compared:
    """One waiting request under both policies. Ids are opaque; nothing is said about the people but the kind of place they need."""

    case_id: str
    transfer_id: str
    urgency: str
    kind: str
    """`coordinator.matching.kinds.kind_of_request`."""
    running: str | None
    """The unit that would be proposed; None: no place."""
    candidate: str | None
    running_fits: int
    """Units that no rule excludes, beside what goes to requests before it."""
    candidate_fits: int


@dataclass(frozen=True, slots=True)
class OfKind:
    """The waiting requests of one kind."""

    kind: str
    requests: int
    placed_running: int
    placed_candidate: int
    gain_place: int
    lose_place: int
    gain_eligibility: int
    """Requests that more units would fit."""
    lose_eligibility: int


@dataclass(frozen=True, slots=True)
class Preview:
    """Waiting requests in the order in which they are served, and their sums by kind, sorted."""

    version_running: int
    version_candidate: int
    requests: tuple[Compared, ...]
    kinds: tuple[OfKind, ...]


def preview(state: State, candidate: PolicyAdopted, at_ms: int) -> Preview:
    """Both policies on the requests that wait now. Raises ValueError where no policy is in force."""
    if state.policy is None:
        raise ValueError("no policy is in force")
    running, would = _answers(Draft(state), at_ms), _answers(_under(state, candidate), at_ms)
    compared = tuple(_compared(state, running[case_id], would[case_id]) for *_, case_id in Draft(state).waiting)
    kinds = sorted({each.kind for each in compared})
    return Preview(state.policy.version, candidate.version, compared, tuple(_of_kind(kind, compared) for kind in kinds))


def _under(state: State, candidate: PolicyAdopted) -> Draft:
    draft = Draft(state)
    draft.put_policy(candidate)
    return draft


def _answers(draft: Draft, at_ms: int) -> Mapping[str, Answer]:
    assert draft.terms is not None
    requests = [request_of(draft, draft.cases[case_id], draft.terms, at_ms) for *_, case_id in draft.waiting]
    return {answer.case_id: answer for answer in match(requests, draft.open_units, at_ms, draft.terms, loads_of(draft))}


def _compared(state: State, running: Answer, would: Answer) -> Compared:
    transfer = state.cases[running.case_id].transfer
    assert transfer is not None
    kind = kind_of_request(running.weighed.request.household)
    return Compared(
        case_id=running.case_id,
        transfer_id=transfer.transfer_id,
        urgency=transfer.urgency,
        kind=kind or MINORS,
        running=_unit_of(running),
        candidate=_unit_of(would),
        running_fits=len(running.weighed.fitting),
        candidate_fits=len(would.weighed.fitting),
    )


def _unit_of(answer: Answer) -> str | None:
    return None if answer.best is None else answer.best.place.unit_id


def _of_kind(kind: str, compared: tuple[Compared, ...]) -> OfKind:
    mine = [each for each in compared if each.kind == kind]
    return OfKind(
        kind,
        len(mine),
        placed_running=sum(each.running is not None for each in mine),
        placed_candidate=sum(each.candidate is not None for each in mine),
        gain_place=sum(each.running is None and each.candidate is not None for each in mine),
        lose_place=sum(each.running is not None and each.candidate is None for each in mine),
        gain_eligibility=sum(each.candidate_fits > each.running_fits for each in mine),
        lose_eligibility=sum(each.candidate_fits < each.running_fits for each in mine),
    )
