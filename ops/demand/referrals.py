"""What happens to referrals: projects that decline, operators who ask another, arrivals that move, assessments, cases that end or turn out to be one."""

from __future__ import annotations

from dataclasses import replace

from events.facts import Event
from events.person import CasesFoundSame
from events.referral import (
    AssessmentRecorded,
    ReferralAccepted,
    ReferralAmended,
    ReferralAssigned,
    ReferralClosed,
    ReferralDeclined,
    ReferralRouted,
    ResponsibilityDeclined,
    ResponsibilityOffered,
    ResponsibilityTaken,
)
from events.vocabulary import Indicators, ReferralDeclineCode, ReferralEnd
from ops.demand import figures, reports
from ops.demand.agenda import Make
from ops.demand.chance import about_ms, event_id, pick
from ops.demand.hours import DAY_MS, HOUR_MS, by_day, in_office
from ops.demand.play import Play
from ops.demand.world import CaseNow, Stage

_SHARE_TAKEN_IN_CHARGE = 0.85
_SHARE_DECLINED = 0.08
_SHARE_ASSESSED = 0.7
_SHARE_OF_ANNOUNCED_THAT_MOVE = 0.6
_SHARE_HANDED_ON = 0.05
"""Of cases in charge: another project of the region would be nearer to what the person needs."""


def after_routed(play: Play, at_ms: int, routed: ReferralRouted) -> None:
    """The competent project takes most cases in charge within hours, declines some; what comes to the helpline it sends on."""
    case = play.world.cases[routed.case_id]
    case.routings += 1
    if case.project is not None:
        return
    draw = play.draw("routed", routed.case_id, case.routings)
    if routed.project_id is None:
        if case.routings <= 3:
            play.agenda.plan(at_ms + about_ms(draw, 90.0), _assigned(play, case))
        return
    at = draw.random()
    if at < _SHARE_TAKEN_IN_CHARGE:
        play.agenda.plan(in_office(at_ms + about_ms(draw, 140.0), draw), reports.taken_in_charge(play, case, routed.project_id))
    elif at < _SHARE_TAKEN_IN_CHARGE + _SHARE_DECLINED:
        play.agenda.plan(in_office(at_ms + about_ms(draw, 200.0), draw), _declined(play, case, routed.project_id))


def after_in_charge(play: Play, at_ms: int, accepted: ReferralAccepted) -> None:
    """An assessment within days; now and then another project would be better placed."""
    case = play.world.cases[accepted.case_id]
    draw = play.draw("assess", accepted.case_id)
    if draw.random() < _SHARE_ASSESSED:
        play.agenda.plan(in_office(at_ms + draw.randrange(20 * HOUR_MS, 4 * DAY_MS), draw), _assessed(play, case))
    if draw.random() < _SHARE_HANDED_ON:
        play.agenda.plan(in_office(at_ms + about_ms(draw, 900.0), draw), _offered_on(play, case))


def after_assessed(play: Play, at_ms: int, assessed: AssessmentRecorded) -> None:
    """Who is no victim of trafficking is accompanied elsewhere, and the case ends."""
    if assessed.indicators is Indicators.NO:
        draw = play.draw("end", assessed.case_id)
        play.agenda.plan(in_office(at_ms + draw.randrange(4 * HOUR_MS, 2 * DAY_MS), draw), _closed(play, play.world.cases[assessed.case_id]))


def after_offered(play: Play, at_ms: int, offered: ResponsibilityOffered) -> None:
    """The project that is asked says yes, mostly."""
    draw = play.draw("handed on", offered.case_id)
    play.agenda.plan(in_office(at_ms + about_ms(draw, 240.0), draw), _answered(play, play.world.cases[offered.case_id], offered.project_id))


def plan_moving_date(play: Play, case: CaseNow) -> None:
    """The date of somebody announced moves more often than not."""
    draw = play.draw("date", case.plan.case_id)
    if case.plan.announced is not None and draw.random() < _SHARE_OF_ANNOUNCED_THAT_MOVE:
        later = replace(case.plan.announced, expected_at_ms=case.plan.announced.expected_at_ms + draw.randrange(12 * HOUR_MS, 4 * DAY_MS))

        def make(at_ms: int) -> Event | None:
            if case.erased:
                return None
            actor = play.world.helpline(draw)
            return ReferralAmended(event_id(draw, at_ms), actor, case.plan.case_id, case.plan.province, later)

        play.agenda.plan(case.plan.at_ms + about_ms(draw, 600.0), make)


