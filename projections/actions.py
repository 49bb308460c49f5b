"""View `actions`: what takes two people, by what its facts say: who waits for whom until when, what is to be reviewed, and what is open to be seen.

Nothing of it is stored: actions are few, and are read from the entries themselves, one case's by its timeline, all of them by the audit trail.
What runs out is told by the instant asked about, not by the entry that says so: an opening ends at its time, whether or not anything happened since.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import get_args

from events.entry import Locked
from events.fact import Actor
from events.facts import Event, Outcome, TwoPersonEvent
from events.glass import GlassBroken, SightOpened
from events.two_people import ActionConfirmed, ActionRefused, ActionReviewed, ActionTaken, ConfirmationAwaited, ReviewDue
from events.vocabulary import ReviewVerdict, Role, SightPurpose

_REPORTED: tuple[type[TwoPersonEvent], ...] = get_args(TwoPersonEvent)
KINDS = tuple(sorted(kind.__name__ for kind in (*_REPORTED, ActionConfirmed, ActionRefused, ActionReviewed)))
"""Events in whose entries everything about actions stands."""


class ActionStage(StrEnum):
    """Where an action stands at an instant."""

    WAITING = "waiting"
    """For a second person."""
    TAKEN = "taken"
    REFUSED = "refused"
    LAPSED = "lapsed"


@dataclass(frozen=True, slots=True)
class Action:
    """One reported action."""

    event: TwoPersonEvent
    """As it was reported; its event id is the action's."""
    sequence: int
    at_ms: int
    """When it was reported."""
    confirm_until_ms: int | None = None
    """By when a second person has to confirm it; null: none has to."""
    confirmed_by: Actor | None = None
    """null: nobody has, or nobody had to."""
    refused: bool = False
    taken: bool = False
    taken_at_ms: int | None = None
    """When it took effect; null: it has not."""
    review_due_ms: int | None = None
    """null: nobody has to review it."""
    verdict: ReviewVerdict | None = None
    """What the review found; null: there was none."""
    open_until_ms: int | None = None
    """Of an opening: when it ends; null: it is none, or nothing opened."""

    @property
    def action_id(self) -> str:
        """Event id of the event that reported it."""
        return self.event.event_id


def fold(actions: dict[str, Action], fact: Event | Outcome | Locked, sequence: int, at_ms: int) -> None:
    """Takes the next fact, in order of effect; what is about no action, or one that is not known, changes nothing."""
    if isinstance(fact, _REPORTED):
        actions[fact.event_id] = Action(fact, sequence, at_ms)
        return
    action_id = getattr(fact, "action_id", None)
    known = actions.get(action_id) if action_id is not None else None
    if known is None:
        return
    match fact:
        case ConfirmationAwaited():
            changed = replace(known, confirm_until_ms=fact.until_ms)
        case ActionConfirmed():
            changed = replace(known, confirmed_by=fact.actor)
        case ActionRefused():
            changed = replace(known, refused=True)
        case ActionTaken():
            changed = replace(known, taken=True, taken_at_ms=at_ms)
        case ReviewDue():
            changed = replace(known, review_due_ms=fact.due_at_ms)
        case ActionReviewed():
            changed = replace(known, verdict=fact.verdict)
        case SightOpened():
            changed = replace(known, open_until_ms=fact.until_ms)
        case _:
            changed = known
    actions[known.action_id] = changed


def folded(facts: Iterable[tuple[Event | Outcome | Locked, int, int]]) -> tuple[Action, ...]:
    """The actions in these facts (each with its sequence and time), in the order in which they were reported."""
    actions: dict[str, Action] = {}
    for fact, sequence, at_ms in facts:
        fold(actions, fact, sequence, at_ms)
    return tuple(actions.values())


def stage_of(action: Action, at_ms: int) -> ActionStage:
    """Where an action stands at an instant."""
    if action.taken:
        return ActionStage.TAKEN
    if action.refused:
        return ActionStage.REFUSED
    if action.confirm_until_ms is not None and action.confirm_until_ms <= at_ms:
        return ActionStage.LAPSED
    return ActionStage.WAITING


def review_open(action: Action) -> bool:
    """Whether another body has still to look at it."""
    return action.review_due_ms is not None and action.verdict is None


def overdue(action: Action, at_ms: int) -> bool:
    """Whether its review is not there in time."""
    return review_open(action) and action.review_due_ms is not None and action.review_due_ms <= at_ms


def waits_for_somebody(action: Action, at_ms: int) -> bool:
    """Whether anybody has something to do about it: confirm or review it."""
    return stage_of(action, at_ms) is ActionStage.WAITING or review_open(action)


def is_open(action: Action, at_ms: int) -> bool:
    """Whether what was asked for may be seen at an instant. What a review did not uphold is shut at once."""
    return action.open_until_ms is not None and at_ms < action.open_until_ms and action.verdict is not ReviewVerdict.NOT_UPHELD


def opens(action: Action, purpose: SightPurpose, case_id: str | None, person: str | None, body: str | None, role: Role, at_ms: int) -> bool:
    """Whether an action lets somebody see something now: only what was asked for, and only whoever asked for it.

    `person` None: nobody is named, and nothing is open to nobody. `body` None: whichever the person acts for.
    """
    event = action.event
    if not isinstance(event, GlassBroken) or not is_open(action, at_ms):
        return False
    by = event.actor
    theirs = person is not None and by.person == person and by.role is role and body in (None, by.body)
    return theirs and event.purpose is purpose and event.case_id == case_id
