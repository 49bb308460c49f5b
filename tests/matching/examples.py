"""A request and a place that suit each other, to be changed one thing at a time."""

from __future__ import annotations

from dataclasses import replace

from coordinator.matching.danger import danger_zone
from coordinator.matching.household import household_of
from coordinator.matching.place import Place
from coordinator.matching.request import NOWHERE, Request
from coordinator.matching.terms import terms_of
from events.fact import Danger
from events.referral import Member
from events.vocabulary import Host, Level, Reason, Urgency
from tests.domain.world import DAY, POLICY, START, woman

TERMS = terms_of(POLICY, {})
NOW = START

PLACE = Place(
    unit_id="rm-1",
    project_id="lazio",
    body="body-lazio",
    bodies=frozenset({"body-lazio", "body-partner"}),
    region="12",
    level=Level.FIRST,
    places=4,
    hosts=frozenset({Host.WOMEN, Host.MOTHERS_WITH_CHILDREN}),
    offers=frozenset(),
    languages=frozenset({"eng", "ita"}),
    dangers=(),
    accepting=True,
    free=2,
    observed_at_ms=NOW,
)

REQUEST = Request(
    case_id="anna",
    transfer_id="t",
    reason=Reason.CAPACITY,
    urgency=Urgency.WITHIN_DAYS,
    requested_at_ms=NOW,
    needed_by_ms=NOW + 10 * DAY,
    household=household_of((woman(),)),
    agreed_until_ms=NOW + 30 * DAY,
    zone=danger_zone((), TERMS),
    dangers=(),
    near=NOWHERE,
    apart_from=frozenset(),
    lives_in=None,
    parked=frozenset(),
    wished_levels=(),
    wished_regions=(),
    has_live_proposal=False,
    operator_decides=False,
)


def of(*members: Member) -> Request:
    """The request of another household."""
    return replace(REQUEST, household=household_of(members))


def endangered(*dangers: Danger) -> Request:
    """The request of a case with dangers."""
    return replace(REQUEST, zone=danger_zone(dangers, TERMS), dangers=dangers)
