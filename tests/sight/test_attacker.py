"""Where did somebody go who left? An attacker who knows when, and sees every publication of the network's bands, guesses the macro-area.

The attacker is near the best there is for one departure: it has learned, from as many departures whose end it knows, how often each change of an area's
band goes with somebody going there and how often with nobody. It is held against one who knows as much and does not look at what changed. With the
figures themselves, or bands at once, it wins; with what ships it does not.
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache

import pytest

from events.network import Sight
from events.verdict import Recorded, Refused
from events.vocabulary import RefusalCode
from ops.networks import load_network
from ops.networks.opening import sight_of
from projections.bands import HOUR_MS, STRICTEST, Band, band_of, bands_at, looks_of, step_of
from tests.domain.world import POLICY, italy
from tests.sight.departures import MACRO_AREAS, Departure, Played, played

MINUTE_MS = 60_000
NETWORKS = 6
DEPARTURES = 150
HELD_FROM_MS = 30 * HOUR_MS
"""The place was held at most so long before the departure: the attacker looks from before."""
LEVELS = {Band.NONE: 0, Band.FEW: 1, Band.SOME: 2}

AT_ONCE = Sight(few_up_to=3, batch_ms=15 * MINUTE_MS, delay_ms=0, looks=1, blur=0, break_glass_ms=HOUR_MS)
Feature = tuple[int, int]
"""An area's level before, and how much it changed."""


@cache
def networks() -> tuple[Played, ...]:
    """Months of several networks."""
    return tuple(played(seed, DEPARTURES) for seed in range(NETWORKS))


def published(network: int, at_ms: int, sight: Sight, *, exact: bool) -> dict[str, int]:
    """What any project sees at an instant, as a level an area."""
    step = step_of(at_ms, sight)
    looks = [networks()[network].free_at(at) for at in looks_of(step, sight)]
    if exact:
        return {area: looks[-1][area] for area in MACRO_AREAS}

    def draw(text: str) -> int:
        return int.from_bytes(hashlib.sha256(f"{network}:{text}".encode()).digest(), "big")

    return {area: LEVELS[band] for area, band in bands_at(step, sight, looks, MACRO_AREAS, draw)}


def seen_around(network: int, departure: Departure, sight: Sight, *, exact: bool) -> dict[str, Feature]:
    """The last publication that cannot hold the departure yet, and the first that holds it whole."""
    held_ms, left_ms = departure.at_ms - HELD_FROM_MS, departure.at_ms
    before = published(network, held_ms + sight.delay_ms, sight, exact=exact)
    after = published(network, left_ms + sight.delay_ms + 2 * sight.batch_ms, sight, exact=exact)
    return {area: (min(before[area], 9), max(-2, min(2, after[area] - before[area]))) for area in MACRO_AREAS}


def hits(sight: Sight, *, exact: bool, looks_at: Callable[[Feature], object]) -> float:
    """How often the attacker is right: it learns from one half of the departures and guesses the other, both ways."""
    known = [
        (seen_around(number, departure, sight, exact=exact), departure.macro_area)
        for number, network in enumerate(networks())
        for departure in network.departures[3:-3]
    ]
    odd, even = known[1::2], known[::2]
    right = _right(odd, even, looks_at) + _right(even, odd, looks_at)
    return right / len(known)


def _right(
    learned: Sequence[tuple[dict[str, Feature], str]], asked: Sequence[tuple[dict[str, Feature], str]], looks_at: Callable[[Feature], object]
) -> int:
    prior = Counter(area for _, area in learned)
    with_it: dict[bool, Counter[object]] = defaultdict(Counter)
    for features, went in learned:
        for area in MACRO_AREAS:
            with_it[area == went][looks_at(features[area])] += 1

    def score(area: str, feature: object) -> float:
        likely, unlikely = ((with_it[there][feature] + 1) / (with_it[there].total() + 10) for there in (True, False))
        return math.log(prior[area] + 1) + math.log(likely / unlikely)

    return sum(max(MACRO_AREAS, key=lambda area: score(area, looks_at(features[area]))) == went for features, went in asked)


