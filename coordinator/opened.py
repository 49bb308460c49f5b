"""What is open to one person: the action under which they see now what their role alone does not show; and actions as people see them.

An opening is for whoever reported it, as a person: a token that names a body alone opens nothing. At the machine, where the operator's own name stands for
a person and nothing for a body, the name must be the one that reported it.
"""

from __future__ import annotations

from collections.abc import Iterable

from coordinator.access import MACHINE_BODY, Grant, Standing
from coordinator.plain import fields_json
from coordinator.viewing import Plain
from events.glass import GlassBroken
from events.vocabulary import Role, SightPurpose
from projections.actions import Action, is_open, opens, overdue, review_open, stage_of, waits_for_somebody

_STANDING = {SightPurpose.FREE_TEXT: Standing.HELPLINE, SightPurpose.SAFETY_DETAIL: Standing.HELPLINE, SightPurpose.EXPORT: Standing.ADMINISTRATOR}


def opening_of(
    grant: Grant, actions: Iterable[Action], purpose: SightPurpose, case_id: str | None, at_ms: int, *, transfer_id: str | None = None
) -> str | None:
    """The id of the action under which the grant's holder sees that now; None: there is none. `at_ms`: now, by the ledger's time."""
    if grant.standing is not _STANDING[purpose]:
        return None
    body = None if grant.body == MACHINE_BODY else grant.body
    for action in actions:
        event = action.event
        if (
            opens(action, purpose, case_id, grant.person, body, Role(grant.standing.value), at_ms)
            and isinstance(event, GlassBroken)
            and event.transfer_id == transfer_id
        ):
            return action.action_id
    return None


def to_be_dealt_with(actions: Iterable[Action], at_ms: int) -> list[Action]:
    """Actions that wait for a second person or for a review, and openings in force, oldest first."""
    return [action for action in actions if waits_for_somebody(action, at_ms) or is_open(action, at_ms)]


def action_json(action: Action, at_ms: int) -> Plain:
    """An action with what a second person or a reviewer has to know of it: who reported what and why, and what is due by when."""
    reported = {name: value for name, value in fields_json(action.event).items() if name not in ("event_id", "case_id")}
    return {
        "action_id": action.action_id,
        "case_id": action.event.case_id,
        "event": type(action.event).__name__,
        "stage": str(stage_of(action, at_ms)),
        "reported": reported,
        "sequence": action.sequence,
        "at_ms": action.at_ms,
        "confirm_until_ms": action.confirm_until_ms,
        "confirmed_by": None if action.confirmed_by is None else fields_json(action.confirmed_by),
        "review_due_ms": action.review_due_ms if review_open(action) else None,
        "overdue": overdue(action, at_ms),
        "open_until_ms": action.open_until_ms if is_open(action, at_ms) else None,
    }
