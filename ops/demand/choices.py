"""What people choose and no machine: a place for a minor, a place out of order, two people who exchange theirs."""

from __future__ import annotations

from random import Random

from events.facts import Event
from events.swap import SwapAgreed
from events.transfer import MatchOverridden, ProposalMade
from events.vocabulary import Level, OverrideCode
from ops.demand.agenda import Make
from ops.demand.chance import about_ms, event_id
from ops.demand.hours import by_day
from ops.demand.people import could_host
from ops.demand.play import Play
from ops.demand.world import CaseNow, Stage, UnitNow

_MOST_TRIES = 3
_SHARE_OUT_OF_ORDER = 0.04
"""Of first proposals: the helpline knows of a sister, a doctor, a hearing, and wants another place."""
_CODES = (OverrideCode.FAMILY_NEAR, OverrideCode.CARE_BEGUN, OverrideCode.HEARING_OR_PERMIT, OverrideCode.PERSON_WISHES)


def plan_place_for_minor(play: Play, case: CaseNow, at_ms: int) -> None:
    """The helpline telephones, and proposes a place for minors itself, once whoever decides for them has agreed."""
    draw = play.draw("minor", case.plan.case_id)
    for number in range(_MOST_TRIES):
        play.agenda.plan(by_day(at_ms + (number + 1) * about_ms(draw, 180.0), draw), _chosen(play, case, OverrideCode.MINOR, number))


def plan_out_of_order(play: Play, at_ms: int, made: ProposalMade) -> None:
    """Now and then the helpline wants another place than the best one; another body has to agree."""
    case = play.world.cases[made.case_id]
    draw = play.draw("out of order", made.case_id, case.proposals)
    if case.proposals == 1 and draw.random() < _SHARE_OUT_OF_ORDER:
        play.agenda.plan(at_ms + about_ms(draw, 8.0), _chosen(play, case, draw.choice(_CODES), 0))


def plan_swap(play: Play, case: CaseNow, at_ms: int) -> None:
    """Two who wait, each in a place that would do for the other: their projects telephone, and agree one after the other."""
    other = _who_could_swap(play, case)
    if other is None:
        return
    draw = play.draw("swap", case.plan.case_id)
    first_ms = by_day(at_ms + about_ms(draw, 60.0), draw)
    play.agenda.plan(first_ms, _agreed(play, case, other))
    play.agenda.plan(first_ms + about_ms(draw, 30.0), _agreed(play, other, case))


def _chosen(play: Play, case: CaseNow, code: OverrideCode, number: int) -> Make:
    def make(at_ms: int) -> Event | None:
        request = case.plan.request
        if request is None or case.erased or not case.requested or case.stage not in (Stage.WAITING, Stage.PROPOSED):
            return None
        if code is OverrideCode.MINOR and case.stage is not Stage.WAITING:
            return None
        draw = play.draw("chosen", case.plan.case_id, code, number)
        unit = _fitting(play, case, draw)
        if unit is None:
            return None
        chosen = event_id(draw, at_ms)
        play.world.overrides.add(chosen)
        text = "Parlato con la struttura e con chi la segue."
        return MatchOverridden(chosen, play.world.helpline(draw), case.plan.case_id, request.transfer_id, unit.plan.unit_id, code, text, emergency="")

    return make


def _fitting(play: Play, case: CaseNow, draw: Random) -> UnitNow | None:
    """A unit that the helpline believes to be free and right; it may be wrong, and is told so."""
    found = [
        unit
        for unit in play.world.units.values()
        if unit.plan.level is not Level.NON_RESIDENTIAL
        and unit.accepting
        and unit.free >= len(case.plan.household)
        and could_host(unit.plan.hosts, case.plan.household)
        and unit.plan.unit_id not in (case.lives_in, case.proposed_unit)
    ]
    return draw.choice(found) if found else None


def _who_could_swap(play: Play, case: CaseNow) -> CaseNow | None:
    """The first other case that waits, lives in another project, is as many people, and whose place would do for this one as this one's for it."""
    here = play.world.units.get(case.lives_in or "")
    if here is None or case.project is None:
        return None
    for other in play.world.cases.values():
        there = play.world.units.get(other.lives_in or "")
        if (
            there is not None
            and other.project not in (None, case.project)
            and other.stage is Stage.WAITING
            and not other.erased
            and len(other.plan.household) == len(case.plan.household)
            and could_host(there.plan.hosts, case.plan.household)
            and could_host(here.plan.hosts, other.plan.household)
        ):
            return other
    return None


def _agreed(play: Play, case: CaseNow, other: CaseNow) -> Make:
    def make(at_ms: int) -> Event | None:
        waiting = all(each.stage is Stage.WAITING and not each.erased for each in (case, other))
        if not waiting or case.project is None or case.plan.request is None:
            return None
        draw = play.draw("swap agreed", case.plan.case_id)
        actor = play.world.staff(case.project, draw)
        return SwapAgreed(event_id(draw, at_ms), actor, case.plan.case_id, other.plan.case_id, case.plan.request.transfer_id)

    return make