def advantage(sight: Sight, *, exact: bool = False) -> float:
    """How much more often it is right for having seen what changed: than by how often each area is gone to, and how it stood before."""
    blind = max(hits(sight, exact=exact, looks_at=lambda _: None), hits(sight, exact=exact, looks_at=lambda feature: feature[0]))
    return hits(sight, exact=exact, looks_at=lambda feature: feature) - blind


CHANCE = 0.045
"""Two standard deviations of a share near 0.35 in 864 guesses, and a little: less is chance."""


@pytest.fixture(scope="module", autouse=True)
def _announced() -> None:
    assert all(len(network.departures) == DEPARTURES for network in networks())


def test_it_wins_with_the_figures_themselves() -> None:
    assert advantage(AT_ONCE, exact=True) > 0.15


def test_it_wins_with_bands_at_once() -> None:
    """Three words alone do not hide where somebody went."""
    assert advantage(AT_ONCE) > CHANCE


def test_it_does_not_win_with_what_ships() -> None:
    assert advantage(STRICTEST) <= CHANCE


def test_italy_publishes_no_finer_than_what_was_measured() -> None:
    italy = sight_of(load_network("it").policy["sight"])
    assert italy.batch_ms >= STRICTEST.batch_ms and italy.delay_ms >= STRICTEST.delay_ms
    assert italy.looks >= STRICTEST.looks and italy.blur >= STRICTEST.blur and italy.few_up_to >= STRICTEST.few_up_to


def test_nothing_changes_between_two_steps() -> None:
    """Whenever it is asked, the answer is of the last step: no change can be laid beside a departure."""
    first = step_of(networks()[0].departures[60].at_ms, STRICTEST)
    seen = [published(0, first + minutes * MINUTE_MS, STRICTEST, exact=False) for minutes in range(0, STRICTEST.batch_ms // MINUTE_MS, 7)]
    assert all(each == seen[0] for each in seen)


def test_what_is_published_is_older_than_the_delay() -> None:
    at_ms = 1_700_000_000_000
    looks = looks_of(step_of(at_ms, STRICTEST), STRICTEST)
    assert len(looks) == STRICTEST.looks and list(looks) == sorted(looks)
    assert max(looks) <= at_ms - STRICTEST.delay_ms and max(looks) - min(looks) < STRICTEST.batch_ms


@pytest.mark.parametrize(
    ("free", "shift", "band"),
    [
        ((), 0, Band.NONE), ((0, 0), 0, Band.NONE), ((1, 0), 0, Band.FEW), ((3, 3), 0, Band.FEW), ((4, 3), 0, Band.SOME),
        ((2, 2), 2, Band.NONE), ((4, 4), 2, Band.FEW), ((0, 0), -1, Band.FEW), ((2, 3), -1, Band.SOME),
    ],
)  # fmt: skip
def test_words(free: tuple[int, ...], shift: int, band: Band) -> None:
    assert band_of(free, 3, shift) is band


def test_the_blur_moves_thresholds_from_batch_to_batch() -> None:
    sight = replace(STRICTEST, blur=2)
    steps = [number * sight.batch_ms for number in range(40)]
    drawn = [
        bands_at(step, sight, [{"north": 3}], ("north",), lambda text: int(hashlib.sha256(text.encode()).hexdigest(), 16))[0][1] for step in steps
    ]
    assert set(drawn) == {Band.FEW, Band.SOME}


@pytest.mark.parametrize(
    "wrong", [{"few_up_to": 0}, {"batch_ms": 0}, {"delay_ms": -1}, {"looks": 0}, {"looks": 49}, {"blur": -1}, {"break_glass_ms": 25 * HOUR_MS}]
)
def test_a_policy_that_cannot_be_published_by_is_refused(wrong: dict[str, int]) -> None:
    world = italy()
    policy = replace(POLICY, version=2, sight=replace(STRICTEST, **wrong))
    assert world.send(policy) == (Refused(RefusalCode.FIELD_INVALID, "sight"),)
    assert any(isinstance(outcome, Recorded) for outcome in world.send(replace(policy, sight=STRICTEST)))
