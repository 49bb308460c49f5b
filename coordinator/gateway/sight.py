"""Who sees what of an entry (the rules of DOMAIN, "Who sees what"): a whitelist by standing; what is not named here is not shown.

A project sees what became of what it said, its own units, and proposals made to it; never another's capacity, never where its own case was sent
before that project accepted, never why others were not asked. The helpline sees the coordination of all cases.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from coordinator.access import Grant, Standing
from events.availability import CapacityChanged
from events.entry import Locked
from events.fact import Actor
from events.facts import Outcome
from events.referral import ReferralRouted, ResponsibilityPassed
from events.transfer import (
    MatchExplained,
    PlaceHeld,
    PlaceKept,
    PlaceKeptFor,
    PlaceOccupied,
    PlaceReleased,
    PlaceReserved,
    ProposalEnded,
    ProposalMade,
    TransferClosed,
    TransferEscalated,
)
from events.two_people import ActionLapsed, ActionTaken, ConfirmationAwaited, ReviewDue, ReviewOverdue
from events.verdict import Duplicate, Recorded, Refused, Unreadable
from events.vocabulary import Role


def outcomes_for(grant: Grant, own_units: Collection[str], said_it: bool, outcomes: Iterable[Outcome | Locked]) -> list[Outcome | Locked]:
    """The outcomes that the grant's holder may see, in order.

    `own_units`: units of the grant's project. `said_it`: the event is the holder's own, so it already acts for the case that the event names.
    """
    return [outcome for outcome in outcomes if _may_see(grant, own_units, said_it, outcome)]


def may_look_up(grant: Grant, speaker: Actor | None) -> bool:
    """Whether the holder may look at an entry that somebody else's event made. `speaker`: who said it; None: nobody can tell any more."""
    if grant.standing is Standing.PROJECT:
        return speaker is not None and speaker.body == grant.body and speaker.role is Role.PROJECT
    return True


def _may_see(grant: Grant, own_units: Collection[str], said_it: bool, outcome: Outcome | Locked) -> bool:
    match outcome:
        case Recorded() | Refused() | Duplicate() | Unreadable():
            return True
        case Locked():
            return grant.standing in {Standing.HELPLINE, Standing.AUDITOR, Standing.SIMULATOR}
    match grant.standing:
        case Standing.HELPLINE | Standing.SIMULATOR:
            return True
        case Standing.PROJECT:
            return _project_sees(grant, own_units, said_it, outcome)
        case Standing.ADMINISTRATOR | Standing.AUDITOR | Standing.CLOCK:
            return isinstance(outcome, CapacityChanged | PlaceHeld | PlaceReserved | PlaceOccupied | PlaceKept | PlaceReleased)


def _project_sees(grant: Grant, own_units: Collection[str], said_it: bool, outcome: Outcome) -> bool:
    match outcome:
        case CapacityChanged() | PlaceHeld() | PlaceReserved() | PlaceOccupied() | PlaceKept() | PlaceReleased():
            return outcome.unit_id in own_units
        case ProposalMade() | ReferralRouted():
            return outcome.project_id == grant.project_id
        case ResponsibilityPassed():
            return outcome.project_id == grant.project_id
        case TransferClosed() | TransferEscalated() | ProposalEnded():
            return said_it
        case ConfirmationAwaited() | ActionTaken() | ActionLapsed() | ReviewDue() | ReviewOverdue():
            return said_it
        case PlaceKeptFor() | MatchExplained():
            return False
        case Recorded() | Refused() | Duplicate() | Unreadable():
            return True
