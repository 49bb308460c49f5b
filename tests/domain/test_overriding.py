"""Stream `transfer`, people's own choice: the helpline confirms first, or proposes another unit; safety it cannot override."""

from __future__ import annotations

from dataclasses import replace

import pytest

from coordinator.domain import next_deadline_ms
from events.fact import Actor, Danger
from events.facts import Outcome
from events.person import AgreementGiven, AgreementWithdrawn, DangerDeclared
from events.question import HoldDeadlineMoved
from events.transfer import (
    MatchExplained,
    MatchOverridden,
    OutOfOrder,
    PlaceHeld,
    ProposalAccepted,
    ProposalConfirmed,
    ProposalDeclined,
    ProposalEnded,
    ProposalMade,
    ProposalPrepared,
    TransferEscalated,
)
from events.two_people import ActionConfirmed
from events.verdict import Refused
from events.vocabulary import (
    AgeGroup,
    ChildView,
    DangerKind,
    DeclineCode,
    Escalation,
    GivenBy,
    Host,
    Level,
    OverrideCode,
    ProposalEnd,
    Reason,
    RefusalCode,
    Role,
    Urgency,
)
from tests.domain.world import ADMINISTRATOR, CONFIRMING, DAY, HELPLINE, HOUR, MINUTE, POLICY, World, body, child, italy, kinds, only, woman


def two_places() -> World:
    """Rome, wished for, ranks before Turin."""
    world = italy()
    world.unit("rm-1", "lazio", "12", 2, languages=("eng",))
    world.unit("to-1", "piemonte", "01", 2, languages=("zho",))
    return world


def override(world: World, case_id: str, unit_id: str, **changes: object) -> tuple[Outcome, ...]:
    event = MatchOverridden("", HELPLINE, case_id, world.transfer_id(case_id), unit_id, OverrideCode.FAMILY_NEAR, "a sister lives there", "")
    return world.send(replace(event, **changes))  # type: ignore[arg-type]


def confirm_action(world: World, case_id: str, actor: Actor = ADMINISTRATOR) -> tuple[Outcome, ...]:
    (action_id,) = world.state.awaited
    return world.send(ActionConfirmed("", actor, case_id, action_id))


# Out of order.


def test_out_of_order_takes_a_second_person_of_another_body_and_is_reported() -> None:
    world = two_places()
    case = world.case("anna")
    world.request(case)
    assert world.proposed_unit(case) == "rm-1"
    assert kinds(override(world, case, "to-1")) == ["Recorded", "ConfirmationAwaited"]
    assert world.proposed_unit(case) == "rm-1"
    outcomes = confirm_action(world, case, body("campania"))
    assert only(outcomes, ProposalEnded).how is ProposalEnd.RELEASED
    assert only(outcomes, ProposalMade).unit_id == "to-1"
    reported = only(outcomes, OutOfOrder)
    assert (reported.rank, reported.better, reported.code) == (2, ("rm-1",), OverrideCode.FAMILY_NEAR)
    assert [scored.unit_id for scored in only(outcomes, MatchExplained).scored] == ["rm-1", "to-1"]


def test_nobody_of_the_same_body_confirms() -> None:
    world = two_places()
    case = world.case("anna")
    world.request(case)
    override(world, case, "to-1")
    colleague = Actor("op-2", HELPLINE.body, Role.HELPLINE)
    assert confirm_action(world, case, colleague) == (Refused(RefusalCode.ANOTHER_BODY_NEEDED, "actor"),)


def test_in_an_emergency_one_person_does_and_is_reviewed() -> None:
    world = two_places()
    case = world.case("anna")
    world.request(case)
    outcomes = override(world, case, "to-1", emergency="they are at the door")
    assert {"ReviewDue", "OutOfOrder", "ProposalMade"} <= set(kinds(outcomes))


def test_where_nothing_better_is_skipped_the_helpline_alone_may() -> None:
    world = two_places()
    case = world.case("minor", household=(child("a", age_group=AgeGroup.MINOR),))
    world.unit("pa-1", "lazio", "19", 2, hosts=(Host.UNACCOMPANIED_MINORS,))
    world.request(case)
    assert world.proposed_unit(case) is None
    world.send(AgreementGiven("", HELPLINE, case, "a", world.now + DAY, GivenBy.GUARDIAN, ChildView.IN_FAVOUR))
    outcomes = override(world, case, "pa-1", code=OverrideCode.MINOR)
    assert only(outcomes, ProposalMade).unit_id == "pa-1"
    assert not {"OutOfOrder", "ConfirmationAwaited", "ReviewDue"} & set(kinds(outcomes))


