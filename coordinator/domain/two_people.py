"""Stream `two_people`: actions that take two people of different bodies, whatever they are. One mechanism for all of them.

**What an area does to have such an action.** Its event joins `events.facts.TwoPersonEvent`; its id is the action's id. The area writes two functions:

    check(entry, event) -> Refused | None     whether it would be right now; changes nothing. Asked when it is reported, and again when confirmed.
    take(entry, event) -> None                its consequences, as outcomes, once it takes effect.

and describes it in `coordinator.domain.actions.action_of` with an `Action`. What the event itself changes in the state, if anything, stands in
`coordinator.domain.evolve.take_effect`: *not* where other events are applied, for a reported action has changed nothing yet.

**What happens.** The first body's event is `Recorded` and kept in the state, with `ConfirmationAwaited{until}` (policy: `decisions.confirm_within_ms`).

- `ActionConfirmed` by another person of another body: `ActionTaken`, then what follows from it, in that entry. `check` is asked again first; what it
  refuses now is the refusal of the confirmation, and the action goes on waiting.
- `ActionRefused` by somebody who might confirm, or by the body that reported it: it is over.
- At the deadline: `ActionLapsed`; nobody has to do anything.
- `Action.emergency` gives a reason: it takes effect at once, with `ReviewDue{due}` (`decisions.review_within_ms`). An action that can be no emergency
  has no field to say so. `Action.always_reviewed`: a review as well after two people.
- `ActionReviewed` by another person of another body than the one that reported it closes the review. At its time without one: `ReviewOverdue`, a call
  for the helpline and the department, and it stays open. A review undoes nothing by itself: that is for people, with events of their own.
- `report(..., alone=True)`: where the area knows that one person suffices this time; it takes effect at once and opens no review.

**What holds.** No action takes effect twice, nor without its second person unless in an emergency that it may have. What waits is bounded, by case and for
the network; it goes with its case when that is erased. All of it is sealed: under the case's key, or the network's where it is about no case.

The clear half of the state may not follow from such an action except through its outcomes: to a reader without keys it stays locked. So a policy, which
stands in the clear half, cannot be one as it is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from coordinator.domain import rights
from coordinator.domain.deciding import Deciding, refused
from coordinator.domain.draft import Draft
from coordinator.domain.state import Awaited, OpenReview
from coordinator.domain.wording import LONGEST_TEXT
from events.fact import Actor
from events.facts import TwoPersonEvent
from events.network import PolicyAdopted
from events.two_people import (
    ActionConfirmed,
    ActionLapsed,
    ActionRefused,
    ActionReviewed,
    ActionTaken,
    ConfirmationAwaited,
    ReviewDue,
    ReviewOverdue,
)
from events.verdict import Refused
from events.vocabulary import RefusalCode, ReviewVerdict, Role

CONFIRM_WITHIN_MS = 86_400_000
"""Where the policy says nothing."""
REVIEW_WITHIN_MS = 86_400_000
"""Where the policy says nothing."""
MOST_FOR_A_CASE = 8
"""Actions about one case that wait at a time, and twice as many reviews that are due."""
MOST_FOR_NO_CASE = 64
"""Actions about no case that wait at a time, and twice as many reviews that are due."""


@dataclass(frozen=True, slots=True)
class Action:
    """One reported action, as the mechanism has to know it."""

    event: TwoPersonEvent
    check: Callable[[Deciding], Refused | None]
    """Whether it would be right now."""
    take: Callable[[Deciding], None]
    """Its consequences; the event itself has been applied (`take_effect`)."""
    emergency: str = ""
    """Why one body alone must do; empty: it need not."""
    always_reviewed: bool = False
    """Whether a review is due even after two people."""


ActionOf = Callable[[TwoPersonEvent], Action]

# State follows from these.


def evolve_reported(draft: Draft, event: TwoPersonEvent) -> None:
    """The action is kept until its second person, or its end, is there."""
    if _is_there(draft, event.case_id):
        draft.put_awaited(event.event_id, Awaited(event, None, None))


def evolve_confirmation_awaited(draft: Draft, outcome: ConfirmationAwaited) -> None:
    """It waits until then."""
    awaited = draft.awaited.get(outcome.action_id)
    if awaited is not None:
        draft.put_awaited(outcome.action_id, replace(awaited, until_ms=outcome.until_ms))


def evolve_action_confirmed(draft: Draft, event: ActionConfirmed) -> None:
    """Who the second person is; the action takes effect with `ActionTaken`."""
    awaited = draft.awaited.get(event.action_id)
    if awaited is not None:
        draft.put_awaited(event.action_id, replace(awaited, confirmed_by=event.actor))


def evolve_review_due(draft: Draft, outcome: ReviewDue) -> None:
    """Another body has to look at it."""
    awaited = draft.awaited.get(outcome.action_id)
    if awaited is not None:
        taken_by = (awaited.event.actor, *(() if awaited.confirmed_by is None else (awaited.confirmed_by,)))
        draft.put_review(outcome.action_id, OpenReview(outcome.action_id, outcome.case_id, taken_by, outcome.due_at_ms, overdue=False))


def evolve_over(draft: Draft, fact: ActionRefused | ActionLapsed) -> None:
    """The action never happens."""
    draft.put_awaited(fact.action_id, None)


def evolve_action_reviewed(draft: Draft, event: ActionReviewed) -> None:
    """Somebody has looked."""
    draft.put_review(event.action_id, None)


def evolve_review_overdue(draft: Draft, outcome: ReviewOverdue) -> None:
    """People were called in; the review stays open."""
    review = draft.reviews.get(outcome.action_id)
    if review is not None:
        draft.put_review(outcome.action_id, replace(review, overdue=True))


def _is_there(draft: Draft, case_id: str | None) -> bool:
    """False for a case whose facts can no longer be opened: nothing about it is kept."""
    return case_id is None or case_id in draft.cases or case_id in draft.closed


# Decisions.


def report(entry: Deciding, action: Action, *, alone: bool = False) -> Refused | None:
    """An action is reported. It waits for its second person; in an emergency, or where the area says that one suffices (`alone`), it takes effect."""
    event, policy = action.event, entry.draft.policy
    refusal = action.check(entry)
    if refusal is not None:
        return refusal
    if len(action.emergency) > LONGEST_TEXT:
        return refused(RefusalCode.TOO_LARGE)
    if _too_many(entry.draft, event.case_id):
        return refused(RefusalCode.TOO_MANY_AWAITED)
    at_once = alone or bool(action.emergency)
    entry.record(event)
    if at_once:
        _take(entry, action, review=action.always_reviewed or not alone)
    else:
        entry.emit(ConfirmationAwaited(event.case_id, event.event_id, entry.at_ms + confirm_within_ms(policy)))
    return None


def confirm(entry: Deciding, event: ActionConfirmed, action_of: ActionOf) -> Refused | None:
    """The second person says yes: the action takes effect, if it still would be right."""
    draft = entry.draft
    awaited = _awaited(draft, event.case_id, event.action_id)
    if awaited is None:
        return refused(RefusalCode.UNKNOWN_ACTION, "action_id")
    refusal = _second_refused(draft, event.actor, (awaited.event.actor,), event.case_id)
    if refusal is not None:
        return refusal
    action = action_of(awaited.event)
    refusal = action.check(entry)
    if refusal is not None:
        return refusal
    entry.record(event)
    _take(entry, action, review=action.always_reviewed)
    return None


def refuse(entry: Deciding, event: ActionRefused) -> Refused | None:
    """The action does not happen: a second person says so, or the body that reported it."""
    draft = entry.draft
    awaited = _awaited(draft, event.case_id, event.action_id)
    if awaited is None:
        return refused(RefusalCode.UNKNOWN_ACTION, "action_id")
    if event.actor.body != awaited.event.actor.body:
        refusal = _second_refused(draft, event.actor, (awaited.event.actor,), event.case_id)
        if refusal is not None:
            return refusal
    if len(event.text) > LONGEST_TEXT:
        return refused(RefusalCode.TOO_LARGE, "text")
    entry.record(event)
    return None


def review(entry: Deciding, event: ActionReviewed) -> Refused | None:
    """Somebody of another body has looked at an action that was taken."""
    draft = entry.draft
    due = draft.reviews.get(event.action_id)
    if due is None or due.case_id != event.case_id:
        return refused(RefusalCode.UNKNOWN_ACTION, "action_id")
    refusal = _second_refused(draft, event.actor, due.taken_by, event.case_id)
    if refusal is not None:
        return refusal
    if event.verdict is ReviewVerdict.NOT_UPHELD and not event.text.strip():
        return refused(RefusalCode.TEXT_NEEDED, "text")
    if len(event.text) > LONGEST_TEXT:
        return refused(RefusalCode.TOO_LARGE, "text")
    entry.record(event)
    return None


def lapse(entry: Deciding, action_id: str) -> None:
    """The time for a second person is over."""
    entry.emit(ActionLapsed(entry.draft.awaited[action_id].event.case_id, action_id))


def call_in(entry: Deciding, action_id: str) -> None:
    """The time for a review is over."""
    entry.emit(ReviewOverdue(entry.draft.reviews[action_id].case_id, action_id))


def confirm_within_ms(policy: PolicyAdopted | None) -> int:
    """How long an action waits."""
    return CONFIRM_WITHIN_MS if policy is None or policy.decisions is None else policy.decisions.confirm_within_ms


def review_within_ms(policy: PolicyAdopted | None) -> int:
    """How soon a review has to be there."""
    return REVIEW_WITHIN_MS if policy is None or policy.decisions is None else policy.decisions.review_within_ms


def _take(entry: Deciding, action: Action, *, review: bool) -> None:
    event = action.event
    if review:
        entry.emit(ReviewDue(event.case_id, event.event_id, entry.at_ms + review_within_ms(entry.draft.policy)))
    entry.emit(ActionTaken(event.case_id, event.event_id))
    action.take(entry)


def _awaited(draft: Draft, case_id: str | None, action_id: str) -> Awaited | None:
    """The action of that id, where it is about that case."""
    awaited = draft.awaited.get(action_id)
    return awaited if awaited is not None and awaited.event.case_id == case_id else None


def _second_refused(draft: Draft, actor: Actor, taken_by: tuple[Actor, ...], case_id: str | None) -> Refused | None:
    """Whether somebody may not confirm, refuse or review: no person who took it, nobody of the body that reported it, nobody with no part in the case.

    The department's administrators may always: where the helpline is responsible itself, there is no other body that knows of the case.
    """
    case = draft.cases.get(case_id) if case_id is not None else None
    if actor.role is not Role.ADMINISTRATOR:
        refusal = rights.any_project_or_helpline(draft, actor) if case is None else rights.involved_or_helpline(draft, actor, case)
        if refusal is not None:
            return refusal
    if actor.body == taken_by[0].body or any(actor.person == taken.person for taken in taken_by):
        return refused(RefusalCode.ANOTHER_BODY_NEEDED, "actor")
    return None


def _too_many(draft: Draft, case_id: str | None) -> bool:
    most = MOST_FOR_NO_CASE if case_id is None else MOST_FOR_A_CASE
    waiting = sum(awaited.event.case_id == case_id for awaited in draft.awaited.values())
    due = sum(open_review.case_id == case_id for open_review in draft.reviews.values())
    return waiting >= most or due >= 2 * most
