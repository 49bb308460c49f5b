"""Synthetic demand keeps to the published figures, within what chance allows at these sizes."""

from __future__ import annotations

from collections import Counter

import pytest

from events.vocabulary import AgeGroup, Gender, Host, Level
from ops.demand import figures
from ops.demand.calls import demand_of
from ops.demand.chance import chance
from ops.demand.hours import DAY_STARTS_AT_MS
from ops.demand.people import household
from ops.demand.units import places_of, units_of
from ops.networks import load_network

NETWORK = load_network("it")
SEEDS = (1, 2, 3)
HOUSEHOLDS = [household(chance(seed, "household", number)) for seed in SEEDS for number in range(4_000)]
PRINCIPALS = [members[0] for members in HOUSEHOLDS]


def share(matching: int) -> float:
    return matching / len(PRINCIPALS)


def test_genders_follow_2020() -> None:
    genders = Counter(member.gender for member in PRINCIPALS)
    assert share(genders[Gender.WOMAN]) == pytest.approx(figures.SHARE_WOMEN.value, abs=0.015)
    assert share(genders[Gender.MAN]) == pytest.approx(figures.SHARE_MEN.value, abs=0.015)
    transgender = genders[Gender.TRANS_WOMAN] + genders[Gender.TRANS_MAN] + genders[Gender.NON_BINARY]
    assert share(transgender) == pytest.approx(figures.SHARE_TRANSGENDER.value, abs=0.006)


def test_minors_follow_2020() -> None:
    minors = sum(member.age_group is AgeGroup.MINOR for member in PRINCIPALS)
    assert share(minors) == pytest.approx(figures.SHARE_MINORS.value, abs=0.01)


def test_languages_follow_the_countries_of_2020() -> None:
    nigerian = sum(bool({"pcm", "bin", "yor"} & set(member.languages)) for member in PRINCIPALS)
    assert share(nigerian) == pytest.approx(figures.SHARE_FROM_NIGERIA.value, abs=0.03)


@pytest.mark.parametrize("seed", SEEDS)
def test_places_follow_residents_from_anello_forte(seed: int) -> None:
    units = [unit for unit in units_of(NETWORK, seed) if unit.level is not Level.NON_RESIDENTIAL]
    places: Counter[str] = Counter()
    for unit in units:
        places[unit.project_id] += unit.places
    assert places["anello-forte"] == figures.PLACES_OF_ANELLO_FORTE.value
    assert {project.project: places_of(project, NETWORK) for project in NETWORK.projects} == dict(places)
    assert 1_050 <= places.total() <= 1_250
    assert 270 <= len(units) <= 360


@pytest.mark.parametrize("seed", SEEDS)
def test_units_are_nearly_full_and_hosts_follow_who_is_assisted(seed: int) -> None:
    units = [unit for unit in units_of(NETWORK, seed) if unit.level is not Level.NON_RESIDENTIAL]
    places = sum(unit.places for unit in units)
    assert sum(unit.occupied for unit in units) / places == pytest.approx(figures.SHARE_OCCUPIED, abs=0.03)
    assert all(0 <= unit.occupied + unit.reserved <= unit.places for unit in units)
    for_women = sum(unit.places for unit in units if Host.WOMEN in unit.hosts or Host.MOTHERS_WITH_CHILDREN in unit.hosts)
    assert for_women / places == pytest.approx(figures.SHARE_WOMEN.value, abs=0.09)
    assert all(unit.hosts == (Host.UNACCOMPANIED_MINORS,) for unit in units if Host.UNACCOMPANIED_MINORS in unit.hosts)


def test_a_year_has_the_published_calls_and_new_cases() -> None:
    units = units_of(NETWORK, 1)
    year = demand_of(NETWORK, units, 1, DAY_STARTS_AT_MS, 365, 1.0)
    assert year.contacts.relevant == pytest.approx(figures.RELEVANT_CALLS_A_YEAR.value, rel=0.1)
    assert year.contacts.not_pertinent == pytest.approx(figures.NOT_PERTINENT_CALLS_A_YEAR.value, rel=0.1)
    assert year.contacts.nuisance == pytest.approx(figures.NUISANCE_CALLS_A_YEAR.value, rel=0.1)
    assert len(year.new_cases) == pytest.approx(figures.NEW_CASES_A_YEAR.value, rel=0.1)
    requests = sum(case.request is not None for case in (*year.new_cases, *year.residents))
    assert requests == pytest.approx(figures.REQUESTS_A_DAY * 365, rel=0.12)


def test_shares_add_up() -> None:
    for weights in (
        figures.SOURCES,
        figures.REASONS,
        figures.URGENCIES,
        figures.DECLINES,
        figures.FAILED_ARRIVALS,
        figures.LEVELS,
        figures.ASSESSMENTS,
        figures.EXPLOITATION,
    ):
        assert sum(weights.values()) == pytest.approx(1.0)
