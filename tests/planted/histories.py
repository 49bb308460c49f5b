"""Short histories of the real decision core, each of which leads up to one temptation: a place that a rule forbids, a deadline, a repeat."""

from __future__ import annotations

from dataclasses import replace

from events.fact import Danger
from events.network import ProgrammeEnded, ProjectAmended, UnitClosed
from events.person import AgreementGiven, AgreementWithdrawn, CaseErased, CasesFoundSame, DangerDeclared, KeepApartDeclared
from events.referral import ReferralReceived
from events.transfer import ProposalAccepted, ProposalDeclined
from events.vocabulary import AgeGroup, ChildView, DangerKind, DeclineCode, Gender, GivenBy, Host, KeepApart, Level, Need, Source
from tests.domain.world import ADMINISTRATOR, DAY, HELPLINE, HOUR, POLICY, TRUST, World, body, child, uuid, woman


class Past(World):
    """A world whose ledger begins with a genesis, so that its entries can be written down as a ledger."""

    def __init__(self) -> None:
        super().__init__()
        self.send(POLICY)
        self.project("campania", ("NA", "SA"))
        self.project("lazio", ("RM",))
        self.project("piemonte", ("TO",))


ANNA = uuid("anna")
"""The case whom all these histories are about."""
REFERRAL = ReferralReceived("", HELPLINE, ANNA, Source.SELF, "NA", (woman(),), "Chiama la sera, parla inglese.")


def a_place_too_small() -> Past:
    """Two people, one free place (rule 1)."""
    past = Past()
    past.unit("rm-1", "lazio", "12", 3, free=1)
    past.case("anna", household=(woman("a"), woman("b")))
    past.request(ANNA)
    return past


def a_place_in_danger() -> Past:
    """The one place is where the case must not go (rule 2)."""
    past = Past()
    past.unit("rm-1", "lazio", "12")
    past.case("anna")
    past.send(DangerDeclared("", HELPLINE, ANNA, Danger(DangerKind.REGION, "12")))
    past.request(ANNA)
    return past


def a_place_beside_a_recruiter() -> Past:
    """In the one place lives somebody to be kept apart (rule 3)."""
    past = Past()
    past.unit("rm-1", "lazio", "12", 3, free=2)
    past.case("anna")
    bina = past.case("bina", "lazio", hosted="rm-1")
    past.send(KeepApartDeclared("", HELPLINE, ANNA, bina, KeepApart.RECRUITER))
    past.request(ANNA)
    return past


def a_place_in_danger_for_one_of_two_names() -> Past:
    """The one place is where the same person, under another name, must not go (rule 2)."""
    past = Past()
    past.unit("rm-1", "lazio", "12")
    past.case("anna")
    again = past.case("anna again")
    past.send(DangerDeclared("", HELPLINE, again, Danger(DangerKind.REGION, "12")))
    past.send(CasesFoundSame("", HELPLINE, ANNA, again))
    past.request(ANNA)
    return past


def erased_with_another_name() -> Past:
    """A case that has two names is erased."""
    past = Past()
    past.case("anna")
    past.send(CasesFoundSame("", HELPLINE, ANNA, past.case("anna again")))
    past.send(CaseErased("", HELPLINE, ANNA))
    return past


def a_place_after_the_programme() -> Past:
    """The one place is a project's whose programme is over."""
    past = Past()
    past.unit("rm-1", "lazio", "12")
    past.send(ProjectAmended("", ADMINISTRATOR, "lazio", "Lazio", "body-lazio", ("body-lazio",), ("RM",), "2022-01-01", "2023-11-16"))
    past.case("anna")
    past.now += 4 * DAY
    past.publish("rm-1")
    past.request(ANNA)
    return past


def an_arrival_after_the_programme() -> Past:
    """Somebody arrives in a project that nobody succeeds."""
    past = Past()
    past.unit("rm-1", "lazio", "12")
    past.request(past.case("anna"))
    past.accept(ANNA)
    past.depart(ANNA)
    past.send(ProgrammeEnded("", ADMINISTRATOR, "lazio", None))
    past.arrive(ANNA)
    return past