def test_after_three_declines_the_operator_chooses() -> None:
    world = two_places()
    world.send(replace(POLICY, version=2, max_declines=1))
    case = world.case("anna")
    world.request(case)
    world.send(ProposalDeclined("", world.asked(case), case, world.transfer_id(case), None, DeclineCode.PERSON_REFUSED, ""))
    assert only(override(world, case, "to-1"), ProposalMade).unit_id == "to-1"


def test_a_unit_that_declined_may_be_chosen_after_all_others() -> None:
    world = two_places()
    case = world.case("anna")
    world.request(case)
    world.send(ProposalDeclined("", world.asked(case), case, world.transfer_id(case), None, DeclineCode.PROVIDER_CANNOT_MEET_NEED, ""))
    assert world.proposed_unit(case) == "to-1"
    override(world, case, "rm-1")
    assert only(confirm_action(world, case), OutOfOrder).better == ("to-1",)


def test_a_choice_that_has_become_impossible_when_confirmed_waits_on() -> None:
    world = two_places()
    case = world.case("anna")
    world.request(case)
    override(world, case, "to-1")
    world.publish("to-1", occupied=2)
    assert confirm_action(world, case) == (Refused(RefusalCode.NO_PLACE_FREE, "unit_id"),)
    world.now += MINUTE
    world.publish("to-1")
    assert only(confirm_action(world, case), ProposalMade).unit_id == "to-1"


UNIT: dict[str, tuple[RefusalCode, dict[str, object]]] = {
    "rule 1": (RefusalCode.NO_PLACE_FREE, {"free": 0}),
    "rule 9": (RefusalCode.NO_PLACE_FREE, {"free": -1}),
    "not residential": (RefusalCode.NO_PLACE_FREE, {"level": Level.NON_RESIDENTIAL}),
    "rule 2, residents": (RefusalCode.SAFETY, {"dangers": (Danger(DangerKind.PROVINCE, "NA"),)}),
    "rule 4": (RefusalCode.SAFETY, {"hosts": (Host.UNACCOMPANIED_MINORS,)}),
    "rule 5": (RefusalCode.SAFETY, {"hosts": (Host.MEN,)}),
}


@pytest.mark.parametrize("name", UNIT)
@pytest.mark.parametrize("emergency", ["", "now"])
def test_no_choice_overrides_safety_or_takes_a_place_that_is_not_there(name: str, emergency: str) -> None:
    code, unit = UNIT[name]
    world = two_places()
    world.unit("pa-1", "lazio", "19", 2, **unit)  # type: ignore[arg-type]
    case = world.case("anna")
    world.send(DangerDeclared("", HELPLINE, case, Danger(DangerKind.PROVINCE, "NA")))
    world.request(case)
    assert override(world, case, "pa-1", emergency=emergency)[-1] == Refused(code, "unit_id")


def test_no_choice_overrides_a_danger_or_a_missing_agreement() -> None:
    world = two_places()
    case = world.case("anna")
    world.send(DangerDeclared("", HELPLINE, case, Danger(DangerKind.PROJECT, "piemonte")))
    world.request(case)
    assert override(world, case, "to-1", emergency="now")[-1] == Refused(RefusalCode.SAFETY, "unit_id")
    world.send(AgreementWithdrawn("", HELPLINE, case, "a"))
    assert override(world, case, "rm-1", emergency="now")[-1] == Refused(RefusalCode.AGREEMENT_MISSING, "")


# Confirmed first.


def confirming() -> tuple[World, str]:
    """Rome is prepared for Anna, who asks for safety; Lazio knows nothing."""
    world = two_places()
    world.send(replace(POLICY, version=2, transfers=CONFIRMING))
    case = world.case("anna")
    world.request(case, reason=Reason.SAFETY, urgency=Urgency.PLANNED)
    return world, case


def confirm(world: World, case_id: str, **changes: object) -> tuple[Outcome, ...]:
    return world.send(replace(ProposalConfirmed("", HELPLINE, case_id, world.transfer_id(case_id), None), **changes))  # type: ignore[arg-type]


