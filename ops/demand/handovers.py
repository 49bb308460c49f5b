"""What is arranged between acceptance and departure, and what follows where somebody goes missing."""

from __future__ import annotations

from random import Random

from events.facts import Event
from events.handover import HandOverAmended, HandOverPrepared
from events.transfer import AuthorityNotified, NotificationDue
from events.vocabulary import HandOverItem
from ops.demand.agenda import Make
from ops.demand.chance import about_ms, event_id
from ops.demand.play import Play
from ops.demand.world import CaseNow, Stage

_SHARE_PREPARED = 0.85
"""Of each side; the others telephone and write nothing down."""
_SHARE_INCOMPLETE = 0.2
"""Of the lists, at first: the missing item is arranged before they leave."""


def plan_hand_over(play: Play, case: CaseNow, proposal_id: str, project_id: str, accepted_at_ms: int, departs_at_ms: int) -> None:
    """Both projects write their list between acceptance and departure."""
    for side, receiving in (("leaving", False), ("receiving", True)):
        draw = play.draw("hand over", case.plan.case_id, case.proposal_numbers[proposal_id], side)
        if draw.random() >= _SHARE_PREPARED:
            continue
        items = list(HandOverItem)
        needed = [item for item in items if item is HandOverItem.MEETING_POINT or draw.random() < 0.7]
        complete = draw.random() >= _SHARE_INCOMPLETE
        time_left_ms = departs_at_ms - accepted_at_ms
        first = needed if complete else needed[:-1]
        spared = [item for item in items if item not in needed]
        who = project_id if receiving else None
        play.agenda.plan(
            accepted_at_ms + int(time_left_ms * draw.uniform(0.1, 0.5)), _listed(play, case, proposal_id, who, first, spared, again=False)
        )
        if not complete:
            play.agenda.plan(
                accepted_at_ms + int(time_left_ms * draw.uniform(0.6, 0.9)), _listed(play, case, proposal_id, who, needed, spared, again=True)
            )


def _listed(
    play: Play, case: CaseNow, proposal_id: str, project_id: str | None, arranged: list[HandOverItem], spared: list[HandOverItem], *, again: bool
) -> Make:
    """One side's list; `project_id` None: whoever is responsible for the case speaks."""

    def make(at_ms: int) -> Event | None:
        request = case.plan.request
        if request is None or case.erased or case.stage is not Stage.ACCEPTED or case.proposal_id != proposal_id:
            return None
        if project_id is not None and project_id == case.project:
            return None  # one project is both sides, and writes one list
        draw = play.draw("list", case.plan.case_id, case.proposal_numbers[proposal_id], project_id, again)
        actor = play.world.staff(project_id, draw) if project_id is not None else play.world.whoever_is_responsible(case, draw)
        kind = HandOverAmended if again else HandOverPrepared
        return kind(event_id(draw, at_ms), actor, case.plan.case_id, request.transfer_id, tuple(sorted(arranged)), tuple(sorted(spared)), _note(draw))

    return make


def _note(draw: Random) -> str:
    return draw.choice(("", "", "Mediatrice disponibile dalle 15.", "Farmaci per sette giorni."))


def after_notification_due(play: Play, at_ms: int, due: NotificationDue) -> None:
    """A minor is missing: the authority is told within hours, at any time of the day."""
    if due.overdue:
        return
    case = play.world.cases[due.case_id]
    draw = play.draw("notify", due.case_id, due.transfer_id)

    def make(now_ms: int) -> Event | None:
        if case.erased:
            return None
        actor = play.world.whoever_is_responsible(case, draw)
        return AuthorityNotified(event_id(draw, now_ms), actor, due.case_id, due.transfer_id)

    play.agenda.plan(at_ms + about_ms(draw, 120.0), make)
