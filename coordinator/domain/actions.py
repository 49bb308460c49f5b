"""The actions that take two people: for each of their events, what the mechanism of `coordinator.domain.two_people` has to know."""

from __future__ import annotations

from functools import partial
from typing import assert_never

from coordinator.domain import adopting, glass, overriding, person
from coordinator.domain.explaining import let_kept_explanations_go
from coordinator.domain.two_people import Action
from events.facts import TwoPersonEvent
from events.glass import GlassBroken
from events.network import PolicyProposed
from events.person import AgeAssessed, LegalHoldLifted, LegalHoldPlaced, SafetyLowered, VitalInterestInvoked
from events.transfer import MatchOverridden


def action_of(event: TwoPersonEvent) -> Action:
    """What is checked and what follows."""
    match event:
        case SafetyLowered():
            return Action(event, partial(person.safety_lowered_refused, event=event), partial(person.look_again_after, event=event))
        case LegalHoldPlaced():
            return Action(event, partial(person.legal_hold_refused, event=event), partial(person.nothing_follows, event=event))
        case LegalHoldLifted():
            return Action(event, partial(person.legal_hold_refused, event=event), partial(let_kept_explanations_go, event=event))
        case VitalInterestInvoked():
            return Action(
                event,
                partial(person.vital_interest_refused, event=event),
                partial(person.match_again, event=event),
                emergency=event.emergency or "",
                always_reviewed=True,
            )
        case AgeAssessed():
            return Action(event, partial(person.age_refused, event=event), partial(person.settle_again, event=event))
        case MatchOverridden():
            check, take = partial(overriding.override_refused, event=event), partial(overriding.take_override, event=event)
            return Action(event, check, take, emergency=event.emergency)
        case GlassBroken():
            return Action(event, partial(glass.opening_refused, event=event), partial(glass.open_sight, event=event), emergency=event.emergency)
        case PolicyProposed():
            return Action(event, partial(adopting.proposal_refused, event=event), adopting.nothing_follows, emergency=event.emergency)
        case _:
            assert_never(event)
