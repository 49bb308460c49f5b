"""The policy in force, with its geography made ready for look-ups."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from coordinator.matching.clockwork import Clockwork, DutyTold, clockwork_of
from coordinator.matching.prices import NO_PRICES, PriceList
from events.answers import Answers
from events.network import PolicyAdopted
from events.trust import TrustTable, totals_of
from events.vocabulary import Urgency

NO_HISTORY: Mapping[str, Answers] = {}


@dataclass(frozen=True, slots=True, eq=False)
class Terms:
    """A policy and what follows from it. Built once when a policy is adopted."""

    policy: PolicyAdopted
    region_of: Mapping[str, str]
    """Region by province."""
    macro_area_of: Mapping[str, str]
    """Macro-area by region."""
    answer_within_ms: Mapping[Urgency, int]
    """How long a project has to answer, by urgency, where civil time plays no part."""
    clockwork: Clockwork
    """Calendar, duty hours and freshness."""
    trust: TrustTable | None
    """How far published places are trusted; None: alike."""
    prices: PriceList
    """Scarcity weights, whether or not their time is over; without any: the policy has none."""


def terms_of(policy: PolicyAdopted, duty: Mapping[str, DutyTold], answers: Mapping[str, Answers] = NO_HISTORY) -> Terms:
    """The terms of a policy, with the duty hours published so far and the answers given, by project."""
    return Terms(
        policy,
        {area.province: area.region for area in policy.areas},
        {area.region: area.macro_area for area in policy.areas},
        {deadline.urgency: deadline.answer_within_ms for deadline in policy.proposal_deadlines},
        clockwork_of(policy, duty),
        None if policy.trust is None else TrustTable(policy.trust, answers, totals_of(answers)),
        _prices(policy),
    )


def _prices(policy: PolicyAdopted) -> PriceList:
    if policy.matching is None or policy.matching.scarcity is None:
        return NO_PRICES
    return PriceList({each.kind: each.weights for each in policy.matching.scarcity.kinds})
