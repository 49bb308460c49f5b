"""One policy played on a frozen future: it takes no place twice, breaks no rule, and is the same again."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import pytest

from coordinator.matching.best_place import Answer
from coordinator.matching.kinds import kind_of_request
from coordinator.matching.request import NOWHERE, near_also
from coordinator.matching.safety import PREDICATES, excluded_by, one_live_proposal
from coordinator.matching.terms import Terms
from events.network import KindWeights
from events.vocabulary import DeclineCode, Urgency
from ops.demand.hours import DAY_MS
from ops.laboratory.instance import Asked, Instance, instance_of
from ops.laboratory.objective import placement_points
from ops.laboratory.policies import POLICIES, Policy, Scene, with_policy
from ops.laboratory.records import Ending, Outcome, Played, as_json
from ops.laboratory.simulation import simulate
from ops.networks.loading import load_network


@pytest.fixture(scope="module")
def instance() -> Instance:
    return instance_of(load_network("it"), 3, "double", days=20)


@pytest.fixture(scope="module", params=sorted(POLICIES))
def played(request: pytest.FixtureRequest, instance: Instance) -> Played:
    return simulate(instance, POLICIES[request.param])


def test_every_request_ends_once(instance: Instance, played: Played) -> None:
    assert [served.request for served in played.served] == list(range(len(instance.asked)))
    assert sum(served.proposals for served in played.served) == len(played.proposed)
    accepted = {proposed.request: proposed for proposed in played.proposed if proposed.how is Ending.ACCEPTED}
    assert accepted.keys() == {served.request for served in played.served if served.outcome is Outcome.PLACED}


def test_no_place_is_taken_twice_nor_outside_a_window(instance: Instance, played: Played) -> None:
    taken: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for proposed in played.proposed:
        for place in proposed.places:
            window = instance.window_at(proposed.unit, place, proposed.at_ms)
            assert window is not None
            taken.setdefault((proposed.unit, place), []).append((proposed.at_ms, proposed.leaves_ms or proposed.ends_ms))
    assert taken
    for spans in taken.values():
        spans.sort()
        assert all(one[1] <= other[0] for one, other in itertools.pairwise(spans))


def test_a_household_has_all_its_places_or_none(instance: Instance, played: Played) -> None:
    for proposed in played.proposed:
        size = instance.asked[proposed.request].request.household.size
        assert len(proposed.places) in (0, size)
        if proposed.how is Ending.ACCEPTED:
            assert len(proposed.places) == size
        if proposed.code is DeclineCode.PROVIDER_NOT_FREE:
            assert not proposed.places


def test_what_is_placed_was_proposed_in_time_and_is_worth_what_it_is(instance: Instance, played: Played) -> None:
    for served in played.served:
        asked = instance.asked[served.request]
        if served.outcome is not Outcome.PLACED:
            assert served.worth == 0
            continue
        assert served.unit is not None and served.proposed_ms is not None
        assert asked.arrives_ms <= served.proposed_ms < asked.needed_by_ms
        assert served.worth == placement_points(instance, asked, served.unit, served.proposed_ms)


def test_the_limits_of_the_policy_hold(instance: Instance, played: Played) -> None:
    policy = instance.terms.policy
    for served in played.served:
        assert served.proposals <= policy.max_disclosures
        assert served.declines <= policy.max_declines
    proposals = Counter(proposed.request for proposed in played.proposed)
    assert all(not asked.request.household.unaccompanied for asked in instance.asked if proposals[asked.index])


def test_every_proposal_keeps_every_rule(instance: Instance, played: Played) -> None:
    """By the product's own predicates, on what the records tell, but for parking."""
    of_case = {asked.request.case_id: asked for asked in instance.asked}
    policy = instance.terms.policy
    for number, proposed in enumerate(played.proposed):
        asked = instance.asked[proposed.request]
        near = NOWHERE
        linked = [of_case[case_id] for case_id in asked.request.apart_from]
        linked += [other for other in instance.asked if asked.request.case_id in other.request.apart_from and other.arrives_ms <= proposed.at_ms]
        for other in linked:
            for there in played.proposed[:number]:
                if there.request == other.index and there.at_ms <= proposed.at_ms < (there.leaves_ms or there.ends_ms):
                    near = near_also(near, instance.units[there.unit], policy)
        place = replace(instance.units[proposed.unit], free=proposed.known_free, observed_at_ms=proposed.observed_at_ms)
        assert excluded_by(replace(asked.request, near=near), place, proposed.at_ms, instance.terms) is None
        live = [other for other in played.proposed[:number] if other.request == proposed.request and other.ends_ms > proposed.at_ms]
        assert not live
    assert one_live_proposal in PREDICATES


def test_a_unit_that_declined_is_not_asked_again_at_once(instance: Instance, played: Played) -> None:
    last: dict[tuple[int, int], int] = {}
    for proposed in played.proposed:
        before = last.get((proposed.request, proposed.unit))
        if before is not None:
            assert any(before < at_ms <= proposed.at_ms for at_ms in instance.published[proposed.unit]) or proposed.at_ms - before >= 7 * DAY_MS
        last[proposed.request, proposed.unit] = proposed.ends_ms


