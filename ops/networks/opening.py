"""The events that bring a network to life: its policy (with the geography), then its projects."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from events.fact import Actor
from events.network import Area, Decisions, Inquiries, PolicyAdopted, ProjectRegistered, ProposalDeadline, Transfers, Weights
from events.vocabulary import DeclineCode, Reason, Role, Urgency
from ops.networks.loading import Network

_HOUR_MS = 3_600_000


def opening_events(
    network: Network, event_id: Callable[[], str], administrator: str, extra_bodies: Mapping[str, tuple[str, ...]]
) -> Iterator[PolicyAdopted | ProjectRegistered]:
    """The default policy first, for it holds the areas that projects are checked against; then each project, by id.

    `event_id` gives a fresh UUIDv7 at each call; `administrator` is an opaque staff id; `extra_bodies` adds bodies to
    projects (by project id) beyond the published lead bodies: empty for a real network.
    """
    actor = Actor(administrator, network.helpline_body, Role.ADMINISTRATOR)
    yield _policy(network, event_id(), actor)
    for project in network.projects:
        yield ProjectRegistered(
            event_id=event_id(),
            actor=actor,
            project_id=project.project,
            name=project.name,
            lead_body=project.lead_body,
            bodies=tuple(sorted({*project.bodies, *extra_bodies.get(project.project, ())})),
            provinces=project.provinces,
            valid_from=network.programme.valid_from,
            valid_to=network.programme.valid_to,
        )


def _policy(network: Network, event_id: str, actor: Actor) -> PolicyAdopted:
    policy = network.policy
    areas = [Area(province, region.region, region.macro_area) for region in network.regions for province in region.provinces]
    return PolicyAdopted(
        event_id=event_id,
        actor=actor,
        version=policy["version"],
        areas=tuple(sorted(areas, key=lambda area: area.province)),
        fresh_for_ms=policy["fresh_for_hours"] * _HOUR_MS,
        ageing_for_ms=policy["ageing_for_hours"] * _HOUR_MS,
        proposal_deadlines=tuple(ProposalDeadline(urgency, policy["answer_within_hours"][urgency.value] * _HOUR_MS) for urgency in Urgency),
        max_disclosures=policy["max_disclosures"],
        max_declines=policy["max_declines"],
        kept_after_arrival_ms=policy["kept_after_arrival_hours"] * _HOUR_MS,
        overdue_after_ms=policy["overdue_after_hours"] * _HOUR_MS,
        decline_parks_for_ms=policy["decline_parks_for_hours"] * _HOUR_MS,
        minimum_agreement_left_ms=policy["minimum_agreement_left_hours"] * _HOUR_MS,
        near_is_same_project=policy["near_is_same_project"],
        near_is_same_region=policy["near_is_same_region"],
        weights=Weights(**policy["weights"]),
        not_free_codes=tuple(DeclineCode(code) for code in policy["not_free_codes"]),
        decisions=_decisions(policy.get("decisions")),
        inquiries=_inquiries(policy.get("inquiries")),
        transfers=_transfers(policy.get("transfers")),
    )


def _inquiries(told: dict[str, Any] | None) -> Inquiries | None:
    return None if told is None else Inquiries(told["max_at_once"], told["answer_within_hours"] * _HOUR_MS)


def _transfers(told: dict[str, Any] | None) -> Transfers | None:
    if told is None:
        return None
    return Transfers(
        confirm_first_urgencies=tuple(Urgency(urgency) for urgency in told["confirm_first_urgencies"]),
        confirm_first_reasons=tuple(Reason(reason) for reason in told["confirm_first_reasons"]),
        confirm_within_ms=told["confirm_within_hours"] * _HOUR_MS,
        notify_missing_minor_within_ms=told["notify_missing_minor_within_hours"] * _HOUR_MS,
    )


def _decisions(decisions: dict[str, int] | None) -> Decisions | None:
    if decisions is None:
        return None
    return Decisions(decisions["confirm_within_hours"] * _HOUR_MS, decisions["review_within_hours"] * _HOUR_MS)
