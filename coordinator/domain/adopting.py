"""A new policy takes two bodies, where the policy in force says so: one proposes its very words, another confirms them, then it is adopted.

The proposal is an action of `coordinator.domain.two_people` and names the policy by its digest: it may lapse, be refused, or, in an emergency, be confirmed
by nobody and reviewed after. What is confirmed may be adopted by `PolicyAdopted` with those very words for as long as an action waits. The policy itself
stands in the clear half of the state and follows from `PolicyAdopted` alone; that it was confirmed stands in the sealed half.
"""

from __future__ import annotations

import re

from coordinator.domain import two_people
from coordinator.domain.deciding import Deciding, refused
from coordinator.domain.draft import Draft
from coordinator.domain.state import ApprovedPolicy, State
from coordinator.domain.wording import LONGEST_TEXT
from events.network import PolicyAdopted, PolicyProposed
from events.policy_digest import policy_digest
from events.verdict import Refused
from events.vocabulary import RefusalCode, Role

_DIGEST = re.compile(r"[0-9a-f]{64}\Z")

# State follows from these.


def evolve_policy_approved(draft: Draft, event: PolicyProposed, at_ms: int) -> None:
    """These words may be adopted from here on. An older approval falls."""
    draft.approved_policy = ApprovedPolicy(event.digest, at_ms)


def evolve_approval_used(draft: Draft) -> None:
    """A policy was adopted: nothing is approved any more."""
    draft.approved_policy = None


# Decisions.


def lasts(state: State | Draft, at_ms: int) -> bool:
    """Whether what was confirmed may still be adopted."""
    return state.approved_policy is not None and at_ms < state.approved_policy.at_ms + two_people.confirm_within_ms(state.policy)


def proposal_refused(entry: Deciding, event: PolicyProposed) -> Refused | None:
    """Whether no policy can be proposed so."""
    if event.actor.role not in (Role.ADMINISTRATOR, Role.HELPLINE):
        return refused(RefusalCode.ROLE_NOT_ALLOWED, "actor")
    in_force = entry.draft.policy
    if in_force is None:
        return refused(RefusalCode.NO_POLICY)
    if event.version <= in_force.version:
        return refused(RefusalCode.POLICY_NOT_NEWER, "version")
    if _DIGEST.match(event.digest) is None:
        return refused(RefusalCode.FIELD_INVALID, "digest")
    if not event.reason.strip():
        return refused(RefusalCode.TEXT_NEEDED, "reason")
    if event.emergency and not event.emergency.strip():
        return refused(RefusalCode.TEXT_NEEDED, "emergency")
    return refused(RefusalCode.TOO_LARGE, "reason") if len(event.reason) > LONGEST_TEXT else None


def nothing_follows(_entry: Deciding) -> None:
    """The policy is adopted by an event of its own."""


def adoption_refused(entry: Deciding, event: PolicyAdopted) -> Refused | None:
    """Whether this policy still needs a second body. The first of a network has nobody who could have proposed it."""
    in_force, approved = entry.draft.policy, entry.draft.approved_policy
    if in_force is None or in_force.decisions is None or not in_force.decisions.policies_take_two:
        return None
    if approved is None or not lasts(entry.draft, entry.at_ms) or approved.digest != policy_digest(event):
        return refused(RefusalCode.POLICY_NOT_CONFIRMED, "version")
    return None