def test_where_policy_says_so_a_place_is_held_and_not_disclosed_until_the_helpline_confirms() -> None:
    world = two_places()
    world.send(replace(POLICY, version=2, transfers=CONFIRMING))
    case = world.case("anna")
    outcomes = world.request(case, reason=Reason.SAFETY, urgency=Urgency.PLANNED)
    assert kinds(outcomes) == ["Recorded", "PlaceHeld", "ProposalPrepared", "MatchExplained", "CapacityChanged"]
    assert only(outcomes, PlaceHeld).until_ms == world.now + HOUR
    assert world.state.cases[case].transfer.disclosures == 0  # type: ignore[union-attr]
    world.now += 10 * MINUTE
    confirmed = confirm(world, case)
    assert kinds(confirmed) == ["Recorded", "HoldDeadlineMoved", "ProposalMade"]
    assert only(confirmed, HoldDeadlineMoved).until_ms == only(confirmed, ProposalMade).deadline_at_ms == world.now + 3 * DAY
    assert only(confirmed, ProposalMade).proposal_id == only(outcomes, ProposalPrepared).proposal_id
    assert world.state.cases[case].transfer.disclosures == 1  # type: ignore[union-attr]
    assert next_deadline_ms(world.state) == world.now + 3 * DAY
    assert "PlaceReserved" in kinds(world.accept(case))


def test_other_requests_are_proposed_at_once() -> None:
    world = two_places()
    world.send(replace(POLICY, version=2, transfers=CONFIRMING))
    assert "ProposalMade" in kinds(world.request(world.case("anna"), urgency=Urgency.PLANNED))


def test_the_project_can_neither_accept_nor_decline_what_it_has_not_been_told() -> None:
    world, case = confirming()
    accepted = ProposalAccepted("", body("lazio"), case, world.transfer_id(case), None)
    declined = ProposalDeclined("", body("lazio"), case, world.transfer_id(case), None, DeclineCode.PERSON_REFUSED, "")
    for event in (accepted, declined):
        assert world.send(event)[-1] == Refused(RefusalCode.NO_LIVE_PROPOSAL, "transfer_id")


def test_a_prepared_proposal_that_nobody_confirms_frees_the_place_and_an_operator_decides() -> None:
    world, case = confirming()
    outcomes = world.tick(HOUR)
    assert only(outcomes, ProposalEnded).how is ProposalEnd.RELEASED
    assert only(outcomes, TransferEscalated).why is Escalation.NOT_CONFIRMED
    assert not world.state.holds
    assert not world.state.cases[case].parked
    assert "ProposalPrepared" not in kinds(world.publish("to-1"))


def test_a_danger_that_arrives_meanwhile_releases_what_was_prepared() -> None:
    world, case = confirming()
    outcomes = world.send(DangerDeclared("", HELPLINE, case, Danger(DangerKind.REGION, "12")))
    assert only(outcomes, ProposalEnded).how is ProposalEnd.RELEASED
    assert only(outcomes, ProposalPrepared).unit_id == "to-1"


@pytest.mark.parametrize(
    ("code", "field", "changes"),
    [
        (RefusalCode.ROLE_NOT_ALLOWED, "actor", {"actor": body("lazio")}),
        (RefusalCode.PROPOSAL_SUPERSEDED, "proposal_id", {"proposal_id": "00000000-0000-4000-8000-000000000000"}),
    ],
)
def test_confirming_is_refused(code: RefusalCode, field: str, changes: dict[str, object]) -> None:
    world, case = confirming()
    assert confirm(world, case, **changes)[-1] == Refused(code, field)


def test_what_is_disclosed_already_needs_no_confirmation() -> None:
    world, case = confirming()
    confirm(world, case)
    assert confirm(world, case)[-1] == Refused(RefusalCode.NO_LIVE_PROPOSAL, "transfer_id")


def test_an_agreement_that_ran_out_keeps_the_proposal_from_being_disclosed() -> None:
    world, case = confirming()
    world.agree(case, "a", 65 * MINUTE - HOUR)
    world.now += 10 * MINUTE
    assert confirm(world, case)[-1] == Refused(RefusalCode.AGREEMENT_MISSING, "")


def test_the_helpline_may_choose_another_unit_instead_of_the_prepared_one() -> None:
    world, case = confirming()
    assert override(world, case, "rm-1")[-1] == Refused(RefusalCode.ALREADY_PROPOSED, "unit_id")
    override(world, case, "to-1")
    assert only(confirm_action(world, case), ProposalMade).unit_id == "to-1"


def test_a_mother_and_her_child_are_chosen_for_as_a_household() -> None:
    world = two_places()
    case = world.case("family", household=(woman("a", parent=True), child("b")))
    world.unit("pa-1", "lazio", "19", 1)
    world.request(case)
    assert override(world, case, "pa-1")[-1] == Refused(RefusalCode.NO_PLACE_FREE, "unit_id")