def plan_found_same(play: Play, case: CaseNow) -> None:
    """Somebody was signalled twice; the helpline finds out a day later."""
    same_as = case.plan.same_as
    if same_as is None:
        return
    draw = play.draw("same", case.plan.case_id)

    def make(at_ms: int) -> Event | None:
        first = play.world.cases[same_as]
        if first.erased or case.erased or first.stage is not Stage.NONE or case.stage is not Stage.NONE:
            return None
        case.erased = True  # nothing is reported about it any more
        return CasesFoundSame(event_id(draw, at_ms), play.world.helpline(draw), same_as, case.plan.case_id)

    play.agenda.plan(by_day(case.plan.at_ms + about_ms(draw, 1_000.0), draw), make)


def _assigned(play: Play, case: CaseNow) -> Make:
    """To the competent project where nobody had said where the person is, else to another one of the region or next to it."""

    def make(at_ms: int) -> Event | None:
        if case.erased or case.project is not None:
            return None
        draw = play.draw("assigned", case.plan.case_id, case.routings)
        project = draw.choice(play.world.network.projects).project
        return ReferralAssigned(event_id(draw, at_ms), play.world.helpline(draw), case.plan.case_id, project)

    return make


def _declined(play: Play, case: CaseNow, project_id: str) -> Make:
    def make(at_ms: int) -> Event | None:
        if case.erased or case.project is not None:
            return None
        draw = play.draw("referral declined", case.plan.case_id, project_id)
        code = pick(draw, figures.REFERRAL_DECLINES)
        text = "Équipe al completo fino a lunedì." if code is ReferralDeclineCode.OTHER else ""
        return ReferralDeclined(event_id(draw, at_ms), play.world.staff(project_id, draw), case.plan.case_id, project_id, code, text)

    return make


def _assessed(play: Play, case: CaseNow) -> Make:
    def make(at_ms: int) -> Event | None:
        if case.erased or case.project is None:
            return None
        draw = play.draw("assessed", case.plan.case_id)
        found = pick(draw, figures.ASSESSMENTS)
        kinds = (pick(draw, figures.EXPLOITATION),) if found is Indicators.YES else ()
        return AssessmentRecorded(event_id(draw, at_ms), play.world.staff(case.project, draw), case.plan.case_id, found, kinds, "")

    return make


def _closed(play: Play, case: CaseNow) -> Make:
    def make(at_ms: int) -> Event | None:
        if case.erased or case.project is None or case.requested:
            return None
        case.erased = True  # nothing is reported about it any more
        draw = play.draw("referral closed", case.plan.case_id)
        return ReferralClosed(event_id(draw, at_ms), play.world.staff(case.project, draw), case.plan.case_id, ReferralEnd.NOT_A_VICTIM, "")

    return make


def _offered_on(play: Play, case: CaseNow) -> Make:
    def make(at_ms: int) -> Event | None:
        if case.erased or case.project is None or case.stage is not Stage.NONE:
            return None
        draw = play.draw("offered on", case.plan.case_id)
        others = [project.project for project in play.world.network.projects if project.project != case.project]
        actor = play.world.staff(case.project, draw)
        return ResponsibilityOffered(event_id(draw, at_ms), actor, case.plan.case_id, draw.choice(others))

    return make


def _answered(play: Play, case: CaseNow, project_id: str) -> Make:
    def make(at_ms: int) -> Event | None:
        if case.erased or case.stage is not Stage.NONE:
            return None
        draw = play.draw("offer answered", case.plan.case_id)
        actor = play.world.staff(project_id, draw)
        if draw.random() < 0.8:
            case.project = project_id
            return ResponsibilityTaken(event_id(draw, at_ms), actor, case.plan.case_id, project_id)
        return ResponsibilityDeclined(event_id(draw, at_ms), actor, case.plan.case_id, "")

    return make
