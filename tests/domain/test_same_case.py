"""Stream `person`: two cases are found to be the same; what protects carries over, and nothing is double."""

from __future__ import annotations

from coordinator.domain.snapshot import parts_of, state_from
from events.fact import Danger
from events.person import AgreementGiven, AliasErased, CaseErased, CasesFoundSame, DangerDeclared, KeepApartDeclared
from events.referral import ReferralAccepted, ReferralReceived, ResponsibilityPassed
from events.transfer import ProposalAccepted, ProposalEnded
from events.verdict import Duplicate, Refused
from events.vocabulary import AgeGroup, DangerKind, KeepApart, Need, ProposalEnd, RefusalCode, Source
from tests.domain.world import DAY, HELPLINE, World, body, italy, kinds, only, uuid, woman

STAYS, OTHER = uuid("anna"), uuid("anna again")


def two(**others: object) -> World:
    """Anna with one project, and somebody with the helpline who turns out to be her."""
    world = italy()
    world.unit("rm-1", "lazio", "12")
    world.case("anna")
    world.send(ReferralReceived("", HELPLINE, OTHER, Source.SELF, None, (woman("a", **others),), ""))
    return world


def same(world: World) -> tuple[object, ...]:
    return world.send(CasesFoundSame("", HELPLINE, STAYS, OTHER))


def test_one_case_stays_and_the_other_is_another_name_of_it() -> None:
    world = two()
    assert kinds(same(world)) == ["Recorded"]  # type: ignore[arg-type]
    assert set(world.state.cases) == {STAYS}
    assert dict(world.state.aliases) == {OTHER: STAYS}
    danger = DangerDeclared("", HELPLINE, OTHER, Danger(DangerKind.REGION, "12"))
    assert world.send(danger)[-1] == Refused(RefusalCode.CASE_MERGED, "case_id")


def test_dangers_of_both_protect_and_a_hold_that_became_wrong_is_released() -> None:
    world = two()
    world.send(DangerDeclared("", HELPLINE, OTHER, Danger(DangerKind.PROVINCE, "RM")))
    world.request(STAYS)
    assert world.proposed_unit(STAYS) == "rm-1"
    outcomes = world.send(CasesFoundSame("", HELPLINE, STAYS, OTHER))
    assert only(outcomes, ProposalEnded).how is ProposalEnd.RELEASED
    assert world.proposed_unit(STAYS) is None


def test_links_of_both_protect_on_both_sides() -> None:
    world = two()
    bina = world.case("bina", "lazio", hosted="rm-1")
    world.send(KeepApartDeclared("", HELPLINE, OTHER, bina, KeepApart.RECRUITER))
    same(world)
    assert dict(world.state.links) == {STAYS: (bina,), bina: (STAYS,)}
    world.request(STAYS)
    assert world.proposed_unit(STAYS) is None


def test_the_younger_reading_and_the_needs_of_both_stand() -> None:
    world = two(age_group=AgeGroup.DISPUTED, essential_needs=(Need.STEP_FREE,))
    same(world)
    (member,) = world.state.cases[STAYS].household
    assert (member.age_group, member.essential_needs) == (AgeGroup.DISPUTED, (Need.STEP_FREE,))


def test_a_live_request_is_looked_at_with_the_household_as_it_is_now() -> None:
    world = two(age_group=AgeGroup.DISPUTED)
    world.request(STAYS)
    assert world.proposed_unit(STAYS) == "rm-1"
    same(world)
    assert world.proposed_unit(STAYS) is None, "a minor is never placed automatically"


def test_an_agreement_lasts_until_the_earlier_instant_and_none_is_borrowed() -> None:
    world = two()
    world.send(AgreementGiven("", HELPLINE, OTHER, "a", world.now + DAY))
    soon = world.now + DAY
    same(world)
    assert [agreement.until_ms for agreement in world.state.cases[STAYS].agreements] == [soon]

    world = two()
    world.send(AgreementGiven("", HELPLINE, OTHER, "a", world.now + DAY))
    world.send(CasesFoundSame("", HELPLINE, OTHER, STAYS))
    assert [agreement.until_ms for agreement in world.state.cases[OTHER].agreements] == [soon]

    world = two()
    world.send(CasesFoundSame("", HELPLINE, OTHER, STAYS))
    assert not world.state.cases[OTHER].agreements


def test_responsibility_is_never_double_nor_lost() -> None:
    world = two()
    outcomes = world.send(CasesFoundSame("", HELPLINE, OTHER, STAYS))
    assert only(outcomes, ResponsibilityPassed).project_id == "campania"

    world = two()
    world.send(ReferralAccepted("", body("lazio"), OTHER, "lazio", None))
    assert kinds(same(world)) == ["Recorded"]  # type: ignore[arg-type]
    assert world.state.cases[STAYS].responsible == "campania", "who has the case that stays"


def test_a_live_transfer_carries_over_with_its_place() -> None:
    world = two()
    world.request(STAYS)
    transfer_id = world.transfer_id(STAYS)
    world.send(CasesFoundSame("", HELPLINE, OTHER, STAYS))
    assert world.proposed_unit(OTHER) is None, "their agreement was given for the other plan"
    world.send(AgreementGiven("", HELPLINE, OTHER, "a", world.now + 30 * DAY))
    assert world.proposed_unit(OTHER) == "rm-1"
    assert "Recorded" in kinds(world.send(ProposalAccepted("", body("lazio"), OTHER, transfer_id, None)))
    world.depart(OTHER)
    assert only(world.arrive(OTHER), ResponsibilityPassed).project_id == "lazio"


def test_only_who_has_to_do_with_both_may_say_so() -> None:
    world = two()
    assert world.send(CasesFoundSame("", body("campania"), STAYS, OTHER))[-1] == Refused(RefusalCode.NOT_RESPONSIBLE, "case_id")
    world.send(ReferralAccepted("", body("campania"), OTHER, "campania", None))
    assert "Recorded" in kinds(world.send(CasesFoundSame("", body("campania"), STAYS, OTHER)))


def test_names_of_names_are_names_of_the_one_that_stays() -> None:
    world = two()
    third = world.case("third")
    same(world)
    world.send(CasesFoundSame("", HELPLINE, third, STAYS))
    assert dict(world.state.aliases) == {OTHER: third, STAYS: third}
    assert state_from("it", *parts_of(world.state)).aliases == world.state.aliases


def test_erasing_the_case_that_stays_erases_every_name_of_it() -> None:
    world = two()
    same(world)
    outcomes = world.send(CaseErased("", HELPLINE, STAYS))
    assert only(outcomes, AliasErased).case_id == OTHER
    assert not world.state.aliases
    assert set(world.state.erased) == {STAYS, OTHER}
    assert not world.state.seen_by_case
    late = ReferralReceived("", HELPLINE, OTHER, Source.SELF, None, (woman(),), "")
    assert world.send(late)[-1] == Refused(RefusalCode.CASE_ERASED, "")


def test_a_repeat_of_what_came_under_the_other_name_has_its_answer() -> None:
    world = two()
    danger = world.stamped(DangerDeclared("", HELPLINE, OTHER, Danger(DangerKind.REGION, "19")))
    world.send(danger)
    same(world)
    assert isinstance(world.send(danger)[-1], Duplicate)
