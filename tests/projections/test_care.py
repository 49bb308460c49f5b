"""What the views tell of a referral: who is asked, when somebody comes, what is due; and of two cases that are one."""

from __future__ import annotations

from events.network import ProgrammeEnded
from events.person import CaseErased, CasesFoundSame
from events.referral import (
    Announced,
    AssessmentRecorded,
    Group,
    ReferralAccepted,
    ReferralAmended,
    ReferralAssigned,
    ReferralClosed,
    ReferralDeclined,
    ReferralReceived,
    ResponsibilityOffered,
    ResponsibilityTaken,
)
from events.vocabulary import GroupWish, Indicators, ReferralDeclineCode, ReferralEnd, Source
from projections import case_file, inbox, network
from projections.case_file import CaseFile
from projections.inbox import HELPLINE as OF_HELPLINE
from projections.inbox import Item, ItemKind
from projections.reported import effects_of
from tests.domain.world import ADMINISTRATOR, DAY, HELPLINE, HOUR, World, body, italy, uuid, woman

CASE, OTHER = uuid("anna"), uuid("anna again")


class Views:
    """The pure folds over a world's entries, each applied twice."""

    def __init__(self, world: World) -> None:
        self.files: dict[str, CaseFile] = {}
        self.projects: dict[str, network.Project] = {}
        self.units: dict[str, network.Unit] = {}
        self.sequence = world.sequence
        for entry in world.entries:
            for _ in range(2):
                effects = effects_of(entry)
                for case_id, file in case_file.fold(self.files, effects).items():
                    if file is None:
                        self.files.pop(case_id, None)
                    else:
                        self.files[case_id] = case_file.from_bytes(case_file.to_bytes(file))
                told = network.fold(network.Rows(self.projects, self.units, {}), effects)
                self.projects |= {key: row for key, row in told.projects.items() if row is not None}
                self.units |= {key: row for key, row in told.units.items() if row is not None}

    def inbox(self, project_id: str) -> list[Item]:
        return [
            item
            for case_id in sorted(self.files)
            for item in inbox.items(case_id, self.files[case_id].care, self.files[case_id].transfers, project_id, self.sequence)
        ]


def referred(world: World) -> None:
    announced, group = Announced(Source.OTHER_STATE, world.now + DAY), Group(uuid("landing"), GroupWish.TOGETHER)
    world.send(ReferralReceived("", HELPLINE, CASE, Source.OTHER_STATE, "RM", (woman(),), "", None, group, announced))


def kinds_of(items: list[Item]) -> list[ItemKind]:
    return [item.kind for item in items]


def test_a_referral_waits_with_the_day_on_which_somebody_comes_and_the_old_day_falls_out() -> None:
    world = italy()
    referred(world)
    (item,) = Views(world).inbox("lazio")
    assert (item.kind, item.announced_by, item.expected_at_ms, item.group_id) == (
        ItemKind.REFERRAL,
        Source.OTHER_STATE,
        world.now + DAY,
        uuid("landing"),
    )
    later = world.now + 4 * DAY
    world.send(ReferralAmended("", body("lazio"), CASE, "RM", Announced(Source.OTHER_STATE, later)))
    (item,) = Views(world).inbox("lazio")
    assert item.expected_at_ms == later


def test_what_is_declined_waits_with_the_helpline_and_then_with_whom_it_asks() -> None:
    world = italy()
    referred(world)
    world.send(ReferralDeclined("", body("lazio"), CASE, "lazio", ReferralDeclineCode.CONFLICT_OF_INTEREST, ""))
    views = Views(world)
    assert kinds_of(views.inbox("lazio")) == []
    assert kinds_of(views.inbox(OF_HELPLINE)) == [ItemKind.REFERRAL]
    world.send(ReferralAssigned("", HELPLINE, CASE, "piemonte"))
    assert kinds_of(Views(world).inbox("piemonte")) == [ItemKind.REFERRAL]


def test_an_assessment_is_due_until_one_is_recorded() -> None:
    world = italy()
    referred(world)
    world.send(ReferralAccepted("", body("lazio"), CASE, "lazio", None))
    (item,) = Views(world).inbox("lazio")
    assert (item.kind, item.assessment_due) == (ItemKind.CASE, True)
    world.send(AssessmentRecorded("", body("lazio"), CASE, Indicators.UNCLEAR, (), ""))
    (item,) = Views(world).inbox("lazio")
    assert not item.assessment_due


def test_an_offer_stands_with_whom_it_is_made_to_until_it_is_answered() -> None:
    world = italy()
    referred(world)
    world.send(ReferralAccepted("", body("lazio"), CASE, "lazio", None))
    world.send(ResponsibilityOffered("", body("lazio"), CASE, "piemonte"))
    assert kinds_of(Views(world).inbox("piemonte")) == [ItemKind.OFFER]
    world.send(ResponsibilityTaken("", body("piemonte"), CASE, "piemonte"))
    views = Views(world)
    assert kinds_of(views.inbox("piemonte")) == [ItemKind.CASE]
    assert kinds_of(views.inbox("lazio")) == []


def test_a_closed_case_waits_for_nobody_and_keeps_its_story() -> None:
    world = italy()
    referred(world)
    world.send(ReferralClosed("", HELPLINE, CASE, ReferralEnd.MOVED_ABROAD, ""))
    views = Views(world)
    assert not views.inbox("lazio") and not views.inbox(OF_HELPLINE)
    (ended,) = views.files[CASE].care.ended
    assert ended.how == "moved_abroad"
    before = case_file.as_of(views.files[CASE], world.sequence - 1)
    assert before is not None and not before.care.ended


def one_person() -> World:
    world = italy()
    world.unit("rm-1", "lazio", "12")
    world.case("anna")
    world.send(ReferralReceived("", HELPLINE, OTHER, Source.SELF, None, (woman(),), ""))
    world.request(CASE)
    world.send(CasesFoundSame("", HELPLINE, OTHER, CASE))
    return world


def test_of_two_cases_that_are_one_the_one_that_stays_has_transfer_and_story() -> None:
    world = one_person()
    views = Views(world)
    assert kinds_of(views.inbox("campania")) == [ItemKind.CASE]
    (item,) = views.inbox("campania")
    assert item.case_id == OTHER and item.transfer_id == world.transfer_id(OTHER)
    assert not views.files[CASE].transfers
    (ended,) = views.files[CASE].care.ended
    assert (ended.how, ended.same_as) == ("same", OTHER)
    told = views.files[OTHER].timeline
    assert {at.sequence for at in views.files[CASE].timeline} <= {at.sequence for at in told}
    assert list(told) == sorted(told, key=lambda at: (at.sequence, at.index))


def test_erasing_the_one_that_stays_removes_both_files() -> None:
    world = one_person()
    world.send(CaseErased("", HELPLINE, OTHER))
    assert not Views(world).files


def test_a_programme_that_ended_hands_on_units_inbox_and_whoever_is_on_the_way() -> None:
    world = italy()
    world.project("lazio-2", ("RM",))
    world.unit("rm-1", "lazio", "12", 3, free=2)
    world.case("bina", "lazio", hosted="rm-1")
    world.request(world.case("anna"))
    world.accept(CASE)
    world.now += HOUR
    world.send(ProgrammeEnded("", ADMINISTRATOR, "lazio", "lazio-2"))
    views = Views(world)
    assert views.projects["lazio"].programme == "ended"
    assert views.units["rm-1"].project_id == "lazio-2"
    assert kinds_of(views.inbox("lazio-2")) == [ItemKind.INCOMING, ItemKind.HAND_OVER, ItemKind.CASE]
    assert not views.inbox("lazio")
