"""An account in short says the same as the whole: every unit once, and a digest that only the whole has."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from coordinator.matching.accounting import MOST_NAMED, MOST_SCORED, Account, account
from coordinator.matching.open_units import NO_UNITS, OpenUnits, open_units_of
from coordinator.matching.place import Place
from coordinator.matching.safety import PREDICATES, excluded_by
from coordinator.matching.scarcity import Pricing
from coordinator.matching.weighing import weigh
from events.explanation import explanation_digest, explanation_text
from events.fact import Danger
from events.transfer import Excluded, Scored
from events.vocabulary import DangerKind, Level, Need, Rule
from tests.domain.world import DAY, woman
from tests.matching.examples import NOW, PLACE, REQUEST, TERMS, endangered, of


def told(units: OpenUnits, *, whole: bool, people: int = 1) -> Account:
    request = replace(
        endangered(Danger(DangerKind.PROVINCE, "NA")), household=of(*[woman(person) for person in "abc"[:people]]).household, lives_in="u0007"
    )
    return account(weigh(request, units.roomy(people), NOW, TERMS, {"busy": 3}, Pricing({}, TERMS, NOW)), units, whole=whole)


def many(count: int, kinds: str) -> list[Place]:
    """So many places, of kinds in turn: free, full, shut, towards danger, stale, non-residential, equipped."""
    changes: dict[str, dict[str, object]] = {
        "f": {}, "x": {"free": 0}, "s": {"accepting": False}, "d": {"region": "15"}, "o": {"observed_at_ms": NOW - 30 * DAY},
        "n": {"level": Level.NON_RESIDENTIAL}, "e": {"offers": frozenset({Need.STEP_FREE}), "project_id": "busy"},
    }  # fmt: skip
    return [replace(PLACE, unit_id=f"u{index:04}", **changes[kinds[index % len(kinds)]]) for index in range(count)]  # type: ignore[arg-type]


def test_few_units_are_all_named() -> None:
    units = open_units_of(many(14, "fxsdone"))
    short, whole = told(units, whole=False), told(units, whole=True)
    assert short == whole
    assert short.rest is None and short.units == 14
    assert [(group.rule, group.units) for group in short.excluded] == [
        ("accepting", ("u0002", "u0005", "u0009", "u0012")),
        ("one_place_one_case", ("u0001", "u0007", "u0008")),
        ("safety", ("u0003", "u0010")),
        ("freshness", ("u0004", "u0011")),
    ]


def test_many_units_are_counted_and_the_best_are_scored() -> None:
    units = open_units_of(many(700, "fxsdone"))
    short, whole = told(units, whole=False), told(units, whole=True)
    assert short.units == whole.units == 700
    assert short.digest == whole.digest == explanation_digest(whole.excluded, whole.scored)
    assert [(group.rule, group.count) for group in short.excluded] == [(group.rule, group.count) for group in whole.excluded]
    assert all((len(group.units) == group.count) == (group.count <= MOST_NAMED) for group in short.excluded)
    assert short.scored == whole.scored[:MOST_SCORED] and len(short.scored) == MOST_SCORED
    assert short.rest is not None
    left = [scored.total for scored in whole.scored[MOST_SCORED:]]
    assert (short.rest.units, short.rest.highest, short.rest.lowest) == (len(left), max(left), min(left))


def test_one_unit_that_is_told_otherwise_changes_the_digest() -> None:
    digests = {told(open_units_of(places), whole=False).digest for places in _variants(many(200, "fxsdone"))}
    assert len(digests) == 5


def _variants(places: list[Place]) -> list[list[Place]]:
    first = places[0]
    return [places, places[1:], [replace(first, free=0), *places[1:]], [replace(first, observed_at_ms=NOW - 1), *places[1:]],
            [replace(first, offers=frozenset({Need.ADDICTION_CARE})), *places[1:]]]  # fmt: skip


def test_the_canonical_text_is_what_the_documents_say() -> None:
    excluded = (Excluded("accepting", ("a", "b")), Excluded("safety", ("c",)))
    scored = (Scored("z", (3, -1), 2, 5), Scored("d", (1, 0), 1, 0))
    assert explanation_text(excluded, scored) == b"excluded accepting a b\nexcluded safety c\nscored d 1 0 1 0\nscored z 2 5 3 -1\n"


def test_what_the_units_answer_themselves_are_the_first_rules() -> None:
    assert [predicate.__name__ for predicate in PREDICATES[:2]] == [Rule.ACCEPTING.value, Rule.ONE_PLACE_ONE_CASE.value]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 300), st.sampled_from("fxsdone"), st.booleans()), max_size=400), st.integers(1, 3))
def test_units_that_come_and_go_are_arranged_as_if_made_at_once(steps: list[tuple[int, str, bool]], people: int) -> None:
    units, kept = NO_UNITS, dict[str, Place]()
    for number, kind, stays in steps:
        place = replace(many(1, kind)[0], unit_id=f"u{number:04}")
        if stays:
            units, kept[place.unit_id] = units.put(place), place
        else:
            units = units.without(place.unit_id)
            kept.pop(place.unit_id, None)
    at_once = open_units_of(kept.values())
    assert list(units) == list(at_once) == [kept[unit_id] for unit_id in sorted(kept)] and len(units) == len(kept)
    assert all(units.get(unit_id) is place for unit_id, place in kept.items())
    assert told(units, whole=False, people=people) == told(at_once, whole=False, people=people)
    assert told(units, whole=True, people=people).units == len(kept)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from("fxsdone"), max_size=30), st.integers(1, 3))
def test_every_unit_stands_under_the_first_rule_that_excludes_it(kinds: list[str], people: int) -> None:
    places = [replace(many(1, kind)[0], unit_id=f"u{number:04}") for number, kind in enumerate(kinds)]
    request = replace(REQUEST, household=of(*[woman(person) for person in "abc"[:people]]).household)
    units = open_units_of(places)
    whole = account(weigh(request, units.roomy(people), NOW, TERMS, {}, Pricing({}, TERMS, NOW)), units, whole=True)
    said = {unit: group.rule for group in whole.excluded for unit in group.units} | {scored.unit_id: None for scored in whole.scored}
    assert said == {place.unit_id: excluded_by(request, place, NOW, TERMS) for place in places}
