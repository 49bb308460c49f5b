"""Rule 3 by pairs and by groups: whoever is kept apart is never near, however and whenever that became known. Rule 2 by areas of any size."""

from __future__ import annotations

from itertools import combinations, permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coordinator.domain.snapshot import parts_of, state_from
from events.fact import Danger
from events.facts import Event, Outcome
from events.person import CaseErased, DangerDeclared, GroupKeptApart, KeepApartDeclared
from events.transfer import ProposalEnded, TransferEscalated
from events.verdict import Recorded, Refused
from events.vocabulary import DangerKind, Escalation, KeepApart, ProposalEnd, RefusalCode
from tests.domain.test_histories import left_sealed, locked
from tests.domain.world import HELPLINE, World, body, italy, kinds, only, uuid

NAMES = ("anna", "bina", "cara", "dora")


def network() -> World:
    """A place in Rome for two, and one in Turin."""
    world = italy()
    world.unit("rm-1", "lazio", "12", 2)
    world.unit("to-1", "piemonte", "01", 1)
    return world


def together(world: World, *cases: str) -> tuple[Outcome, ...]:
    return world.send(GroupKeptApart("", HELPLINE, cases[0], cases[1:], KeepApart.CO_TRAFFICKED))


def projects_of(world: World) -> dict[str, str]:
    """Case -> project where it lives, is expected or is held a place."""
    units = {case_id: case.hosted_unit_id or world.proposed_unit(case_id) for case_id, case in world.state.cases.items()}
    return {case_id: world.state.units[unit_id].project_id for case_id, unit_id in units.items() if unit_id is not None}


def test_a_group_is_all_its_pairs() -> None:
    world = network()
    cases = [world.case(name) for name in NAMES]
    assert kinds(together(world, *cases)) == ["Recorded"]
    for case_id in cases:
        assert world.state.links[case_id] == tuple(sorted(other for other in cases if other != case_id))
    assert parts_of(state_from("it", *parts_of(world.state))) == parts_of(world.state)


def test_a_group_that_arrives_late_releases_the_latest_hold() -> None:
    world = network()
    anna, bina, cara = (world.case(name) for name in NAMES[:3])
    world.request(anna, "anna")
    world.request(bina, "bina")
    assert {world.proposed_unit(anna), world.proposed_unit(bina)} == {"rm-1", "to-1"} or world.proposed_unit(anna) == world.proposed_unit(bina)
    world.request(cara, "cara")
    outcomes = together(world, anna, bina, cara)
    assert all(outcome.how is ProposalEnd.RELEASED for outcome in outcomes if isinstance(outcome, ProposalEnded))
    where = projects_of(world)
    assert len(set(where.values())) == len(where), "two of the group in one project"


def test_an_accepted_place_is_released_too_and_whoever_is_on_the_way_is_an_operators() -> None:
    world = italy()
    world.unit("rm-1", "lazio", "12", 2)
    anna, bina = world.case("anna"), world.case("bina")
    for case_id, name in ((anna, "anna"), (bina, "bina")):
        world.request(case_id, name)
        world.accept(case_id)
    world.depart(anna)
    outcomes = together(world, anna, bina)
    assert only(outcomes, ProposalEnded).case_id == bina, "the less advanced gives way"
    assert {outcome.why for outcome in outcomes if isinstance(outcome, TransferEscalated)} >= {Escalation.SAFETY_CHANGED}
    assert world.proposed_unit(anna) == "rm-1"


@pytest.mark.parametrize(
    ("others", "why"),
    [
        ((), (RefusalCode.FIELD_INVALID, "other_case_ids")),
        (("bina", "bina"), (RefusalCode.SAME_CASE, "other_case_ids")),
        (("anna",), (RefusalCode.SAME_CASE, "other_case_ids")),
        (("nobody",), (RefusalCode.UNKNOWN_CASE, "other_case_ids")),
        (tuple(f"case {n}" for n in range(20)), (RefusalCode.FIELD_INVALID, "other_case_ids")),
    ],
)
def test_what_is_no_group(others: tuple[str, ...], why: tuple[RefusalCode, str]) -> None:
    world = network()
    for name in NAMES:
        world.case(name)
    refusal = only(together(world, uuid("anna"), *map(uuid, others)), Refused)
    assert (refusal.code, refusal.field) == why


def test_whoever_has_no_part_in_any_of_them_does_not_say_so() -> None:
    world = network()
    anna, bina = world.case("anna"), world.case("bina")
    event = GroupKeptApart("", body("piemonte"), anna, (bina,), KeepApart.RECRUITER)
    assert only(world.send(event), Refused).code is RefusalCode.NOT_RESPONSIBLE


