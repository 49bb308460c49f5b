"""What people of the day report about cases: each maker builds its event at its instant, or nothing where things have moved on."""

from __future__ import annotations

from events.fact import Danger
from events.facts import Event
from events.person import AgreementGiven, AgreementWithdrawn, CaseErased, DangerDeclared, KeepApartDeclared
from events.referral import ReferralAccepted, ReferralReceived
from events.transfer import (
    ArrivalConfirmed,
    DepartureConfirmed,
    ProposalAccepted,
    ProposalDeclined,
    TransferEnded,
    TransferRequested,
    TransferWithdrawn,
)
from events.vocabulary import ChildView, DeclineCode, GivenBy, Reason, TransferEnd
from ops.demand.agenda import Make
from ops.demand.answers import AGREEMENT_LASTS_MS
from ops.demand.calls import LinkPlan
from ops.demand.chance import event_id
from ops.demand.people import adults
from ops.demand.play import Play
from ops.demand.world import CaseNow, Stage

_NOTES = (
    "Chiama da un telefono prestato, richiamare solo la sera.",
    "Parla piano, chiede di non essere richiamata al lavoro.",
    "Accompagnata da un'operatrice di strada.",
    "Colloquio fatto in audizione; relazione segue.",
    "",
    "",
)


def referred(play: Play, case: CaseNow) -> Make:
    """Somebody signals a possible victim."""

    def make(at_ms: int) -> Event:
        draw = play.draw("referred", case.plan.case_id)
        competent = None if case.plan.province is None else play.world.network.project_of_province(case.plan.province)
        by_project = competent is not None and not case.plan.by_helpline
        return ReferralReceived(
            event_id=event_id(draw, at_ms),
            actor=play.world.staff(competent.project, draw) if competent is not None and by_project else play.world.helpline(draw),
            case_id=case.plan.case_id,
            source=case.plan.source,
            province=case.plan.province,
            household=case.plan.household,
            note=draw.choice(_NOTES),
            contact_id=case.plan.contact_id,
            group=case.plan.group,
            announced=case.plan.announced,
        )

    return make


def taken_in_charge(play: Play, case: CaseNow, project_id: str) -> Make:
    """The competent project takes the case in charge, and in half of the cases finds room of its own."""

    def make(at_ms: int) -> Event | None:
        if case.project is not None or case.erased:
            return None
        draw = play.draw("in charge", case.plan.case_id)
        settled = case.stage in (Stage.NONE, Stage.WAITING)
        room = play.world.room_of_its_own(project_id, case, draw) if settled and draw.random() < 0.5 else None
        return ReferralAccepted(event_id(draw, at_ms), play.world.staff(project_id, draw), case.plan.case_id, project_id, room)

    return make


def agreed(play: Play, case: CaseNow, person: str) -> Make:
    """One adult (or a guardian) agrees to move."""

    def make(at_ms: int) -> Event | None:
        if case.erased:
            return None
        draw = play.draw("agreed", case.plan.case_id, person, at_ms)
        actor = play.world.whoever_is_responsible(case, draw)
        grown = person in {member.person for member in adults(case.plan.household)}
        by, view = (GivenBy.SELF, None) if grown else (GivenBy.GUARDIAN, ChildView.IN_FAVOUR)
        return AgreementGiven(event_id(draw, at_ms), actor, case.plan.case_id, person, at_ms + AGREEMENT_LASTS_MS, by, view)

    return make


def agreement_withdrawn(play: Play, case: CaseNow) -> Make:
    """The first adult no longer agrees; moot once they have left."""

    def make(at_ms: int) -> Event | None:
        if case.erased or case.stage not in (Stage.PROPOSED, Stage.ACCEPTED):
            return None
        draw = play.draw("disagreed", case.plan.case_id)
        actor = play.world.whoever_is_responsible(case, draw)
        return AgreementWithdrawn(event_id(draw, at_ms), actor, case.plan.case_id, case.plan.household[0].person)

    return make


def endangered(play: Play, case: CaseNow, danger: Danger) -> Make:
    """A danger for the case becomes known."""

    def make(at_ms: int) -> Event | None:
        if case.erased:
            return None
        draw = play.draw("danger", case.plan.case_id, danger.kind, danger.value)
        return DangerDeclared(event_id(draw, at_ms), play.world.whoever_is_responsible(case, draw), case.plan.case_id, danger)

    return make


def linked(play: Play, link: LinkPlan) -> Make:
    """Two cases must be kept apart; the helpline alone sees both."""

    def make(at_ms: int) -> Event | None:
        if play.world.cases[link.case_id].erased or play.world.cases[link.other_case_id].erased:
            return None
        draw = play.draw("link", link.case_id, link.other_case_id)
        return KeepApartDeclared(event_id(draw, at_ms), play.world.helpline(draw), link.case_id, link.other_case_id, link.why)

    return make


