"""Stream `glass`: who may open what their role alone does not show, for how long. The two people and the review are `coordinator.domain.two_people`.

The state keeps nothing of an opening that is in force: `SightOpened` says when it ends, and whoever shows something reads that in the ledger.
"""

from __future__ import annotations

from coordinator.domain import rights
from coordinator.domain.deciding import Deciding, refused
from coordinator.domain.wording import LONGEST_TEXT
from events.fact import Actor
from events.glass import GlassBroken, SightOpened
from events.network import PolicyAdopted
from events.verdict import Refused
from events.vocabulary import RefusalCode, Role, SightPurpose

BREAK_GLASS_MS = 3_600_000
"""Where the policy says nothing."""


def opening_refused(entry: Deciding, event: GlassBroken) -> Refused | None:
    """Whether nothing may be opened so: the helpline looks into a case, live or closed; an administrator exports the network; both say why."""
    refusal = _not_theirs(event.actor, event.purpose) or _about_refused(entry, event)
    if refusal is not None:
        return refusal
    if not event.reason.strip():
        return refused(RefusalCode.TEXT_NEEDED, "reason")
    if event.emergency and not event.emergency.strip():
        return refused(RefusalCode.TEXT_NEEDED, "emergency")
    return refused(RefusalCode.TOO_LARGE, "reason") if len(event.reason) > LONGEST_TEXT else None


def open_sight(entry: Deciding, event: GlassBroken) -> None:
    """It is open from here on, until the time is over."""
    entry.emit(SightOpened(event.case_id, event.event_id, entry.at_ms + break_glass_ms(entry.draft.policy)))


def break_glass_ms(policy: PolicyAdopted | None) -> int:
    """For how long something stays open."""
    return BREAK_GLASS_MS if policy is None or policy.sight is None else policy.sight.break_glass_ms


def _not_theirs(actor: Actor, purpose: SightPurpose) -> Refused | None:
    if purpose is not SightPurpose.EXPORT:
        return rights.helpline(actor)
    return None if actor.role is Role.ADMINISTRATOR else refused(RefusalCode.ROLE_NOT_ALLOWED, "actor")


def _about_refused(entry: Deciding, event: GlassBroken) -> Refused | None:
    """Whether it names no case that is there, or names one where the network is exported; a transfer is named for its detail alone."""
    draft, exported = entry.draft, event.purpose is SightPurpose.EXPORT
    if (event.case_id is None) is not exported:
        return refused(RefusalCode.FIELD_INVALID, "case_id")
    if event.case_id is not None and event.case_id not in draft.cases and event.case_id not in draft.closed:
        return refused(RefusalCode.UNKNOWN_CASE, "case_id")
    if (event.transfer_id is None) is (event.purpose is SightPurpose.SAFETY_DETAIL):
        return refused(RefusalCode.FIELD_INVALID, "transfer_id")
    return None
