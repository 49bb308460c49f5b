"""How projects answer when the helpline's matcher asks whether they could take somebody in."""

from __future__ import annotations

from events.facts import Event
from events.inquiry import InquiryAnswered, InquiryEnded, InquiryOpened
from events.vocabulary import DeclineCode
from ops.demand.agenda import Make
from ops.demand.chance import about_ms, event_id, pick
from ops.demand.hours import by_day
from ops.demand.play import Play

_SHARE_ANSWERED = 0.8
_SHARE_ANSWERED_BY_QUIET_PROJECTS = 0.35
_SHARE_MAKING_ROOM = 0.3
"""Of those that have nothing free: somebody finds a way."""
_WHY_NOT = {
    DeclineCode.PROVIDER_NOT_FREE: 0.7,
    DeclineCode.PROVIDER_CANNOT_MEET_NEED: 0.2,
    DeclineCode.PROVIDER_SAFETY_CONCERN: 0.1,
}


def after_inquiry(play: Play, at_ms: int, opened: InquiryOpened) -> None:
    """Most projects answer within hours; some never."""
    play.world.inquiries[opened.inquiry_id] = opened.unit_id
    case = play.world.cases[opened.case_id]
    case.inquiries[opened.unit_id] += 1
    number = case.inquiries[opened.unit_id]
    draw = play.draw("inquiry", opened.case_id, opened.unit_id, number)
    share = _SHARE_ANSWERED_BY_QUIET_PROJECTS if opened.project_id in play.quiet else _SHARE_ANSWERED
    if draw.random() < share:
        play.agenda.plan(by_day(at_ms + about_ms(draw, 70.0), draw), _answered(play, opened, number))


def after_inquiry_ended(play: Play, ended: InquiryEnded) -> None:
    """Nobody need answer it any more."""
    play.world.inquiries.pop(ended.inquiry_id, None)


def _answered(play: Play, opened: InquiryOpened, number: int) -> Make:
    def make(at_ms: int) -> Event | None:
        case = play.world.cases[opened.case_id]
        if case.erased or opened.inquiry_id not in play.world.inquiries:
            return None
        draw = play.draw("inquiry answered", opened.case_id, opened.unit_id, number)
        unit, wanted = play.world.units[opened.unit_id], len(case.plan.household)
        if wanted > unit.free and unit.occupied >= wanted - unit.free and draw.random() < _SHARE_MAKING_ROOM:
            unit.occupied -= wanted - unit.free
        could = unit.free >= wanted
        if could:
            unit.accepting = True
        code = None if could else pick(draw, _WHY_NOT)
        return InquiryAnswered(
            event_id=event_id(draw, at_ms),
            actor=play.world.staff(opened.project_id, draw, opened.unit_id),
            case_id=opened.case_id,
            transfer_id=opened.transfer_id,
            inquiry_id=opened.inquiry_id,
            could=could,
            code=code,
            text="",
            places=unit.free if could else None,
            free_from_ms=None,
        )

    return make
