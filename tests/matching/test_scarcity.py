"""Scarce places cost what they are worth to others, while the policy's weights are in force; the answer says whether they were. Thrift holds either way."""

from __future__ import annotations

from dataclasses import replace

import pytest

from coordinator.matching.best_place import match
from coordinator.matching.kinds import Kind, is_kind, kind_of, kind_of_request, read_kind
from coordinator.matching.open_units import open_units_of
from coordinator.matching.place import Place
from coordinator.matching.scarcity import scarcity_of, stock_of
from coordinator.matching.score import score_parts
from coordinator.matching.terms import Terms, terms_of
from events.network import KindWeights, Matching, ScarcityWeights
from events.transfer import KindTold, ScarcityTold
from events.vocabulary import Host, Level, Need, ScarcityStanding
from tests.domain.world import DAY, POLICY, child, woman
from tests.matching.examples import NOW, PLACE, REQUEST, of

FAMILY = "mothers_with_children*2"
UNTIL = NOW + 30 * DAY


def weighing(*kinds: KindWeights, valid_until_ms: int = UNTIL) -> Terms:
    """Terms of a policy with these scarcity weights."""
    scarcity = ScarcityWeights(NOW - DAY, valid_until_ms, "by hand", "none", kinds)
    return terms_of(replace(POLICY, matching=Matching((4000, 2000, 1000), scarcity, None)), {})


TERMS = weighing(KindWeights("men", (7,)), KindWeights(FAMILY, (90, 60, 20)), KindWeights("women", (5, 4)), KindWeights("women/step_free", (11, 8)))
WITHOUT = terms_of(replace(POLICY, matching=Matching((4000, 2000, 1000), None, None)), {})
WOMEN = frozenset({Host.WOMEN})


def place(unit_id: str, hosts: frozenset[Host] = PLACE.hosts, **changes: object) -> Place:
    return replace(PLACE, unit_id=unit_id, hosts=hosts, **changes)  # type: ignore[arg-type]


def test_a_kind_is_one_text_for_the_same_people_and_needs() -> None:
    assert kind_of(WOMEN, frozenset()) == "women"
    assert kind_of(PLACE.hosts, frozenset({Need.STEP_FREE, Need.PREGNANCY_CARE})) == "mothers_with_children+women/pregnancy_care+step_free"
    assert read_kind("women/step_free*3") == Kind((Host.WOMEN,), (Need.STEP_FREE,), 3)


def test_a_request_asks_for_whom_it_must_be_hosted_what_it_must_be_offered_and_for_how_many() -> None:
    assert kind_of_request(of(woman("a")).household) == "women"
    assert kind_of_request(of(woman("a", essential_needs=(Need.STEP_FREE,))).household) == "women/step_free"
    assert kind_of_request(of(woman("a", parent=True), child("b")).household) == FAMILY
    assert kind_of_request(of(child("b")).household) is None


@pytest.mark.parametrize(
    "text",
    [
        "", "/", "women/", "women+men", "women+women", "Women", "women/step-free", "women/step_free+pregnancy_care", "unaccompanied_minors+women", "a",
        "women*", "women*1", "women*02", "women*100", "women*2/step_free", "*2",
    ],
)  # fmt: skip
def test_what_is_not_written_as_a_kind_is_none(text: str) -> None:
    assert not is_kind(text)


@pytest.mark.parametrize("text", ["women", FAMILY, "unaccompanied_minors/psychiatric_care", "men+women/pregnancy_care+step_free*12"])
def test_what_is_written_as_a_kind_is_one(text: str) -> None:
    assert is_kind(text)


def test_the_fewer_are_left_the_more_a_place_costs_and_beyond_the_last_weight_no_less() -> None:
    costs = [scarcity_of(PLACE, {FAMILY: left, "women": 9}, TERMS, NOW) for left in range(6)]
    assert costs == [90, 90, 60, 20, 20, 20]


def test_a_place_costs_what_the_kind_that_it_could_serve_would_lose_most() -> None:
    step_free = frozenset({Need.STEP_FREE})
    plenty = {FAMILY: 3, "women": 9, "women/step_free": 9}
    assert scarcity_of(place("u", WOMEN), plenty, TERMS, NOW) == 4
    assert scarcity_of(place("u", WOMEN, offers=step_free), plenty, TERMS, NOW) == 8
    assert scarcity_of(place("u", offers=step_free), plenty, TERMS, NOW) == 20
    assert scarcity_of(place("u", offers=step_free, free=1, places=1), plenty, TERMS, NOW) == 8
    assert scarcity_of(place("u", frozenset({Host.TRANS_MEN})), {}, TERMS, NOW) == 0


