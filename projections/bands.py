"""The network's capacity as others than its helpline and the owner may see it: by macro-area, none, few or some; batched, delayed and blurred.

A fall after a departure must tell nobody where somebody went (`docs/adr`, 28). Four things together see to it, and `tests/sight` attacks each left out:

- a band changes at fixed instants alone, multiples of the batch, whoever asks and whatever happens;
- it is the mean of several looks spread over the batch before, and ends a delay ago: one person moves it little, and many move it at once;
- the thresholds of an area move from batch to batch by a whole number of places drawn under the network's key, so that a change may be nobody's;
- there are three words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum

from events.network import Sight

HOUR_MS = 3_600_000
STRICTEST = Sight(few_up_to=3, batch_ms=72 * HOUR_MS, delay_ms=48 * HOUR_MS, looks=6, blur=2, break_glass_ms=HOUR_MS)
"""Where the policy says nothing: measured against the attacker of `tests/sight`."""


class Band(StrEnum):
    """Free places, as roughly as they may be told."""

    NONE = "none"
    FEW = "few"
    SOME = "some"


def step_of(at_ms: int, sight: Sight) -> int:
    """The instant at which what is published now was published."""
    return at_ms - at_ms % sight.batch_ms


def looks_of(step_ms: int, sight: Sight) -> tuple[int, ...]:
    """The instants of which the bands published at a step are the mean, oldest first."""
    last_ms = step_ms - sight.delay_ms
    return tuple(last_ms - number * sight.batch_ms // sight.looks for number in reversed(range(sight.looks)))


def band_of(free: Sequence[int], few_up_to: int, shift: int) -> Band:
    """The word for free places counted at some looks, with the thresholds moved by a number of places. No look: none."""
    total = sum(free) - shift * len(free)
    if total <= 0:
        return Band.NONE
    return Band.FEW if total <= few_up_to * len(free) else Band.SOME


def bands_at(
    step_ms: int, sight: Sight, looks: Sequence[Mapping[str, int]], areas: Sequence[str], draw: Callable[[str], int]
) -> tuple[tuple[str, Band], ...]:
    """Every area with its band, sorted. `looks`: free places by area at each instant of `looks_of` that there is something known of.

    `draw`: a number of at least 64 bits for a text, the same each time, which nobody can tell without the network's key.
    """
    found = []
    for area in sorted(areas):
        shift = draw(f"{area}:{step_ms}") % (2 * sight.blur + 1) - sight.blur
        found.append((area, band_of([look.get(area, 0) for look in looks], sight.few_up_to, shift)))
    return tuple(found)
