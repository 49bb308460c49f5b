"""Safety lowered by a hurried hand: somebody says that a danger is over, and a second body looks before it is believed."""

from __future__ import annotations

from events.fact import Danger
from events.facts import Event
from events.person import SafetyLowered
from events.two_people import ActionConfirmed, ActionRefused, ConfirmationAwaited
from ops.demand.agenda import Make
from ops.demand.chance import about_ms, event_id
from ops.demand.hours import by_day
from ops.demand.play import Play
from ops.demand.world import CaseNow

_SHARE_LOWERED = 0.12
"""Of dangers that were declared."""
_SHARE_CONFIRMED = 0.35
_SHARE_REFUSED = 0.45
"""Of the rest nothing is heard, and they lapse."""


def plan_lowering(play: Play, case: CaseNow, danger: Danger, declared_at_ms: int) -> None:
    """Hours after a danger was declared, somebody of the responsible project wants it gone."""
    draw = play.draw("lowered", case.plan.case_id, danger.kind, danger.value)
    if draw.random() < _SHARE_LOWERED:
        play.agenda.plan(by_day(declared_at_ms + about_ms(draw, 420.0), draw), _lowered(play, case, danger))


def after_confirmation_awaited(play: Play, at_ms: int, awaited: ConfirmationAwaited) -> None:
    """The helpline asks the person again, and mostly the danger is still there. What the helpline chose itself, the responsible project looks at."""
    case = play.world.cases.get(awaited.case_id or "")
    draw = play.draw("second", awaited.action_id)
    at = draw.random()
    if case is None or at >= _SHARE_CONFIRMED + _SHARE_REFUSED:
        return
    chosen_by_helpline = awaited.action_id in play.world.overrides
    confirmed = at < (_SHARE_CONFIRMED + _SHARE_REFUSED if chosen_by_helpline else _SHARE_CONFIRMED)

    def make(now_ms: int) -> Event | None:
        if case.erased or (chosen_by_helpline and case.project is None):
            return None
        actor = play.world.whoever_is_responsible(case, draw) if chosen_by_helpline else play.world.helpline(draw)
        if confirmed:
            return ActionConfirmed(event_id(draw, now_ms), actor, awaited.case_id, awaited.action_id)
        return ActionRefused(event_id(draw, now_ms), actor, awaited.case_id, awaited.action_id, "Sentita la persona: il pericolo c'è ancora.")

    play.agenda.plan(at_ms + about_ms(draw, 180.0), make)


def _lowered(play: Play, case: CaseNow, danger: Danger) -> Make:
    def make(at_ms: int) -> Event | None:
        if case.erased or case.project is None:
            return None
        draw = play.draw("lowering", case.plan.case_id, danger.value)
        actor = play.world.staff(case.project, draw)
        return SafetyLowered(event_id(draw, at_ms), actor, case.plan.case_id, danger, None, "Non se ne parla più da mesi.")

    return make
