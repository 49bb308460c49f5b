"""Chance that depends on the seed and on what is being decided, not on what was drawn before: one change moves one thing."""

from __future__ import annotations

import math
from collections.abc import Mapping
from random import Random
from typing import TypeVar

from events.ids import uuid7

T = TypeVar("T")


def chance(seed: int, *about: object) -> Random:
    """A generator of its own for one question, the same on every machine."""
    return Random("/".join(str(part) for part in (seed, *about)))


def pick(draw: Random, weights: Mapping[T, float]) -> T:
    """One key, by weight. The mapping must not be empty."""
    keys = list(weights)
    return draw.choices(keys, [weights[key] for key in keys])[0]


def count(draw: Random, mean: float) -> int:
    """A Poisson number (Knuth's product of uniforms in steps, so that large means do not underflow)."""
    total = 0
    while mean > 0:
        step = min(mean, 30.0)
        mean -= step
        floor, product = math.exp(-step), draw.random()
        while product > floor:
            total += 1
            product *= draw.random()
    return total


def about_ms(draw: Random, median_minutes: float, spread: float = 0.6) -> int:
    """A waiting time around a median, log-normal, in milliseconds; never under a minute."""
    return max(60_000, int(draw.lognormvariate(math.log(median_minutes), spread) * 60_000))


def random_uuid(draw: Random) -> str:
    """A UUIDv4-shaped id for a case or a transfer."""
    value = draw.getrandbits(128) & ~(0xF << 76) & ~(0b11 << 62) | 0x4 << 76 | 0b10 << 62
    text = f"{value:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def event_id(draw: Random, at_ms: int) -> str:
    """A UUIDv7 for an event reported at this instant."""
    return uuid7(at_ms, draw.getrandbits(74))
