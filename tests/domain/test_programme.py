"""Stream `network`: a programme ends with people inside, and nobody loses their place or who is responsible for them in silence."""

from __future__ import annotations

from dataclasses import replace

from coordinator.domain import next_deadline_ms
from coordinator.domain.days import after_ms, first_ms
from coordinator.domain.snapshot import parts_of, state_from
from events.availability import CapacityChanged
from events.fact import Danger
from events.facts import Outcome
from events.network import OffsetFrom, ProgrammeEnded, ProgrammeTurned, ProjectAmended, ProjectRegistered, UnitAmended, UnitPassed
from events.person import DangerDeclared, KeepApartDeclared
from events.referral import ReferralReceived, ReferralRouted, ResponsibilityPassed
from events.transfer import PlaceReleased, ProposalEnded, TransferEscalated
from events.vocabulary import DangerKind, Escalation, HoldStage, Host, KeepApart, Level, Programme, ProposalEnd, Source
from tests.domain.world import (
    ADMINISTRATOR,
    CLOCKS,
    DAY,
    HELPLINE,
    HOUR,
    MINUTE,
    POLICY,
    PROGRAMMES_END,
    World,
    body,
    italy,
    kinds,
    only,
    uuid,
    woman,
)


def registered(world: World, project_id: str, provinces: tuple[str, ...], valid_from: str, valid_to: str) -> tuple[Outcome, ...]:
    return world.send(
        ProjectRegistered("", ADMINISTRATOR, project_id, project_id, f"body-{project_id}", (f"body-{project_id}",), provinces, valid_from, valid_to)
    )


def prolonged(world: World, project_id: str, valid_to: str) -> tuple[Outcome, ...]:
    project = world.state.projects[project_id]
    event = ProjectAmended("", ADMINISTRATOR, project_id, project_id, project.lead_body, project.bodies, project.provinces, "2022-01-01", valid_to)
    return world.send(event)


def lived_in() -> World:
    """Anna lives with lazio; a place of its is proposed to Bina, accepted for Cara, and Dora's referral waits for its answer."""
    world = italy()
    world.unit("rm-1", "lazio", "12", 4, free=3)
    world.case("anna", "lazio", hosted="rm-1")
    world.request(world.case("cara"))
    world.accept(uuid("cara"))
    world.request(world.case("bina"))
    world.send(ReferralReceived("", HELPLINE, uuid("dora"), Source.NGO, "RM", (woman(),), ""))
    return world


def end(world: World, successor_id: str | None) -> tuple[Outcome, ...]:
    return world.send(ProgrammeEnded("", ADMINISTRATOR, "lazio", successor_id))


def test_the_competent_project_is_one_whose_programme_runs_that_day() -> None:
    world = italy()
    registered(world, "abruzzo", ("BO",), "2022-01-01", "2023-11-30")
    registered(world, "bologna", ("BO",), "2023-12-01", "2026-12-31")

    def goes_to(name: str) -> str | None:
        outcomes = world.send(ReferralReceived("", HELPLINE, uuid(name), Source.SELF, "BO", (woman(),), ""))
        return [outcome for outcome in outcomes if isinstance(outcome, ReferralRouted)][-1].project_id

    world.now = after_ms("2023-11-30", None) - MINUTE
    assert goes_to("the last minute") == "abruzzo"
    world.now = first_ms("2023-12-01", None)
    assert goes_to("the first minute") == "bologna"


def test_a_project_registered_ahead_is_sent_nobody_before_its_first_day() -> None:
    world = italy()
    outcomes = registered(world, "emilia", ("BO",), "2023-11-20", "2026-12-31")
    assert only(outcomes, ProgrammeTurned).to is Programme.AHEAD
    world.unit("bo-1", "emilia", "08")
    case_id = world.case("anna")
    world.request(case_id)
    assert world.proposed_unit(case_id) is None
    assert next_deadline_ms(world.state) == first_ms("2023-11-20", None)
    world.now = first_ms("2023-11-20", None)
    world.publish("bo-1")
    assert world.proposed_unit(case_id) == "bo-1"