def requested(play: Play, case: CaseNow) -> Make:
    """A place elsewhere is asked for."""

    def make(at_ms: int) -> Event | None:
        plan = case.plan.request
        if plan is None or case.erased:
            return None
        draw = play.draw("requested", case.plan.case_id)
        leaving = case.plan.province
        return TransferRequested(
            event_id=event_id(draw, at_ms),
            actor=play.world.whoever_is_responsible(case, draw),
            case_id=case.plan.case_id,
            transfer_id=plan.transfer_id,
            reason=plan.reason,
            urgency=plan.urgency,
            needed_by_ms=plan.needed_by_ms,
            leaving_province=None if plan.reason is Reason.ANNOUNCED_ARRIVAL else leaving,
            wished_levels=plan.wished_levels,
            wished_regions=plan.wished_regions,
            note="",
        )

    return make


def withdrawn(play: Play, case: CaseNow, stages: tuple[Stage, ...]) -> Make:
    """Whoever asked no longer does; moot outside these stages."""

    def make(at_ms: int) -> Event | None:
        if case.plan.request is None or case.erased or case.stage not in stages:
            return None
        draw = play.draw("withdrawn", case.plan.case_id)
        actor = play.world.whoever_is_responsible(case, draw)
        return TransferWithdrawn(event_id(draw, at_ms), actor, case.plan.case_id, case.plan.request.transfer_id)

    return make


def accepted(play: Play, case: CaseNow, proposal_id: str, project_id: str) -> Make:
    """The project says yes; one in seven does not notice that the proposal is over."""

    def make(at_ms: int) -> Event | None:
        draw = play.draw("accepted", case.plan.case_id, case.proposal_numbers[proposal_id])
        if _not_worth_saying(case, proposal_id, draw.random() < 0.15) or case.plan.request is None:
            return None
        actor = play.world.staff(project_id, draw)
        return ProposalAccepted(event_id(draw, at_ms), actor, case.plan.case_id, case.plan.request.transfer_id, proposal_id)

    return make


def declined(play: Play, case: CaseNow, proposal_id: str, project_id: str, code: DeclineCode, text: str) -> Make:
    """The project says no, with its code; one in seven does not notice that the proposal is over."""

    def make(at_ms: int) -> Event | None:
        draw = play.draw("declined", case.plan.case_id, case.proposal_numbers[proposal_id])
        if _not_worth_saying(case, proposal_id, draw.random() < 0.15) or case.plan.request is None:
            return None
        return ProposalDeclined(
            event_id=event_id(draw, at_ms),
            actor=play.world.staff(project_id, draw),
            case_id=case.plan.case_id,
            transfer_id=case.plan.request.transfer_id,
            proposal_id=proposal_id,
            code=code,
            text=text,
        )

    return make


def _not_worth_saying(case: CaseNow, proposal_id: str, unaware: bool) -> bool:
    return case.erased or (case.proposal_id != proposal_id and not unaware)


def departed(play: Play, case: CaseNow, proposal_id: str, expected_arrival_ms: int) -> Make:
    """The person has left for the accepted place."""

    def make(at_ms: int) -> Event | None:
        if case.plan.request is None or case.stage is not Stage.ACCEPTED or case.proposal_id != proposal_id:
            return None
        draw = play.draw("departed", case.plan.case_id, case.proposal_numbers[proposal_id])
        actor = play.world.whoever_is_responsible(case, draw)
        transfer_id = case.plan.request.transfer_id
        return DepartureConfirmed(event_id(draw, at_ms), actor, case.plan.case_id, transfer_id, expected_arrival_ms)

    return make


def arrived(play: Play, case: CaseNow, proposal_id: str, project_id: str) -> Make:
    """The receiving project sees them come in."""

    def make(at_ms: int) -> Event | None:
        if case.plan.request is None or case.stage is not Stage.DEPARTED or case.proposal_id != proposal_id:
            return None
        draw = play.draw("arrived", case.plan.case_id)
        actor = play.world.staff(project_id, draw)
        return ArrivalConfirmed(event_id(draw, at_ms), actor, case.plan.case_id, case.plan.request.transfer_id)

    return make


def ended(play: Play, case: CaseNow, proposal_id: str, how: TransferEnd) -> Make:
    """The journey ended otherwise."""

    def make(at_ms: int) -> Event | None:
        if case.plan.request is None or case.stage is not Stage.DEPARTED or case.proposal_id != proposal_id:
            return None
        draw = play.draw("ended", case.plan.case_id)
        actor = play.world.whoever_is_responsible(case, draw)
        return TransferEnded(event_id(draw, at_ms), actor, case.plan.case_id, case.plan.request.transfer_id, how)

    return make


def erased(play: Play, case: CaseNow) -> Make:
    """Somebody asks that nothing about them be kept."""

    def make(at_ms: int) -> Event | None:
        if case.erased or case.stage not in (Stage.NONE, Stage.OVER):
            return None
        draw = play.draw("erased", case.plan.case_id)
        return CaseErased(event_id(draw, at_ms), play.world.helpline(draw), case.plan.case_id)

    return make