def test_it_is_the_same_again(instance: Instance, played: Played) -> None:
    assert simulate(instance, POLICIES[played.policy]) == played


def test_it_is_the_same_in_a_process_with_other_hashes() -> None:
    told = (
        "import json,hashlib\n"
        "from ops.laboratory.instance import instance_of\n"
        "from ops.laboratory.policies import POLICIES\n"
        "from ops.laboratory.records import as_json\n"
        "from ops.laboratory.simulation import simulate\n"
        "from ops.networks.loading import load_network\n"
        "instance = instance_of(load_network('it'), 5, 'tight', days=10)\n"
        "print([hashlib.sha256(json.dumps(as_json(simulate(instance, policy), instance)).encode()).hexdigest() for policy in POLICIES.values()])\n"
    )
    outputs = {
        subprocess.run([sys.executable, "-c", told], check=True, capture_output=True, text=True, env=os.environ | {"PYTHONHASHSEED": seed}).stdout
        for seed in ("1", "2")
    }
    assert len(outputs) == 1


def test_records_are_plain_data(instance: Instance, played: Played) -> None:
    told = as_json(played, instance)
    assert json.loads(json.dumps(told)) == told
    assert len(told["proposed"]) == len(played.proposed)


def test_without_windows_nobody_is_placed(instance: Instance) -> None:
    full = replace(instance, windows=tuple(tuple(() for _ in places) for places in instance.windows))
    assert simulate(full, POLICIES["shipped"]).placed == 0


def test_whoever_chooses_sees_the_whole_scene_and_may_wait(instance: Instance) -> None:
    """A chooser that holds everybody back for a day: nobody is proposed anything sooner."""
    seen: list[int] = []

    def later(scene: Scene) -> list[Answer]:
        seen.append(len(scene.waiting))
        assert {request.case_id for request in scene.requests} <= scene.waiting.keys()
        answers = policy.matcher(scene.requests, scene.units, scene.at_ms, scene.terms, scene.loads)
        told = []
        for answer in answers:
            due_ms = scene.waiting[answer.case_id].arrives_ms + DAY_MS
            if scene.at_ms < due_ms:
                scene.look_again[answer.case_id] = due_ms
                answer = replace(answer, best=None)
            told.append(answer)
        return told

    policy: Policy = replace(POLICIES["shipped"], name="later", choose=later)
    played = simulate(instance, policy)
    assert seen and played.placed
    assert all(proposed.at_ms >= instance.asked[proposed.request].arrives_ms + DAY_MS for proposed in played.proposed)


def test_whoever_estimates_anew_sees_what_was_asked_and_nothing_to_come() -> None:
    """Weights estimated anew after 30 and 60 days; who learns nothing by it plays as before."""
    long = instance_of(load_network("it"), 3, "ample", days=61)
    seen: list[int] = []

    def as_before(terms: Terms, asked: Sequence[Asked], days: int) -> Terms:
        seen.append(days)
        assert list(asked) == [each for each in long.asked if each.arrives_ms < long.start_ms + days * DAY_MS]
        return terms

    never = simulate(long, replace(POLICIES["learns"], anew=None))
    assert never.proposed != simulate(long, POLICIES["learns"]).proposed
    assert simulate(long, replace(POLICIES["learns"], anew=as_before)).served == never.served
    assert seen == [30, 60]


def test_whoever_waits_is_looked_at_again_when_places_cost_something_else() -> None:
    """At first every place is worth more than anybody; from the thirtieth day on nothing costs anything."""
    long = instance_of(load_network("it"), 3, "double", days=31)

    def costing(terms: Terms, weights: tuple[KindWeights, ...]) -> Terms:
        matching = terms.policy.matching
        assert matching is not None and matching.scarcity is not None
        return with_policy(terms, replace(terms.policy, matching=replace(matching, scarcity=replace(matching.scarcity, kinds=weights))))

    def dear(chosen: Instance, load: str) -> Terms:
        told = POLICIES["scarcity"].terms_for(replace(chosen, load=load))
        every = sorted({kind for asked in chosen.asked if (kind := kind_of_request(asked.request.household)) is not None})
        return costing(told, tuple(KindWeights(kind, (9_000,)) for kind in every))

    played = simulate(long, replace(POLICIES["learns"], estimated=dear, anew=lambda terms, _asked, _days: costing(terms, ())))
    cheap_ms = long.start_ms + 30 * DAY_MS
    urgent = {asked.index for asked in long.asked if asked.urgency is Urgency.IMMEDIATE}
    assert min(proposed.at_ms for proposed in played.proposed if proposed.request not in urgent) == cheap_ms
    assert sum(proposed.at_ms == cheap_ms for proposed in played.proposed) > 5
