"""A transfer request as the matcher sees it, at one moment."""

from __future__ import annotations

from dataclasses import dataclass, replace

from coordinator.matching.danger import DangerZone
from coordinator.matching.household import Household
from coordinator.matching.place import Place
from events.fact import Danger
from events.network import PolicyAdopted
from events.vocabulary import Level, Reason, Urgency


@dataclass(frozen=True, slots=True)
class Near:
    """Units, projects and regions that are near somebody from whom a case is kept apart."""

    units: frozenset[str]
    projects: frozenset[str]
    regions: frozenset[str]


URGENCY_RANK = {urgency: rank for rank, urgency in enumerate(Urgency)}
"""0: the most urgent."""
NOWHERE = Near(frozenset(), frozenset(), frozenset())


def near_also(near: Near, place: Place, policy: PolicyAdopted) -> Near:
    """`near`, and near `place` as well, as far as the policy calls it so."""
    return Near(
        near.units | {place.unit_id},
        near.projects | {place.project_id} if policy.near_is_same_project else near.projects,
        near.regions | {place.region} if policy.near_is_same_region else near.regions,
    )


@dataclass(frozen=True, slots=True, eq=False)
class Request:
    """A case that needs a place elsewhere."""

    case_id: str
    transfer_id: str
    reason: Reason
    urgency: Urgency
    requested_at_ms: int
    needed_by_ms: int
    """The request's own deadline."""
    household: Household
    agreed_until_ms: int | None
    """Until when everybody who must agree does; None: somebody has not agreed."""
    zone: DangerZone
    dangers: tuple[Danger, ...]
    """Declared dangers, and the territory being left; compared with the dangers to a unit's residents."""
    near: Near
    apart_from: frozenset[str]
    """Cases from which this one is kept apart, so that two of them are not matched together."""
    lives_in: str | None
    """The unit being left."""
    parked: frozenset[str]
    """Units that declined this case or let its proposal expire, and nothing has changed since."""
    wished_levels: tuple[Level, ...]
    wished_regions: tuple[str, ...]
    has_live_proposal: bool
    operator_decides: bool
    """An operator was called in and decides from here."""
    only: tuple[str, ...] | None = None
    """Sorted units in which alone it is looked for a place, because every other was found impossible before; None: in all."""

    @property
    def immediate(self) -> bool:
        """Whether it goes to projects on duty only."""
        return self.urgency is Urgency.IMMEDIATE


def looked_for(request: Request, only: tuple[str, ...] | None) -> Request:
    """The request, looked for in these units only, sorted; None: in all. As `replace`, which takes longer than all that is asked of most."""
    return Request(
        request.case_id,
        request.transfer_id,
        request.reason,
        request.urgency,
        request.requested_at_ms,
        request.needed_by_ms,
        request.household,
        request.agreed_until_ms,
        request.zone,
        request.dangers,
        request.near,
        request.apart_from,
        request.lives_in,
        request.parked,
        request.wished_levels,
        request.wished_regions,
        request.has_live_proposal,
        request.operator_decides,
        only,
    )


def kept_apart(request: Request, place: Place, policy: PolicyAdopted) -> Request:
    """The request after somebody from whom it is kept apart was matched to `place`."""
    return replace(request, near=near_also(request.near, place, policy))
