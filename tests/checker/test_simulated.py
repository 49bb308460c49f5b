"""The checker of simulated proposals finds nothing where nothing is wrong, and each rule that is broken on purpose by its name."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pytest

from ops.checker.simulated import RULES, Checker, counted
from ops.demand.hours import DAY_MS, HOUR_MS
from ops.laboratory.instance import instance_of
from ops.laboratory.policies import POLICIES
from ops.laboratory.records import as_json, network_as_json
from ops.laboratory.simulation import simulate
from ops.networks.loading import load_network

Records = dict[str, Any]


@cache
def _checker() -> Checker:
    return Checker(network_as_json(load_network("it")))


@cache
def _played(policy: str = "shipped") -> Records:
    instance = instance_of(load_network("it"), 12, "14", days=14)
    return as_json(simulate(instance, POLICIES[policy]), instance)


@pytest.mark.parametrize("policy", POLICIES)
def test_nothing_is_found_where_nothing_is_wrong(policy: str) -> None:
    played = _played(policy)
    assert len(played["proposed"]) > 50
    assert counted(_checker().findings(played)) == {}


def test_a_hold_that_ends_at_the_very_instant_may_count_or_not_and_one_that_ended_before_counts() -> None:
    played = copy.deepcopy(_played())
    later, ended = next(
        (one, other)
        for one in played["proposed"]
        for other in played["proposed"]
        if other["unit"] == one["unit"] and one["observed_at_ms"] <= other["at_ms"] and other["ends_ms"] < one["at_ms"] and other["leaves_ms"] is None
    )
    people = len(_members(played, ended))
    later["known_free"] -= people
    assert counted(_checker().findings(played))["known_free"] >= 1
    ended["ends_ms"] = later["at_ms"]
    assert "known_free" not in counted(_checker().findings(played))
    later["known_free"] += people + 1
    assert counted(_checker().findings(played))["known_free"] >= 1


def _request(played: Records, proposed: Records) -> Records:
    found: Records = played["asked"][proposed["request"]]
    return found


def _unit(played: Records, proposed: Records) -> Records:
    found: Records = played["units"][proposed["unit"]]
    return found


def _accepted(played: Records) -> Iterator[Records]:
    return (proposed for proposed in played["proposed"] if proposed["how"] == "accepted")


def _members(played: Records, proposed: Records) -> list[Records]:
    found: list[Records] = _request(played, proposed)["request"]["household"]["members"]
    return found


def _not_accepting(played: Records) -> None:
    _unit(played, played["proposed"][3])["accepting"] = False


def _where_they_live(played: Records) -> None:
    proposed = played["proposed"][3]
    _request(played, proposed)["request"]["lives_in"] = _unit(played, proposed)["unit_id"]


def _danger_there(played: Records) -> None:
    proposed = played["proposed"][3]
    _request(played, proposed)["request"]["dangers"].insert(0, {"kind": "region", "value": _unit(played, proposed)["region"]})


def _danger_to_the_unit(played: Records) -> None:
    proposed = played["proposed"][3]
    danger = {"kind": "project", "value": "somewhere-else"}
    _request(played, proposed)["request"]["dangers"].insert(0, danger)
    _unit(played, proposed)["dangers"].append(danger)


def _near_another(played: Records) -> None:
    """Two people in one unit at once turn out to be kept apart."""
    for one in _accepted(played):
        for other in _accepted(played):
            if one is not other and one["unit"] == other["unit"] and one["ends_ms"] < other["at_ms"] < one["leaves_ms"]:
                mine = _request(played, other)["request"]
                mine["apart_from"] = [*mine["apart_from"], _request(played, one)["request"]["case_id"]]
                return
    raise AssertionError("nobody lives with another")


def _near_a_home(played: Records) -> None:
    """Somebody known before lives in the unit."""
    proposed = played["proposed"][-1]
    other = next(played["asked"][served["request"]] for served in played["served"] if served["outcome"] == "deadline" and not served["proposals"])
    other["request"]["lives_in"] = _unit(played, proposed)["unit_id"]
    _request(played, proposed)["request"]["apart_from"] = [other["request"]["case_id"]]


def _not_released(played: Records) -> None:
    """Somebody to be kept apart, who lives there, is heard of while the proposal is live."""
    for proposed in played["proposed"]:
        for other in played["asked"]:
            if proposed["at_ms"] < other["arrives_ms"] < proposed["ends_ms"] and other["index"] != proposed["request"]:
                other["request"]["lives_in"] = _unit(played, proposed)["unit_id"]
                other["request"]["apart_from"] = [_request(played, proposed)["request"]["case_id"]]
                return
    raise AssertionError("nobody asks while a proposal is live")


def _a_minor(played: Records) -> None:
    _members(played, played["proposed"][3])[0].update(age_group="minor", parent=False)


def _an_adult_among_minors(played: Records) -> None:
    _unit(played, played["proposed"][3])["hosts"].append("unaccompanied_minors")


def _another_gender(played: Records) -> None:
    proposed = played["proposed"][3]
    hosts = _unit(played, proposed)["hosts"]
    hosts[:] = ["non_binary"]
    _members(played, proposed)[0].update(gender="man", parent=False)


def _a_need(played: Records) -> None:
    proposed = played["proposed"][3]
    _unit(played, proposed)["offers"] = []
    _members(played, proposed)[0]["essential_needs"] = ["step_free"]


def _a_language(played: Records) -> None:
    _members(played, played["proposed"][3])[0].update(only_language=True, languages=["tir"])


def _agreement_ends(played: Records) -> None:
    proposed = played["proposed"][3]
    _request(played, proposed)["request"]["agreed_until_ms"] = proposed["at_ms"] + 23 * HOUR_MS


def _no_agreement(played: Records) -> None:
    _request(played, played["proposed"][3])["request"]["agreed_until_ms"] = None


def _twice(played: Records) -> None:
    played["proposed"].append({**played["proposed"][3], "at_ms": played["proposed"][3]["at_ms"] + 1})


def _old_figure(played: Records) -> None:
    proposed = played["proposed"][3]
    played["published"][proposed["unit"]] = [at for at in played["published"][proposed["unit"]] if at < proposed["at_ms"] - 8 * DAY_MS]


def _other_figure(played: Records) -> None:
    played["proposed"][3]["observed_at_ms"] -= 1


def _too_late(played: Records) -> None:
    _request(played, played["proposed"][3])["needed_by_ms"] = played["proposed"][3]["at_ms"]


def _withdrawn(played: Records) -> None:
    _request(played, played["proposed"][3])["withdraws_ms"] = played["proposed"][3]["at_ms"]


def _asked_again(played: Records) -> None:
    """Where it was declined, at once."""
    for number, proposed in enumerate(played["proposed"]):
        if proposed["how"] == "declined" and proposed["code"] == "person_refused":
            again = {**proposed, "at_ms": proposed["ends_ms"] + 1, "ends_ms": proposed["ends_ms"] + 2}
            played["proposed"][number + 1 :] = [again]
            return
    raise AssertionError("nobody declined")


def _after_three(played: Records) -> None:
    number, proposed = next((n, p) for n, p in enumerate(played["proposed"]) if p["how"] == "declined")
    played["proposed"][number + 1 :] = [
        {**proposed, "at_ms": proposed["at_ms"] + turn * 8 * DAY_MS, "ends_ms": proposed["ends_ms"] + turn * 8 * DAY_MS} for turn in (1, 2, 3)
    ]


def _asleep(played: Records) -> None:
    """Three in the morning."""
    proposed = next(p for p in played["proposed"] if _request(played, p)["urgency"] == "immediate" and not _around_the_clock(p, played))
    proposed["at_ms"] += 27 * HOUR_MS - (proposed["at_ms"] + 2 * HOUR_MS) % DAY_MS
    played["proposed"][:] = [proposed]


def _around_the_clock(proposed: Records, played: Records) -> bool:
    duty = network_as_json(load_network("it"))["duty"].get(_unit(played, proposed)["project_id"])
    return duty is not None and any(window["from_minute"] == 0 for window in duty["weekly"])


def _another_deadline(played: Records) -> None:
    played["proposed"][3]["deadline_ms"] += 1


def _held_too_long(played: Records) -> None:
    played["proposed"][3]["ends_ms"] = played["proposed"][3]["deadline_ms"] + 1


def _same_place(played: Records) -> None:
    """Somebody is put into the place of another."""
    for one in _accepted(played):
        for other in played["proposed"]:
            if other is not one and other["unit"] == one["unit"] and one["at_ms"] < other["at_ms"] < one["leaves_ms"] and other["places"]:
                other["places"][0] = one["places"][0]
                return
    raise AssertionError("no unit was used twice")


def _local_people(played: Records) -> None:
    proposed = next(_accepted(played))
    played["windows"][proposed["unit"]][proposed["places"][0]] = []


def _no_real_place(played: Records) -> None:
    next(_accepted(played))["places"] = []


def _one_place_for_two(played: Records) -> None:
    proposed = next(p for p in _accepted(played) if len(p["places"]) > 1)
    proposed["places"] = proposed["places"][:1] * len(proposed["places"])


def _elsewhere_too(played: Records) -> None:
    proposed = next(_accepted(played))
    proposed["places"][0] = len(played["windows"][proposed["unit"]])


def _another_figure_left(played: Records) -> None:
    played["proposed"][3]["known_free"] += 1


def _more_than_fit(played: Records) -> None:
    """A household one larger than what is known to be free."""
    proposed = played["proposed"][3]
    members = _members(played, proposed)
    members.extend(copy.deepcopy(members[:1]) * proposed["known_free"])


def _said_not_free(played: Records) -> None:
    """A project says that its figure does not hold, and is asked for another case all the same."""
    last = next(p for p in reversed(played["proposed"]) if p["at_ms"] > p["observed_at_ms"] + 1)
    first = next(p for p in played["proposed"] if p["request"] != last["request"])
    seen_ms = last["observed_at_ms"]
    first.update(unit=last["unit"], at_ms=seen_ms, ends_ms=seen_ms + 1, how="declined", code="provider_not_free", leaves_ms=None)


def _stays_longer(played: Records) -> None:
    next(_accepted(played))["leaves_ms"] += 1


def _ends_before(played: Records) -> None:
    played["proposed"][3]["ends_ms"] = played["proposed"][3]["at_ms"] - 1


BROKEN: tuple[tuple[str, Callable[[Records], None]], ...] = (
    ("accepting", _not_accepting),
    ("accepting", _said_not_free),
    ("one_place_one_case", _where_they_live),
    ("one_place_one_case", _more_than_fit),
    ("never_towards_danger", _danger_there),
    ("never_towards_danger", _danger_to_the_unit),
    ("never_with_exploiters", _near_another),
    ("never_with_exploiters", _near_a_home),
    ("safety.not_released", _not_released),
    ("minors", _a_minor),
    ("minors", _an_adult_among_minors),
    ("people_decide", _a_minor),
    ("gender", _another_gender),
    ("essential_needs", _a_need),
    ("essential_needs", _a_language),
    ("agreement", _agreement_ends),
    ("agreement", _no_agreement),
    ("one_live_proposal", _twice),
    ("freshness", _old_figure),
    ("freshness", _other_figure),
    ("operator_decides", _too_late),
    ("operator_decides", _withdrawn),
    ("operator_decides", _after_three),
    ("declined_before", _asked_again),
    ("on_duty", _asleep),
    ("answer_time", _another_deadline),
    ("hold.outlived", _held_too_long),
    ("double_booking", _same_place),
    ("double_booking", _local_people),
    ("double_booking", _no_real_place),
    ("household_in_one_unit", _one_place_for_two),
    ("household_in_one_unit", _elsewhere_too),
    ("known_free", _another_figure_left),
    ("stay", _stays_longer),
    ("reply", _ends_before),
)


@pytest.mark.parametrize(("rule", "break_it"), BROKEN, ids=[f"{rule}{break_it.__name__}" for rule, break_it in BROKEN])
def test_a_rule_broken_on_purpose_is_found(rule: str, break_it: Callable[[Records], None]) -> None:
    played = copy.deepcopy(_played())
    break_it(played)
    assert rule in counted(_checker().findings(played))


def test_every_rule_is_broken_once() -> None:
    assert {rule for rule, _ in BROKEN} == set(RULES)
