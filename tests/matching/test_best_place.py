"""The matcher's promises: the best place, each place once, everybody accounted for, and no favour for a name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coordinator.matching import best_place, competition
from coordinator.matching.accounting import Account
from coordinator.matching.open_units import OpenUnits, open_units_of
from coordinator.matching.place import Place
from coordinator.matching.request import Request
from coordinator.matching.score import score_parts, tie_break
from coordinator.matching.terms import terms_of
from events.fact import Danger
from events.network import Weights
from events.vocabulary import DangerKind, Level, Need, Reason, Rule, Urgency
from ops.demand.in_turn import match_in_turn
from tests.domain.world import DAY, HOUR, POLICY, woman
from tests.matching.examples import NOW, PLACE, REQUEST, TERMS, endangered, of


def match(requests: Sequence[Request], places: Sequence[Place], loads: Mapping[str, int]) -> list[Account]:
    """The whole account of each answer."""
    return [answer.account(whole=True) for answer in best_place.match(requests, open_units_of(places), NOW, TERMS, loads)]


def units(*places: Place) -> tuple[Place, ...]:
    return tuple(sorted(places, key=lambda place: place.unit_id))


def named(unit_id: str, **changes: object) -> Place:
    return replace(PLACE, unit_id=unit_id, **changes)  # type: ignore[arg-type]


def test_score_parts_follow_the_order_of_the_weights() -> None:
    request = replace(
        of(woman("a", preferred_needs=(Need.STEP_FREE,)), woman("b", languages=("sqi",))),
        reason=Reason.SAFETY,
        zone=endangered(Danger(DangerKind.PROVINCE, "NA")).zone,
        wished_levels=(Level.FIRST,),
        wished_regions=("12",),
    )
    place = replace(PLACE, free=4, offers=frozenset({Need.STEP_FREE, Need.ADDICTION_CARE}))
    assert list(Weights.__dataclass_fields__) == [
        "language", "preferred_need", "level", "wished_region", "distance_from_danger", "fresh", "thrift_per_offer", "thrift_per_spare_place", "fairness",
    ]  # fmt: skip
    assert score_parts(request, place, NOW, TERMS, 7, {}) == (5, 3, 4, 4, 6, 1, -2, -2, -7)


def test_an_older_count_and_a_nearer_danger_weigh_less() -> None:
    request = replace(REQUEST, reason=Reason.SAFETY, zone=endangered(Danger(DangerKind.MACRO_AREA, "centre")).zone)
    parts = score_parts(request, replace(PLACE, observed_at_ms=NOW - DAY), NOW, TERMS, 0, {})
    assert (parts[4], parts[5]) == (0, 0)


def test_scarce_offers_are_left_to_who_needs_them() -> None:
    plain, equipped = named("u1", free=1), named("u2", free=1, offers=frozenset(Need))
    (answer,) = match([REQUEST], units(plain, equipped), {})
    assert [scored.unit_id for scored in answer.scored] == ["u1", "u2"]


def test_a_project_that_carries_more_is_asked_later() -> None:
    places = units(named("u1", project_id="busy"), named("u2", project_id="idle"))
    (answer,) = match([REQUEST], places, {"busy": 50})
    assert answer.scored[0].unit_id == "u2"


def test_ties_break_by_a_hash_of_request_and_unit() -> None:
    places = units(*(named(f"u{index}") for index in range(8)))
    firsts = set()
    for index in range(20):
        request = replace(REQUEST, transfer_id=f"t{index}")
        (answer,) = match([request], places, {})
        assert [scored.unit_id for scored in answer.scored] == [
            place.unit_id for place in sorted(places, key=lambda place: tie_break(request, place))
        ]
        firsts.add(answer.scored[0].unit_id)
    assert len(firsts) > 3


def test_the_last_place_goes_to_the_first_request() -> None:
    requests = [replace(REQUEST, case_id=name, transfer_id=name, requested_at_ms=NOW - hours * HOUR) for name, hours in (("first", 3), ("second", 2))]
    first, second = match(requests, units(named("u1", free=1)), {})
    assert first.scored
    assert not second.scored
    assert [(group.rule, group.units) for group in second.excluded] == [(Rule.TAKEN_BY_ANOTHER, ("u1",))]


def test_a_place_goes_to_who_can_live_nowhere_else_though_another_would_rather_have_it() -> None:
    either = replace(REQUEST, case_id="either", transfer_id="1", requested_at_ms=NOW - DAY, wished_regions=("12",))
    only_here = replace(of(woman(essential_needs=(Need.STEP_FREE,))), case_id="only here", transfer_id="2")
    places = units(named("u1", free=1, offers=frozenset({Need.STEP_FREE})), named("u2", free=1, region="01"))
    first, second = match([either, only_here], places, {})
    assert ([scored.unit_id for scored in first.scored], [scored.unit_id for scored in second.scored]) == (["u2"], ["u1"])
    assert [(group.rule, group.units) for group in first.excluded] == [(Rule.TAKEN_BY_ANOTHER, ("u1",))]
    in_turn = match_in_turn([either, only_here], open_units_of(places), NOW, TERMS, {})
    assert [answer.best.place.unit_id if answer.best else None for answer in in_turn] == ["u1", None]


def test_the_order_in_which_requests_come_says_nothing() -> None:
    for seed in range(60):
        chance = Random(seed)
        asking = [
            replace(
                of(*(woman(person) for person in "abc"[: chance.choice([1, 1, 2, 3])])),
                case_id=f"case {index}",
                transfer_id=f"{seed}/{index}",
                urgency=chance.choice(list(Urgency)),
                requested_at_ms=NOW - chance.choice([0, HOUR]),
                apart_from=frozenset({f"case {index ^ 1}"}) if chance.random() < 0.2 else frozenset(),
            )
            for index in range(chance.randint(2, 7))
        ]
        offered = open_units_of([named(f"u{index}", free=chance.randint(1, 3), project_id=f"p{index % 2}") for index in range(chance.randint(1, 4))])
        told = {answer.case_id: answer.account() for answer in best_place.match(asking, offered, NOW, TERMS, {})}
        chance.shuffle(asking)
        assert {answer.case_id: answer.account() for answer in best_place.match(asking, offered, NOW, TERMS, {})} == told


def competing(seed: int) -> tuple[list[Request], OpenUnits]:
    """Households of one or two who want the same one or two places, some looked for in one of them only, some kept apart."""
    chance = Random(seed)
    sizes, most_units = chance.choice([[1], [2], [1, 1, 2]]), chance.choice([1, 1, 2])
    asking = [
        replace(
            of(*(woman(person) for person in "ab"[: chance.choice(sizes)])),
            case_id=f"case {index}",
            transfer_id=f"{seed}/{index}",
            urgency=chance.choice(list(Urgency)),
            requested_at_ms=NOW - chance.choice([0, 0, HOUR]),
            wished_regions=chance.choice([(), ("12",)]),
            only=chance.choice([None, ("u1",)]),
        )
        for index in range(chance.randint(2, 9))
    ]
    if chance.random() < 0.3:
        asking[0], asking[1] = replace(asking[0], apart_from=frozenset({"case 1"})), replace(asking[1], apart_from=frozenset({"case 0"}))
    return asking, open_units_of([named(f"u{unit}", free=chance.randint(2, 5)) for unit in range(1, most_units + 1)])


def test_of_many_who_want_the_only_place_those_are_chosen_whom_the_assignment_chooses(monkeypatch: pytest.MonkeyPatch) -> None:
    """What saves a solver where one freed place is all that many could have must not choose otherwise."""
    told: list[list[str | None]] = []
    for solved in (False, True):
        if solved:
            monkeypatch.setattr(competition, "_without_the_hopeless", lambda asking, terms: list(asking))
            monkeypatch.setattr(competition, "_if_one_place_is_left", lambda asking: None)
        for seed in range(300):
            asking, offered = competing(seed)
            told.append([answer.best and answer.best.place.unit_id for answer in best_place.match(asking, offered, NOW, TERMS, {})])
    half = len(told) // 2
    assert told[:half] == told[half:]
    assert any(None in each for each in told)


def test_no_more_are_answered_than_may_be_placed_and_those_as_if_they_alone_were_there() -> None:
    cut = 0
    for seed in range(100):
        asking, offered = competing(seed)
        for most in (1, 2, 9):
            answers = best_place.match(asking, offered, NOW, TERMS, {}, most)
            expected = best_place.first_answers(lambda first: best_place.match(first, offered, NOW, TERMS, {}), asking, most)  # noqa: B023
            assert [(answer.case_id, answer.best and answer.best.place.unit_id, answer.account()) for answer in answers] == [
                (answer.case_id, answer.best and answer.best.place.unit_id, answer.account()) for answer in expected
            ]
            assert sum(answer.best is not None for answer in answers) <= most
            cut += len(answers) < len(asking)
    assert cut


def test_nobody_gains_by_another_name_of_who_competes_with_them() -> None:
    """What another case or transfer is called decides ties alone: the people placed and what the places are worth stay as they are."""
    offered = open_units_of([named("u1", free=1), named("u2", free=1, region="01")])
    wishes = replace(REQUEST, case_id="anna", transfer_id="anna", wished_regions=("12",))
    for name in ("aaa", "bbb", "zzz"):
        other = replace(REQUEST, case_id=name, transfer_id=name)
        first, second = best_place.match([wishes, other], offered, NOW, TERMS, {})
        assert first.best is not None and second.best is not None
        assert (first.best.place.unit_id, second.best.place.unit_id) == ("u1", "u2")


def test_a_request_of_little_worth_is_not_left_without_beside_a_free_place() -> None:
    """Also where everything speaks against the place: what it cannot have, another has."""
    terms = terms_of(replace(POLICY, weights=replace(POLICY.weights, fairness=1000)), {})
    requests = [replace(REQUEST, case_id=name, transfer_id=name) for name in ("anna", "bina")]
    answers = best_place.match(requests, open_units_of([named("u1", free=2)]), NOW, terms, {"lazio": 90})
    assert all(answer.best is not None and answer.best.total < -50_000 for answer in answers)


def test_cases_kept_apart_are_not_brought_together_by_one_call() -> None:
    anna = replace(REQUEST, case_id="anna", transfer_id="1", apart_from=frozenset({"bina"}))
    bina = replace(REQUEST, case_id="bina", transfer_id="2", apart_from=frozenset({"anna"}))
    first, second = match([anna, bina], units(named("u1"), named("u2", project_id="other", region="01")), {})
    assert first.scored[0].unit_id != second.scored[0].unit_id
    assert [group.rule for group in second.excluded] == ["safety"]


def test_danger_and_links_are_shown_as_one() -> None:
    request = replace(endangered(Danger(DangerKind.UNIT, "u1")), near=replace(REQUEST.near, units=frozenset({"u2"})))
    (answer,) = match([request], units(named("u1"), named("u2")), {})
    assert [(group.rule, group.units) for group in answer.excluded] == [("safety", ("u1", "u2"))]


def test_no_places_no_answer() -> None:
    (answer,) = match([REQUEST], (), {})
    assert (answer.excluded, answer.scored, answer.units) == ((), (), 0)


def places(draw_free: st.SearchStrategy[int]) -> st.SearchStrategy[Place]:
    return st.builds(
        lambda free, accepting, age, project, region, offers: replace(
            PLACE,
            free=free,
            accepting=accepting,
            observed_at_ms=NOW - age,
            project_id=project,
            region=region,
            offers=frozenset(offers),
        ),
        draw_free,
        st.booleans(),
        st.sampled_from([0, HOUR, 3 * DAY]),
        st.sampled_from(["lazio", "piemonte"]),
        st.sampled_from(["12", "01", "15"]),
        st.sets(st.sampled_from(list(Need)), max_size=2),
    )


def requests() -> st.SearchStrategy[Request]:
    return st.builds(
        lambda needs, size, danger: replace(
            endangered(*danger), household=of(*(woman(person, essential_needs=needs) for person in "abc"[:size])).household
        ),
        st.sampled_from([(), (), (Need.STEP_FREE,)]),
        st.integers(1, 3),
        st.sampled_from([(), (Danger(DangerKind.PROVINCE, "NA"),)]),
    )


@settings(max_examples=100, deadline=None)
@given(st.lists(requests(), min_size=1, max_size=5), st.lists(places(st.integers(0, 4)), max_size=8))
def test_every_answer_accounts_for_every_place_and_no_place_goes_twice(wanted: list[Request], some: list[Place]) -> None:
    asked = [replace(request, case_id=str(index), transfer_id=str(index)) for index, request in enumerate(wanted)]
    offered = units(*(replace(place, unit_id=f"u{index}") for index, place in enumerate(some)))
    taken = dict.fromkeys((place.unit_id for place in offered), 0)

    answers = match(asked, offered, {})

    for request, answer in zip(asked, answers, strict=True):
        accounted = [unit for group in answer.excluded for unit in group.units] + [scored.unit_id for scored in answer.scored]
        assert sorted(accounted) == [place.unit_id for place in offered]
        assert [scored.total for scored in answer.scored] == sorted((scored.total for scored in answer.scored), reverse=True)
        if answer.scored:
            taken[answer.scored[0].unit_id] += request.household.size
    assert all(taken[place.unit_id] <= place.free for place in offered)
    assert match(asked, offered, {}) == answers
