"""The checks of `invariants.py` can fail: each rule is broken on purpose, and the check of that name goes red."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from coordinator.domain import deadlines, deciding, proposing, requests
from coordinator.domain.agenda import Kind
from coordinator.matching import accounting, open_units, safety
from events.entry import OpenedDecision, OpenedEvent
from events.fact import Danger
from events.person import DangerDeclared, KeepApartDeclared
from events.transfer import Excluded, MatchExplained
from events.verdict import Recorded
from events.vocabulary import DangerKind, Gender, Host, KeepApart, Level, Need, Reason, Urgency
from tests.domain.invariants import Invariants
from tests.domain.world import DAY, HELPLINE, HOUR, World, child, italy, woman


def checked(world: World) -> None:
    invariants = Invariants()
    for entry in world.entries:
        invariants.take(entry)


def one_unit(**changes: object) -> World:
    world = italy()
    world.unit("rm-1", "lazio", "12", 3, **changes)  # type: ignore[arg-type]
    return world


def too_many() -> World:
    world = one_unit()
    world.request(world.case("four", household=tuple(woman(person) for person in "abc")))
    world.request(world.case("anna"))
    return world


def towards_danger() -> World:
    world = one_unit()
    case = world.case("anna")
    world.send(DangerDeclared("", HELPLINE, case, Danger(DangerKind.PROVINCE, "RM")))
    world.request(case)
    return world


def back_where_they_flee_from() -> World:
    world = one_unit()
    world.request(world.case("anna"), reason=Reason.SAFETY, leaving_province="RM")
    return world


def with_exploiters() -> World:
    world = one_unit()
    bina = world.case("bina", "lazio", hosted="rm-1")
    anna = world.case("anna")
    world.send(KeepApartDeclared("", HELPLINE, anna, bina, KeepApart.RECRUITER))
    world.request(anna)
    return world


def family_among_single_women() -> World:
    world = one_unit(hosts=(Host.WOMEN,))
    world.request(world.case("family", household=(woman("a", parent=True), child("b"))))
    return world


def man_among_women() -> World:
    world = one_unit()
    world.request(world.case("a man", household=(woman(gender=Gender.MAN),)))
    return world


def need_not_met() -> World:
    world = one_unit()
    world.request(world.case("anna", household=(woman(essential_needs=(Need.STEP_FREE,)),)))
    return world


def stale() -> World:
    world = one_unit()
    world.now += 3 * DAY
    world.request(world.case("anna"))
    return world


def nobody_lives_there() -> World:
    world = one_unit(level=Level.NON_RESIDENTIAL)
    world.request(world.case("anna"))
    return world


RULES: list[tuple[safety.Predicate, Callable[[], World], str]] = [
    (safety.never_towards_danger, towards_danger, "rule 2"),
    (safety.never_towards_danger, back_where_they_flee_from, "rule 2"),
    (safety.never_with_exploiters, with_exploiters, "rule 3"),
    (safety.minors, family_among_single_women, "rule 4"),
    (safety.gender, man_among_women, "rule 5"),
    (safety.essential_needs, need_not_met, "rule 6"),
    (safety.freshness, stale, "rule 9"),
]


@pytest.mark.parametrize(("predicate", "play", "named"), RULES)
def test_a_rule_left_out_is_found(predicate: safety.Predicate, play: Callable[[], World], named: str, monkeypatch: pytest.MonkeyPatch) -> None:
    checked(play())
    monkeypatch.setattr(safety, "PREDICATES", tuple(each for each in safety.PREDICATES if each is not predicate))
    monkeypatch.setattr(proposing, "_may_fit", lambda household, places: True)

    with pytest.raises(AssertionError, match=named):
        checked(play())


@pytest.mark.parametrize(
    ("question", "play", "named"), [("takes_in", nobody_lives_there, "takes nobody in"), ("has_room", too_many, "held what was not free")]
)
def test_what_is_asked_of_every_place_left_out_is_found(
    question: str, play: Callable[[], World], named: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked(play())
    for module in (safety, open_units):
        monkeypatch.setattr(module, question, lambda *_: True)
    monkeypatch.setattr(proposing, "_may_fit", lambda household, places: True)

    with pytest.raises(AssertionError, match=named):
        checked(play())


def test_an_agreement_left_out_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def play() -> World:
        world = one_unit()
        world.request(world.case("anna", agreed=False))
        return world

    checked(play())
    monkeypatch.setattr(safety, "PREDICATES", tuple(each for each in safety.PREDICATES if each is not safety.agreement))
    monkeypatch.setattr(requests, "agreed_until_ms", lambda case, must_agree: 1 << 60)
    with pytest.raises(AssertionError, match="rule 7"):
        checked(play())


def test_a_hold_that_does_not_run_out_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def play() -> World:
        world = one_unit()
        world.request(world.case("anna"), urgency=Urgency.IMMEDIATE)
        world.tick(HOUR)
        return world

    checked(play())
    happen = deadlines._happen
    monkeypatch.setattr(
        deadlines, "_happen", lambda entry, item, kind, busy, clock: kind is not Kind.PROPOSAL and happen(entry, item, kind, busy, clock)
    )
    with pytest.raises(AssertionError, match="outlived"):
        checked(play())


def test_a_kept_place_and_a_destination_in_one_entry_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def play() -> World:
        world = italy()
        world.unit("na-1", "campania", "15", 3, free=0)
        world.unit("rm-1", "lazio", "12", 2)
        case = world.case("anna", hosted="na-1")
        world.request(case)
        world.accept(case)
        world.depart(case)
        world.arrive(case)
        world.now += 3 * DAY - 1
        world.unit("to-1", "piemonte", "01", 2)
        world.now += 1
        world.request(case, "onward")
        return world

    checked(play())
    monkeypatch.setattr(deadlines, "cases_of", lambda event: ())
    with pytest.raises(AssertionError, match="where a case was and where it goes"):
        checked(play())


def test_an_explanation_that_leaves_a_unit_out_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def play() -> World:
        world = one_unit()
        world.unit("to-1", "piemonte", "01", 2, free=0)
        world.request(world.case("anna"))
        return world

    checked(play())
    monkeypatch.setattr(accounting, "_excluded", lambda name, groups, whole: Excluded(name, ()))
    with pytest.raises(AssertionError, match="accounts for every open unit"):
        checked(play())


def test_a_capacity_that_is_not_said_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def play() -> World:
        world = one_unit()
        world.request(world.case("anna"))
        return world

    checked(play())
    recount = deciding.Deciding.recount
    monkeypatch.setattr(
        deciding.Deciding, "recount", lambda entry, unit: None if any(isinstance(o, MatchExplained) for o in entry.outcomes) else recount(entry, unit)
    )
    with pytest.raises(AssertionError, match="held is what is held"):
        checked(play())


def test_a_second_verdict_is_found() -> None:
    world = one_unit()
    entry = world.entries[-1]
    world.entries[-1] = replace(entry, outcomes=(*entry.outcomes, Recorded()))
    with pytest.raises(AssertionError, match="one verdict"):
        checked(world)


def test_an_event_that_takes_effect_twice_is_found() -> None:
    world = one_unit()
    case = world.case("anna")
    world.request(case)
    world.accept(case)
    world.depart(case)
    world.arrive(case)
    checked(world)
    arrival = world.entries[-1]
    again = OpenedDecision("it", arrival.sequence + 1, 0, world.now, OpenedEvent(arrival.opened.event, b"", 1), (Recorded(),))
    world.entries.append(again)
    with pytest.raises(AssertionError, match="counted once"):
        checked(world)