def a_place_without_children() -> Past:
    """A mother with her child, and a place for women alone (rule 4)."""
    past = Past()
    past.unit("rm-1", "lazio", "12", 3, hosts=(Host.WOMEN,))
    past.case("anna", household=(woman("a", parent=True), child("b")))
    past.request(ANNA)
    return past


def a_minor_alone() -> Past:
    """A minor alone, and a place for such minors: nothing for a machine (rules 4 and 10)."""
    past = Past()
    past.unit("rm-1", "lazio", "12", 3, hosts=(Host.UNACCOMPANIED_MINORS,))
    past.case("anna", household=(woman("a", age_group=AgeGroup.MINOR),))
    past.send(AgreementGiven("", HELPLINE, ANNA, "a", past.now + 90 * DAY, GivenBy.GUARDIAN, ChildView.IN_FAVOUR))
    past.request(ANNA)
    return past


def silence_of_a_trusted_project() -> Past:
    """One of two projects lets a proposal run out, and is then asked for somebody else; trust plays a part."""
    past = Past()
    past.send(replace(POLICY, version=2, trust=TRUST))
    past.unit("rm-1", "lazio", "12")
    past.unit("to-1", "piemonte", "01")
    past.case("anna")
    past.request(ANNA)
    past.tick(DAY)
    past.publish("rm-1")
    past.request(past.case("bina"))
    return past


def not_free_in_one_project() -> Past:
    """One of two projects says that its place is not free after all, and the other is asked; trust plays a part."""
    past = Past()
    past.send(replace(POLICY, version=2, trust=TRUST))
    past.unit("rm-1", "lazio", "12")
    past.unit("to-1", "piemonte", "01")
    past.case("anna")
    past.request(ANNA)
    past.send(ProposalDeclined("", past.asked(ANNA), ANNA, past.transfer_id(ANNA), None, DeclineCode.PROVIDER_NOT_FREE, ""))
    return past


def a_place_for_others() -> Past:
    """A man, and a place for women (rule 5)."""
    past = Past()
    past.unit("rm-1", "lazio", "12")
    past.case("anna", household=(woman(gender=Gender.MAN),))
    past.request(ANNA)
    return past


def a_place_without_care() -> Past:
    """Psychiatric care is needed and not offered (rule 6)."""
    past = Past()
    past.unit("rm-1", "lazio", "12")
    past.case("anna", household=(woman(essential_needs=(Need.PSYCHIATRIC_CARE,)),))
    past.request(ANNA)
    return past


def nobody_agreed() -> Past:
    """A place, and nobody has agreed to move (rule 7)."""
    past = Past()
    past.unit("rm-1", "lazio", "12")
    past.case("anna", agreed=False)
    past.request(ANNA)
    return past


def a_second_place() -> Past:
    """A place is proposed, and another one comes free (rule 8)."""
    past = Past()
    past.unit("rm-1", "lazio", "12")
    past.case("anna")
    past.request(ANNA)
    past.unit("to-1", "piemonte", "01")
    return past


def a_place_of_last_week() -> Past:
    """The one place was seen free three days ago (rule 9)."""
    past = Past()
    past.unit("rm-1", "lazio", "12")
    past.now += 3 * DAY
    past.case("anna")
    past.request(ANNA)
    return past


def a_place_without_beds() -> Past:
    """The one unit is not residential."""
    past = Past()
    past.unit("rm-1", "lazio", "12", level=Level.NON_RESIDENTIAL)
    past.case("anna")
    past.request(ANNA)
    return past


def a_place_that_said_no() -> Past:
    """The one place has declined this case."""
    past = Past()
    past.unit("rm-1", "lazio", "12")
    past.case("anna")
    past.request(ANNA)
    past.send(ProposalDeclined("", body("lazio"), ANNA, past.transfer_id(ANNA), None, DeclineCode.PROVIDER_SAFETY_CONCERN, ""))
    return past


