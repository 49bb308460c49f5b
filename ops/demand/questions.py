"""What projects ask before they answer, and what they are told."""

from __future__ import annotations

from events.facts import Event
from events.question import InformationGiven, InformationRequested
from events.transfer import ProposalMade
from ops.demand.agenda import Make
from ops.demand.chance import about_ms, event_id
from ops.demand.hours import MINUTE_MS, by_day
from ops.demand.play import Play
from ops.demand.world import Stage

_SHARE_ASKING = 0.12
_QUESTIONS = (
    "Serve una mediatrice anche di notte?",
    "Per quante settimane serve la terapia in corso?",
    "Può condividere la stanza con un'altra donna?",
)
_ANSWERS = ("No, solo di giorno.", "Ancora due settimane; la ricetta parte con lei.", "Sì, ne abbiamo parlato con lei.")


def plan_question(play: Play, at_ms: int, made: ProposalMade, answers_at_ms: int | None) -> None:
    """One project in eight asks first, within what is left until it answers; most hear back within the hour."""
    asked = play.world.cases[made.case_id].proposal_numbers[made.proposal_id]
    draw = play.draw("question", made.case_id, asked)
    if draw.random() >= _SHARE_ASKING or answers_at_ms is None or answers_at_ms - at_ms < 8 * MINUTE_MS:
        return
    number = draw.randrange(len(_QUESTIONS))
    asked_at_ms = at_ms + int((answers_at_ms - at_ms) * draw.uniform(0.2, 0.6))
    play.agenda.plan(asked_at_ms, _asked(play, made, _QUESTIONS[number]))
    play.agenda.plan(by_day(asked_at_ms + about_ms(draw, 25.0), draw), _told(play, made, _ANSWERS[number]))


def _asked(play: Play, made: ProposalMade, text: str) -> Make:
    def make(at_ms: int) -> Event | None:
        case = play.world.cases[made.case_id]
        if case.erased or case.stage is not Stage.PROPOSED or case.proposal_id != made.proposal_id:
            return None
        play.world.questions.add(made.proposal_id)
        draw = play.draw("asked", made.case_id, case.proposal_numbers[made.proposal_id])
        actor = play.world.staff(made.project_id, draw)
        return InformationRequested(event_id(draw, at_ms), actor, made.case_id, made.transfer_id, made.proposal_id, text)

    return make


def _told(play: Play, made: ProposalMade, text: str) -> Make:
    def make(at_ms: int) -> Event | None:
        case = play.world.cases[made.case_id]
        if case.erased or case.stage is not Stage.PROPOSED or case.proposal_id != made.proposal_id or made.proposal_id not in play.world.questions:
            return None
        draw = play.draw("told", made.case_id, case.proposal_numbers[made.proposal_id])
        actor = play.world.whoever_is_responsible(case, draw)
        return InformationGiven(event_id(draw, at_ms), actor, made.case_id, made.transfer_id, made.proposal_id, text)

    return make
