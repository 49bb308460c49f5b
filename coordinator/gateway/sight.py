"""What of an accepted entry the holder of a grant sees. The rows are `coordinator.domain.who_may.OUTCOMES`; here is what their scopes mean.

What has no row is not shown: a project sees what became of what it said, its own units, and proposals made to it; never another's capacity, never where
its own case was sent before that project accepted, never why others were not asked. The helpline sees the coordination of all cases.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from coordinator.access import Grant, Standing
from coordinator.domain.who_may import Scope, View, scope_of, shown
from events.entry import Locked
from events.fact import Actor
from events.facts import Outcome
from events.vocabulary import Role


def outcomes_for(grant: Grant, own_units: Collection[str], said_it: bool, outcomes: Iterable[Outcome | Locked]) -> list[Outcome | Locked]:
    """The outcomes that the grant's holder may see, in order.

    `own_units`: units of the grant's project. `said_it`: the event is the holder's own, so it already acts for the case that the event names.
    """
    return [outcome for outcome in outcomes if _may_see(grant, own_units, said_it, outcome)]


def may_look_up(grant: Grant, speaker: Actor | None) -> bool:
    """Whether the holder may look at an entry that somebody else's event made. `speaker`: who said it; None: nobody can tell any more."""
    match scope_of(grant.standing, View.ENTRY):
        case Scope.EVERYTHING | Scope.SEALED:
            return True
        case Scope.OWN_REPORT:
            return speaker is not None and speaker.body == grant.body and speaker.role is Role(grant.standing.value)
        case _:
            return False


def _may_see(grant: Grant, own_units: Collection[str], said_it: bool, outcome: Outcome | Locked) -> bool:
    if isinstance(outcome, Locked):
        return grant.standing in {Standing.HELPLINE, Standing.AUDITOR, Standing.SIMULATOR}
    match shown(grant.standing, type(outcome).__name__):
        case Scope.EVERYTHING | Scope.SEALED:
            return True
        case Scope.OWN_PROJECT:
            return getattr(outcome, "unit_id", None) in own_units
        case Scope.OWN_CASES if not hasattr(outcome, "project_id"):
            return said_it
        case Scope.ASKED | Scope.OWN_CASES:
            return grant.project_id is not None and getattr(outcome, "project_id", None) == grant.project_id
        case Scope.OWN_REPORT:
            return said_it or not hasattr(outcome, "case_id")  # a verdict names nothing: it is for whoever may look at the entry at all
        case _:
            return False
