"""How people of a synthetic network answer: projects accept, decline or say nothing; persons change their mind; journeys fail."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from events.vocabulary import DeclineCode, TransferEnd, Urgency
from ops.demand import figures
from ops.demand.chance import about_ms, chance, pick
from ops.demand.hours import DAY_MS, HOUR_MS, MINUTE_MS, at_night, by_day, in_office
from ops.networks.loading import Network

_SHARE_SILENT = 0.06
_SHARE_SILENT_OF_QUIET_PROJECTS = 0.55
_SHARE_DECLINED = 0.20
_ON_CALL_AT_NIGHT = 0.6
_MEDIAN_MINUTES = {Urgency.IMMEDIATE: 17.0, Urgency.WITHIN_DAYS: 110.0, Urgency.PLANNED: 300.0}
_OTHER_TEXTS = ("Lavori in corso nella cucina.", "Turni scoperti fino a domani.", "Quarantena per varicella nella struttura.")


@dataclass(frozen=True, slots=True)
class Reply:
    """What a project does about one proposal."""

    at_ms: int | None
    """When it answers; None: silence."""
    decline: DeclineCode | None
    """None: it accepts."""
    text: str


@dataclass(frozen=True, slots=True)
class Journey:
    """What becomes of an accepted place."""

    departs_at_ms: int
    expected_arrival_ms: int
    ends_at_ms: int
    failed: TransferEnd | None
    """None: they arrive."""
    withdrawn_at_ms: int | None
    """Somebody calls it off before departure: the person's agreement, or the request itself."""
    agreement_withdrawn: bool
    """How it is called off, where it is."""


def quiet_projects(network: Network, seed: int) -> frozenset[str]:
    """The two projects that hardly answer."""
    return frozenset(project.project for project in chance(seed, "quiet").sample(network.projects, 2))


def reply(draw: Random, at_ms: int, urgency: Urgency, *, quiet: bool) -> Reply:
    """How a project answers a proposal made at `at_ms`."""
    answers_at = at_ms + about_ms(draw, _MEDIAN_MINUTES[urgency])
    if urgency is not Urgency.IMMEDIATE:
        answers_at = in_office(answers_at, draw)
    elif at_night(answers_at) and draw.random() >= _ON_CALL_AT_NIGHT:
        answers_at = by_day(answers_at, draw)
    if draw.random() < (_SHARE_SILENT_OF_QUIET_PROJECTS if quiet else _SHARE_SILENT):
        return Reply(None, None, "")
    if draw.random() >= _SHARE_DECLINED:
        return Reply(answers_at, None, "")
    code = pick(draw, figures.DECLINES)
    return Reply(answers_at, code, draw.choice(_OTHER_TEXTS) if code is DeclineCode.OTHER else "")


def journey(draw: Random, accepted_at_ms: int, urgency: Urgency, *, same_macro_area: bool) -> Journey:
    """The way from an accepted place to its end."""
    median = {Urgency.IMMEDIATE: 55.0, Urgency.WITHIN_DAYS: 260.0, Urgency.PLANNED: 1_700.0}[urgency]
    departs = accepted_at_ms + about_ms(draw, median, 0.5)
    if urgency is not Urgency.IMMEDIATE:
        departs = by_day(departs, draw)
    travel = draw.randrange(70 * MINUTE_MS, 4 * HOUR_MS) if same_macro_area else draw.randrange(3 * HOUR_MS, 9 * HOUR_MS)
    delay = draw.randrange(-30 * MINUTE_MS, 45 * MINUTE_MS) if draw.random() < 0.92 else draw.randrange(75 * MINUTE_MS, 5 * HOUR_MS)
    failed = pick(draw, figures.FAILED_ARRIVALS) if draw.random() < 0.06 else None
    withdrawn = accepted_at_ms + max(MINUTE_MS, (departs - accepted_at_ms) // 2) if draw.random() < 0.06 else None
    return Journey(departs, departs + travel, departs + max(20 * MINUTE_MS, travel + delay), failed, withdrawn, draw.random() < 0.5)


AGREEMENT_LASTS_MS = 30 * DAY_MS