def test_what_is_left_is_how_many_requests_fresh_places_could_serve() -> None:
    places = (
        place("a", free=3),
        place("b", free=1),
        place("c", free=4, accepting=False),
        place("d", free=4, level=Level.NON_RESIDENTIAL),
        place("e", WOMEN, free=2, offers=frozenset({Need.STEP_FREE})),
        place("f", frozenset({Host.TRANS_MEN})),
        place("g", free=0),
        place("h", free=2, observed_at_ms=NOW - 30 * DAY),
    )
    units = open_units_of(places)
    stock = stock_of(units, TERMS, NOW)
    assert stock == {FAMILY: 1, "women": 6, "women/step_free": 2}
    assert stock_of(units, TERMS, UNTIL) == stock_of(units, WITHOUT, NOW) == {}
    assert stock_of(units.put(replace(places[0], free=1)), TERMS, NOW) == {FAMILY: 0, "women": 4, "women/step_free": 2}


def test_what_is_missing_for_a_household_halves_what_it_would_pay() -> None:
    trio = weighing(KindWeights("mothers_with_children*3", (90,)), KindWeights("women", (5,)))
    costs = [scarcity_of(place("u", free=free, places=4), {}, trio, NOW) for free in (1, 2, 3, 4)]
    assert costs == [90 // 4, 90 // 2, 90, 90]
    assert scarcity_of(place("u", free=1, places=2), {}, trio, NOW) == 5


def test_thrift_holds_beside_scarcity() -> None:
    request = of(woman("a"), child("b"))
    equipped = place("u", free=4, offers=frozenset({Need.ADDICTION_CARE}))
    stock = {FAMILY: 2, "women": 4}
    thrifty = score_parts(request, equipped, NOW, terms_of(POLICY, {}), 7, {})
    assert len(thrifty) == 9
    assert thrifty[6:] == (-2, -2, -7)
    for at_ms in (NOW, UNTIL - 1):
        assert score_parts(request, equipped, at_ms, TERMS, 7, stock)[6:] == (-2, -2, -7, -2 * 60)
    assert score_parts(request, equipped, NOW, WITHOUT, 7, {}) == (*thrifty, 0)
    assert score_parts(request, equipped, UNTIL, TERMS, 7, stock)[6:] == (-2, -2, -7, 0)


def test_a_place_for_families_is_kept_for_them() -> None:
    places = open_units_of((place("families"), place("women", WOMEN)))
    (answer,) = match([REQUEST], places, NOW, TERMS, {})
    assert [scored.unit_id for scored in answer.account().scored] == ["women", "families"]
    assert answer.weighed.scarcity == ScarcityTold(ScarcityStanding.IN_FORCE, (KindTold(FAMILY, 1, 90), KindTold("women", 4, 4)), 0)


def test_in_one_decision_all_pay_what_it_costs_before_any_is_placed() -> None:
    other = replace(REQUEST, case_id="bina", transfer_id="t2")
    first, second = match([REQUEST, other], open_units_of((place("families", free=4),)), NOW, TERMS, {})
    assert [answer.account().scored[0].parts[-1] for answer in (first, second)] == [-60, -60]
    assert second.weighed.scarcity == ScarcityTold(ScarcityStanding.IN_FORCE, (KindTold(FAMILY, 2, 60),), 0)


def test_an_answer_says_whether_weights_played_a_part() -> None:
    strange = open_units_of((place("trans", frozenset({Host.TRANS_MEN, Host.NON_BINARY})),))
    nobody = replace(REQUEST, household=replace(REQUEST.household, hosts=frozenset({Host.TRANS_MEN})))
    told = [match([nobody], strange, at_ms, terms, {})[0].weighed.scarcity for at_ms, terms in ((NOW, TERMS), (UNTIL, TERMS), (NOW, WITHOUT))]
    assert told == [
        ScarcityTold(ScarcityStanding.IN_FORCE, (), 1),
        ScarcityTold(ScarcityStanding.EXPIRED, (), 0),
        ScarcityTold(ScarcityStanding.MISSING, (), 0),
    ]
    (as_before,) = match([nobody], strange, NOW, terms_of(POLICY, {}), {})
    assert as_before.weighed.scarcity is None