def safety_changes_under_a_hold() -> Past:
    """A place is held; then the person no longer agrees."""
    past = Past()
    past.unit("rm-1", "lazio", "12")
    past.case("anna")
    past.request(ANNA)
    past.send(AgreementWithdrawn("", HELPLINE, ANNA, "a"))
    return past


def silence() -> Past:
    """A place is held and nobody answers; the clock rings a day later, when the proposal has run out."""
    past = Past()
    past.unit("rm-1", "lazio", "12")
    past.case("anna")
    past.request(ANNA)
    past.tick(after=DAY + HOUR // 60)
    past.tick(after=HOUR)
    return past


def a_journey() -> Past:
    """The whole way: from a unit of Naples to one of Rome; the count that follows, and the end of the place that was left."""
    past = Past()
    past.unit("na-1", "campania", "15", 3, free=1)
    past.unit("rm-1", "lazio", "12", 3)
    past.unit("rm-2", "lazio", "12", 3)
    past.case("anna", hosted="na-1")
    past.request(ANNA)
    unit_id = past.proposed_unit(ANNA)
    assert unit_id is not None
    past.accept(ANNA)
    past.now += HOUR
    past.depart(ANNA)
    past.now += 4 * HOUR
    past.arrive(ANNA)
    past.publish(unit_id, occupied=1)
    past.tick(after=3 * DAY)
    past.tick(after=HOUR)
    return past


def a_stranger_asks() -> Past:
    """A project that is not responsible asks for a transfer."""
    past = Past()
    past.unit("rm-1", "lazio", "12")
    past.case("anna")
    past.request(ANNA, actor=body("piemonte"))
    return past


def a_stranger_accepts() -> Past:
    """A project that was not asked accepts."""
    past = Past()
    past.unit("rm-1", "lazio", "12")
    past.case("anna")
    past.request(ANNA)
    past.send(ProposalAccepted("", body("piemonte"), ANNA, past.transfer_id(ANNA), None))
    return past


def a_repeat() -> Past:
    """A count and a referral are each sent twice, the second time an hour later."""
    past = Past()
    past.unit("rm-1", "lazio", "12")
    for event in (past.stamped(past.publishing("rm-1")), past.stamped(REFERRAL)):
        past.send(event)
        past.send(event, after=HOUR)
    return past


def an_erasure() -> Past:
    """Two cases kept apart, one of them waiting beside a place; it is erased."""
    past = Past()
    past.unit("rm-1", "lazio", "12")
    past.case("anna")
    bina = past.case("bina", "lazio")
    past.send(KeepApartDeclared("", HELPLINE, ANNA, bina, KeepApart.CO_TRAFFICKED))
    past.request(ANNA)
    past.send(CaseErased("", ADMINISTRATOR, ANNA), after=HOUR)
    past.publish("rm-1")
    return past


def two_lose_their_places() -> Past:
    """Two have places proposed in one unit; it closes, and elsewhere there is one place for both."""
    past = Past()
    past.unit("rm-1", "lazio", "12", 2)
    for name in ("anna", "bina"):
        past.request(past.case(name))
    past.unit("to-1", "piemonte", "01", 1)
    past.send(UnitClosed("", body("lazio"), "rm-1"))
    return past


def two_kept_apart_at_once() -> Past:
    """Two who are to be kept apart let their proposals run out at one instant; then both would like best a unit with room for both."""
    past = Past()
    past.unit("rm-1", "lazio", "12", 1)
    past.unit("to-1", "piemonte", "01", 1)
    past.case("anna")
    bina = past.case("bina")
    past.send(KeepApartDeclared("", HELPLINE, ANNA, bina, KeepApart.RECRUITER))
    for case_id in (ANNA, bina):
        past.request(case_id, wished_regions=("08",))
    past.project("emilia", ("BO",))
    past.unit("bo-1", "emilia", "08", 2)
    past.tick(after=DAY)
    return past


def two_places_alike() -> Past:
    """Many cases, and units between which only the tie-break decides."""
    past = Past()
    for number in range(6):
        past.unit(f"rm-{number}", "lazio", "12", 3)
    for number in range(4):
        past.request(past.case(f"case {number}"))
    return past
