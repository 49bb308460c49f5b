"""Requests that are asked anew: an operator who was called in, a flight that moves, a deadline that passed."""

from __future__ import annotations

from events.facts import Event
from events.transfer import TransferAmended, TransferEnded
from events.vocabulary import Escalation, Reason, TransferEnd, Urgency
from ops.demand.agenda import Make
from ops.demand.chance import about_ms, event_id
from ops.demand.hours import DAY_MS, HOUR_MS
from ops.demand.play import Play
from ops.demand.world import CaseNow, Stage

_SHARE_ASKED_ANEW = 0.75
_SHARE_CLOSED_UNMATCHED = 0.3
"""Of requests whose deadline has passed and that are not asked anew."""
_SHARE_OF_ANNOUNCED_THAT_MOVE = 0.6
_ASKED_ANEW_AFTER = frozenset(
    {Escalation.REASSESS, Escalation.DECLINES_USED, Escalation.DISCLOSURES_USED, Escalation.DEADLINE_PASSED, Escalation.NOT_CONFIRMED}
)


def after_operator_called(play: Play, at_ms: int, case: CaseNow, why: Escalation) -> None:
    """The helpline speaks with everybody and asks anew, with fewer wishes and more time; or has to say that there is no place."""
    if why not in _ASKED_ANEW_AFTER or case.amended >= 3:
        return
    draw = play.draw("anew", case.plan.case_id, case.escalations)
    if draw.random() < _SHARE_ASKED_ANEW:
        play.agenda.plan(at_ms + about_ms(draw, 40.0), asked_anew(play, case, more_ms=2 * DAY_MS))
    elif why is Escalation.DEADLINE_PASSED and draw.random() < _SHARE_CLOSED_UNMATCHED:
        play.agenda.plan(at_ms + about_ms(draw, 300.0), _unmatched(play, case))


def plan_moving_arrival(play: Play, case: CaseNow) -> None:
    """Of somebody announced by another state or a border, the flight moves more often than not."""
    request = case.plan.request
    if request is None or request.reason is not Reason.ANNOUNCED_ARRIVAL:
        return
    draw = play.draw("moves", case.plan.case_id)
    if draw.random() < _SHARE_OF_ANNOUNCED_THAT_MOVE:
        play.agenda.plan(request.at_ms + about_ms(draw, 200.0), asked_anew(play, case, more_ms=draw.randrange(6 * HOUR_MS, 3 * DAY_MS)))


def asked_anew(play: Play, case: CaseNow, *, more_ms: int) -> Make:
    """The request amended by the helpline: without wishes, and with so much more time from then on."""

    def make(at_ms: int) -> Event | None:
        request = case.plan.request
        if request is None or case.erased or not case.requested or case.stage not in (Stage.WAITING, Stage.PROPOSED):
            return None
        case.amended += 1
        draw = play.draw("asked anew", case.plan.case_id, case.amended)
        return TransferAmended(
            event_id=event_id(draw, at_ms),
            actor=play.world.helpline(draw),
            case_id=case.plan.case_id,
            transfer_id=request.transfer_id,
            urgency=Urgency.WITHIN_DAYS if request.urgency is Urgency.PLANNED else request.urgency,
            needed_by_ms=max(request.needed_by_ms, at_ms) + more_ms,
            leaving_province=None if request.reason is Reason.ANNOUNCED_ARRIVAL else case.plan.province,
            wished_levels=(),
            wished_regions=(),
            expected_arrival_ms=None,
            note="",
        )

    return make


def _unmatched(play: Play, case: CaseNow) -> Make:
    def make(at_ms: int) -> Event | None:
        request = case.plan.request
        if request is None or case.erased or case.stage is not Stage.WAITING:
            return None
        draw = play.draw("unmatched", case.plan.case_id)
        return TransferEnded(event_id(draw, at_ms), play.world.helpline(draw), case.plan.case_id, request.transfer_id, TransferEnd.UNMATCHED)

    return make
