"""What both doors do with policies: show them, make a candidate of what changes, say which words are proposed, and tell a preview by role."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from coordinator.domain.draft import Draft
from coordinator.domain.network import policy_refused
from coordinator.domain.previewing import Preview
from coordinator.domain.previewing import preview as compare
from coordinator.domain.state import State
from coordinator.domain.two_people import confirm_within_ms
from coordinator.domain.who_may import Scope
from coordinator.opened import action_json
from coordinator.plain import fields_json, value_json
from coordinator.viewing import Plain
from events.errors import LineInvalid
from events.fact import Actor
from events.language import SaidError
from events.lines import format_line, parse_line
from events.network import PolicyAdopted, PolicyProposed
from events.policy_digest import policy_digest
from events.verdict import Refused
from events.vocabulary import Role
from projections.actions import Action, ActionStage, stage_of, waits_for_somebody
from projections.reads import AdoptedPolicy

_NOT_OF_THE_POLICY = frozenset({"event", "event_id", "actor"})
_SOMEBODY = Actor("nobody", "nobody", Role.ADMINISTRATOR)
_SOME_EVENT = "00000000-0000-7000-8000-000000000000"


class PolicyMalformed(SaidError):
    """These fields make no policy; `said` says why, and repeats nothing of them but names."""


class WouldBeRefused(Exception):
    """A policy that the network would refuse, whoever adopts it, so that nothing is worked out under it."""

    def __init__(self, refusal: Refused) -> None:
        super().__init__(str(refusal.code))
        self.refusal = refusal


def takes_two(policy: PolicyAdopted) -> bool:
    """Whether the policy after this one needs a second body."""
    return policy.decisions is not None and policy.decisions.policies_take_two


def policy_json(policy: PolicyAdopted) -> Plain:
    """Its fields, as a line of an events file has them, without who adopted it and in which event."""
    plain: dict[str, Any] = json.loads(format_line(replace(policy, event_id=_SOME_EVENT, actor=_SOMEBODY)))
    return {name: value for name, value in plain.items() if name not in _NOT_OF_THE_POLICY}


def policy_of(plain: Mapping[str, object]) -> PolicyAdopted:
    """The policy with these fields, said by nobody yet. Raises PolicyMalformed."""
    line = {**plain, "event": PolicyAdopted.__name__, "event_id": _SOME_EVENT, "actor": fields_json(_SOMEBODY)}
    try:
        event = parse_line(json.dumps(line), 1)
    except LineInvalid as invalid:
        raise PolicyMalformed(invalid.said) from None
    assert isinstance(event, PolicyAdopted)
    return event


def candidate_of(in_force: PolicyAdopted, changes: Mapping[str, object]) -> PolicyAdopted:
    """The policy in force with these fields instead of its own, under the next version. Raises PolicyMalformed."""
    return policy_of({**policy_json(in_force), "version": in_force.version + 1, **changes})


def previewed(state: State, candidate: PolicyAdopted, at_ms: int) -> Preview:
    """Who would gain or lose by the candidate. Raises WouldBeRefused, and ValueError where no policy is in force."""
    refusal = policy_refused(Draft(state), candidate)
    if refusal is not None:
        raise WouldBeRefused(refusal)
    return compare(state, candidate, at_ms)


def preview_json(found: Preview, scope: Scope) -> Plain:
    """A preview as the scope shows it: requests by opaque id, with units, to whoever coordinates them; to others the sums alone."""
    plain: Plain = {"version_running": found.version_running, "version_candidate": found.version_candidate}
    if scope is not Scope.INDICATORS:
        plain["requests"] = value_json(found.requests)
    return {**plain, "kinds": value_json(found.kinds)}


def proposals(actions: Iterable[Action], in_force: AdoptedPolicy, at_ms: int) -> list[Action]:
    """Proposals of policies with which there is something to do: wait for a second body or a review, or may be adopted. Oldest first."""
    adoptable = may_be_adopted(actions := list(actions), in_force, at_ms)
    return [action for action in actions if isinstance(action.event, PolicyProposed) and (action is adoptable or waits_for_somebody(action, at_ms))]


def may_be_adopted(actions: Iterable[Action], in_force: AdoptedPolicy, at_ms: int) -> Action | None:
    """The confirmed proposal whose words may be adopted now: the last one confirmed since the last adoption, for as long as actions wait; None: none may."""
    taken = [
        action
        for action in actions
        if isinstance(action.event, PolicyProposed)
        and stage_of(action, at_ms) is ActionStage.TAKEN
        and action.event.version > in_force.policy.version
        and (action.taken_at_ms or 0) >= in_force.at_ms
    ]
    last = max(taken, key=lambda action: (action.taken_at_ms or 0, action.sequence), default=None)
    return last if last is not None and at_ms < (last.taken_at_ms or 0) + confirm_within_ms(in_force.policy) else None


def proposal_json(action: Action, in_force: AdoptedPolicy, adoptable: Action | None, at_ms: int) -> Plain:
    """A proposal, and until when its words may be adopted (null: they may not be)."""
    until_ms = None if action is not adoptable or action.taken_at_ms is None else action.taken_at_ms + confirm_within_ms(in_force.policy)
    return {**action_json(action, at_ms), "adoptable_until_ms": until_ms}


def in_force_json(in_force: AdoptedPolicy) -> Plain:
    """The policy in force, with its digest and whether the next one takes two bodies."""
    policy = in_force.policy
    return {
        "sequence": in_force.sequence,
        "adopted_at_ms": in_force.at_ms,
        "digest": policy_digest(policy),
        "takes_two_bodies": takes_two(policy),
        "policy": policy_json(policy),
    }