def test_after_the_last_day_nothing_new_comes_and_nobody_is_sent_away() -> None:
    world = lived_in()
    prolonged(world, "lazio", "2023-11-14")
    world.now = after_ms("2023-11-14", None)
    outcomes = world.tick()
    assert only(outcomes, ProgrammeTurned).to is Programme.OVER
    (released,) = [outcome for outcome in outcomes if isinstance(outcome, ProposalEnded)]
    assert (released.case_id, released.how) == (uuid("bina"), ProposalEnd.RELEASED)
    assert [o.case_id for o in outcomes if isinstance(o, TransferEscalated) and o.why is Escalation.PROGRAMME_ENDED] == [uuid("cara")]
    assert only(outcomes, ReferralRouted).project_id is None
    assert world.proposed_unit(uuid("cara")) == "rm-1"
    assert world.state.cases[uuid("anna")].responsible == "lazio"
    assert world.state.units["rm-1"].counted.free == 0
    assert next_deadline_ms(world.state) != after_ms("2023-11-14", None), "once"


def test_prolonged_after_its_last_day_it_runs_again() -> None:
    world = lived_in()
    prolonged(world, "lazio", "2023-11-14")
    world.now = after_ms("2023-11-14", None)
    world.tick()
    world.publish("rm-1", occupied=1)
    assert world.proposed_unit(uuid("bina")) is None
    outcomes = prolonged(world, "lazio", "2026-12-31")
    assert only(outcomes, ProgrammeTurned).to is Programme.RUNNING
    assert world.proposed_unit(uuid("bina")) == "rm-1"


def test_what_a_project_has_passes_to_its_successor() -> None:
    world = lived_in()
    registered(world, "lazio-2", ("RM",), "2023-01-01", "2028-12-31")
    outcomes = end(world, "lazio-2")
    assert only(outcomes, UnitPassed) == UnitPassed("rm-1", "lazio-2", "body-lazio-2")
    assert only(outcomes, ResponsibilityPassed) == ResponsibilityPassed(uuid("anna"), "lazio-2")
    assert only(outcomes, ReferralRouted) == ReferralRouted(uuid("dora"), "lazio-2")
    assert [outcome.how for outcome in outcomes if isinstance(outcome, ProposalEnded)] == [ProposalEnd.RELEASED]
    bina, cara = world.state.cases[uuid("bina")].transfer, world.state.cases[uuid("cara")].transfer
    assert bina is not None and bina.proposal is not None and bina.proposal.project_id == "lazio-2", "asked anew, of the successor"
    assert cara is not None and cara.proposal is not None and cara.proposal.project_id == "lazio-2"
    assert world.state.units["rm-1"].counted.free == 1, "every hold went with it"
    world.depart(uuid("cara"))
    assert only(world.arrive(uuid("cara")), ResponsibilityPassed).project_id == "lazio-2"
    assert world.state.capacity.get("lazio", 0) == 0
    assert world.state.capacity["lazio-2"] == 4
    again = state_from("it", *parts_of(world.state))
    assert parts_of(again) == parts_of(world.state)
    assert {key: value for key, value in again.capacity.items() if value} == {key: value for key, value in world.state.capacity.items() if value}
    assert again.taken == world.state.taken


def test_without_a_successor_the_helpline_has_the_people_and_they_stay_where_they_live() -> None:
    world = lived_in()
    outcomes = end(world, None)
    assert only(outcomes, ResponsibilityPassed) == ResponsibilityPassed(uuid("anna"), None)
    assert [o.case_id for o in outcomes if isinstance(o, TransferEscalated) and o.why is Escalation.PROGRAMME_ENDED] == [uuid("cara")]
    assert world.state.cases[uuid("anna")].hosted_unit_id == "rm-1"
    assert world.proposed_unit(uuid("cara")) == "rm-1", "an accepted place stays, and a person is told"
    assert world.state.cases[uuid("dora")].routed_to is None
    world.depart(uuid("cara"))
    assert only(world.arrive(uuid("cara")), ResponsibilityPassed).project_id is None, "nobody is there to be responsible"


def test_who_is_dangerous_in_a_project_is_so_in_its_successor() -> None:
    world = lived_in()
    registered(world, "lazio-2", ("RM",), "2023-01-01", "2028-12-31")
    world.send(DangerDeclared("", HELPLINE, uuid("bina"), Danger(DangerKind.PROJECT, "lazio")))
    end(world, "lazio-2")
    assert world.proposed_unit(uuid("bina")) is None


def test_two_who_must_be_kept_apart_are_not_brought_together_by_a_succession() -> None:
    world = lived_in()
    world.project("umbria", ("BO",))
    world.case("edda", "umbria")
    world.send(KeepApartDeclared("", HELPLINE, uuid("edda"), uuid("cara"), KeepApart.RECRUITER))
    assert world.proposed_unit(uuid("cara")) == "rm-1"
    outcomes = end(world, "umbria")
    released = [outcome.case_id for outcome in outcomes if isinstance(outcome, ProposalEnded)]
    assert sorted(released) == sorted([uuid("bina"), uuid("cara")])