def test_an_erased_case_leaves_its_group_with_every_trace() -> None:
    world = network()
    anna, bina, cara = (world.case(name) for name in NAMES[:3])
    together(world, anna, bina, cara)
    world.send(CaseErased("", HELPLINE, anna))
    assert dict(world.state.links) == {bina: (cara,), cara: (bina,)}
    without = world.folded(len(world.entries), lambda entry: locked(entry, frozenset({anna})))
    assert parts_of(without) == parts_of(world.state)
    assert only(together(world, bina, anna), Refused).code is RefusalCode.CASE_ERASED
    assert left_sealed(world.entries[-1]) != world.entries[-1]
    assert parts_of(world.folded(len(world.entries), left_sealed)) == parts_of(world.state), "whoever reads the refusal later finds its event sealed"


@settings(max_examples=40, deadline=None)
@given(
    order=st.sampled_from(list(permutations(range(5)))),
    pairs=st.sets(st.sampled_from(list(combinations(range(4), 2)))),
    group=st.sets(st.integers(0, 3), min_size=2).map(sorted),
)
def test_in_whatever_order_it_becomes_known(order: tuple[int, ...], pairs: set[tuple[int, int]], group: list[int]) -> None:
    """Requests and what keeps people apart come in any order: nobody is ever held a place near somebody from whom they are kept apart."""
    world = network()
    world.unit("na-1", "campania", "15", 2)
    cases = [world.case(name, None) for name in NAMES]
    links: list[Event] = [KeepApartDeclared("", HELPLINE, cases[one], cases[other], KeepApart.RECRUITER) for one, other in sorted(pairs)]
    links.append(GroupKeptApart("", HELPLINE, cases[group[0]], tuple(cases[index] for index in group[1:]), KeepApart.CO_TRAFFICKED))
    apart: set[frozenset[str]] = set()
    for step in order:
        if step < 4:
            world.request(cases[step], NAMES[step])
        else:
            for event in links:
                assert any(isinstance(outcome, Recorded) for outcome in world.send(event))
            apart = {frozenset((one, other)) for one in cases for other in world.state.links.get(one, ())}
            wanted = {frozenset((cases[one], cases[other])) for one, other in (*pairs, *combinations(group, 2))}
            assert apart == wanted
        where = projects_of(world)
        for one, other in combinations(sorted(where), 2):
            assert frozenset((one, other)) not in apart or where[one] != where[other]


# Rule 2: areas coarser and finer than a unit's.


@pytest.mark.parametrize(
    ("danger", "left"),
    [
        (Danger(DangerKind.PROVINCE, "RM"), {"to-1", "na-1"}),
        (Danger(DangerKind.REGION, "12"), {"to-1", "na-1"}),
        (Danger(DangerKind.MACRO_AREA, "north"), {"rm-1", "na-1"}),
        (Danger(DangerKind.PROVINCE, "SA"), {"rm-1", "to-1"}),
        (Danger(DangerKind.PROJECT, "lazio"), {"to-1", "na-1"}),
        (Danger(DangerKind.BODY, "body-lazio"), {"to-1", "na-1"}),
        (Danger(DangerKind.UNIT, "rm-1"), {"to-1", "na-1"}),
    ],
    ids=lambda value: value.value if isinstance(value, Danger) else "",
)
@pytest.mark.parametrize("residents", [False, True], ids=["of the case", "of the residents"])
def test_a_danger_finer_or_coarser_than_a_units_area_excludes_it(danger: Danger, left: set[str], residents: bool) -> None:
    """A unit's area is a region: a dangerous province excludes every unit of its region, a dangerous macro-area all its regions. The other way round, a unit
    whose residents are in danger from a whole area, or from some of it, takes in nobody who is linked to any of it.
    """
    for unit_id, project_id, region in (("rm-1", "lazio", "12"), ("to-1", "piemonte", "01"), ("na-1", "campania", "15")):
        world = italy()
        if danger.kind is DangerKind.UNIT:
            world.unit("rm-1", "lazio", "12", 1, free=0)
        if unit_id not in world.state.units:
            world.unit(unit_id, project_id, region, 1, dangers=(danger,) if residents else ())
        anna = world.case("anna", None)
        near = {DangerKind.PROVINCE: Danger(DangerKind.REGION, "12" if danger.value == "RM" else "15")}.get(danger.kind, danger)
        world.send(DangerDeclared("", HELPLINE, anna, near if residents else danger))
        world.request(anna, "anna")
        assert (world.proposed_unit(anna) is not None) is (unit_id in left and not residents), unit_id