def test_the_count_of_a_unit_says_that_nothing_is_free_where_the_programme_does_not_run() -> None:
    world = italy()
    world.unit("rm-1", "lazio", "12")
    assert only(end(world, None), CapacityChanged).free == 0
    assert only(world.publish("rm-1", occupied=1), CapacityChanged).free == 0


def test_programmes_of_today_are_what_the_clock_waits_for_last() -> None:
    assert next_deadline_ms(italy().state) == PROGRAMMES_END


def test_a_programme_turns_at_midnight_of_the_networks_civil_time() -> None:
    winter, summer = OffsetFrom(0, 60), OffsetFrom(first_ms("2024-03-31", None) + HOUR, 120)
    clocks = replace(CLOCKS, offsets=(winter, summer))
    world = italy()
    world.send(replace(POLICY, version=2, clocks=clocks))
    assert next_deadline_ms(world.state) == first_ms("2027-01-01", None) - 2 * HOUR
    prolonged(world, "lazio", "2023-11-30")
    assert next_deadline_ms(world.state) == first_ms("2023-12-01", None) - HOUR
    world.now = first_ms("2023-12-01", None) - HOUR
    assert only(world.tick(), ProgrammeTurned).to is Programme.OVER
    again = state_from("it", *parts_of(world.state))
    assert next_deadline_ms(again) == next_deadline_ms(world.state)


def test_a_unit_closed_while_held_and_lived_in_keeps_its_people() -> None:
    world = lived_in()
    outcomes = world.close("rm-1")
    assert [outcome.case_id for outcome in outcomes if isinstance(outcome, ProposalEnded)] == [uuid("bina")]
    assert only(outcomes, PlaceReleased).unit_id == "rm-1"
    assert [o.case_id for o in outcomes if isinstance(o, TransferEscalated) and o.why is Escalation.SAFETY_CHANGED] == [uuid("cara")]
    assert world.state.cases[uuid("anna")].hosted_unit_id == "rm-1"
    assert [hold.stage for hold in world.state.holds.values()] == [HoldStage.RESERVED]
    world.depart(uuid("cara"))
    assert "PlaceOccupied" in kinds(world.arrive(uuid("cara")))


def test_a_unit_shrunk_below_who_is_expected_keeps_them_and_calls_a_person_in() -> None:
    world = lived_in()
    event = UnitAmended("", body("lazio"), "rm-1", Level.FIRST, 1, (Host.MOTHERS_WITH_CHILDREN, Host.WOMEN), (), ("eng", "ita"), ())
    outcomes = world.send(event)
    assert [outcome.case_id for outcome in outcomes if isinstance(outcome, ProposalEnded)] == [uuid("bina")]
    assert [o.case_id for o in outcomes if isinstance(o, TransferEscalated) and o.why is Escalation.SAFETY_CHANGED] == [uuid("cara")]
    assert world.state.units["rm-1"].counted.over_capacity, "flagged in clear"
    assert world.proposed_unit(uuid("cara")) == "rm-1"
    assert world.state.cases[uuid("anna")].hosted_unit_id == "rm-1"


def test_a_unit_shrunk_to_fewer_than_live_there_is_flagged_and_nobody_is_moved() -> None:
    world = italy()
    world.unit("rm-1", "lazio", "12", 3, free=0)
    world.case("anna", "lazio", hosted="rm-1")
    event = UnitAmended("", body("lazio"), "rm-1", Level.FIRST, 1, (Host.WOMEN,), (), ("eng",), ())
    changed = only(world.send(event), CapacityChanged)
    assert (changed.places, changed.occupied, changed.free, changed.over_capacity) == (1, 3, 0, True)
    assert world.state.cases[uuid("anna")].hosted_unit_id == "rm-1"


def test_a_closed_unit_passes_to_the_successor_too() -> None:
    world = lived_in()
    registered(world, "lazio-2", ("RM",), "2023-01-01", "2028-12-31")
    world.close("rm-1")
    assert only(end(world, "lazio-2"), UnitPassed).unit_id == "rm-1"
    world.send(DangerDeclared("", body("lazio-2"), uuid("anna"), Danger(DangerKind.REGION, "19")))
    assert world.state.cases[uuid("anna")].dangers
    world.tick(DAY)
