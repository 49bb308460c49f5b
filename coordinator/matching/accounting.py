"""An account of every open unit for one request: excluded by which rule, or scored how. In short for the ledger, whole for whoever asks again.

The short form names units only where they are few, scores the best ones and counts the rest; it carries the digest of the whole (`events.explanation`), so that
whoever recomputes the whole from the ledger can show that it is the same. Rules 2 and 3 are one here, so that nothing tells a danger from a link.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import merge

from coordinator.matching.open_units import Block, OpenUnits, Units
from coordinator.matching.weighing import Fitting, Weighed
from events.explanation import excluded_head, scored_line
from events.transfer import RULES_SHOWN_AS_SAFETY, Excluded, Rest, Scored
from events.vocabulary import Rule

MOST_NAMED = 40
"""Units excluded by one rule are named up to so many; beyond, they are counted."""
MOST_SCORED = 20
"""So many of the best are scored one by one."""


@dataclass(frozen=True, slots=True)
class Account:
    """Every unit of the network, once."""

    excluded: tuple[Excluded, ...]
    """In the order of `Rule`."""
    scored: tuple[Scored, ...]
    """Best first."""
    rest: Rest | None
    digest: bytes

    @property
    def units(self) -> int:
        """How many units this accounts for."""
        return sum(group.count for group in self.excluded) + len(self.scored) + (self.rest.units if self.rest is not None else 0)


def account(weighed: Weighed, units: OpenUnits, *, whole: bool = False) -> Account:
    """The account of a request that was weighed against what has room among these units. `whole`: everything named, whatever it takes."""
    size, told = weighed.request.household.size, _told(weighed.excluded)
    digest = hashlib.sha256()
    excluded: list[Excluded] = []
    for name in _NAMES:
        extra = told.get(name, ())
        if name == Rule.ACCEPTING:
            groups = _of_blocks([block.shut for block in units.blocks], units.blocks, extra)
        elif name == Rule.ONE_PLACE_ONE_CASE:
            groups = _of_blocks([block.full(size) for block in units.blocks], units.blocks, extra)
        else:
            groups = [_units(extra)] if extra else []
        if not groups:
            continue
        digest.update(excluded_head(name))
        for group in groups:
            digest.update(group.text)
        digest.update(b"\n")
        excluded.append(_excluded(name, groups, whole=whole))
    for fitting in weighed.fitting:
        digest.update(scored_line(fitting.place.unit_id, fitting.total, fitting.place.observed_at_ms or 0, fitting.parts))
    best = weighed.in_order(None if whole else MOST_SCORED)
    scored = tuple([Scored(fitting.place.unit_id, fitting.parts, fitting.total, fitting.place.observed_at_ms or 0) for fitting in best])
    return Account(tuple(excluded), scored, _rest(weighed.fitting, best), digest.digest())


_NAMES = tuple(dict.fromkeys("safety" if rule in RULES_SHOWN_AS_SAFETY else rule.value for rule in Rule))
"""What a rule is called in an account, in the order of `Rule`."""


def _excluded(name: str, groups: Sequence[Units], *, whole: bool) -> Excluded:
    """A rule with its units, or how many they are."""
    count = sum([len(group.ids) for group in groups])
    if count > MOST_NAMED and not whole:
        return Excluded(name, (), count)
    return Excluded(name, tuple([unit_id for group in groups for unit_id in group.ids]))


def _told(excluded: Mapping[Rule, Sequence[str]]) -> dict[str, Sequence[str]]:
    """Units by what their rule is called, sorted."""
    told: dict[str, Sequence[str]] = {}
    for rule, ids in excluded.items():
        name = "safety" if rule in RULES_SHOWN_AS_SAFETY else rule.value
        told[name] = sorted([*told[name], *ids]) if name in told else ids
    return told


def _of_blocks(groups: Sequence[Units], blocks: Sequence[Block], extra: Sequence[str]) -> list[Units]:
    """What each block says, and a few units more, put where they belong; all sorted."""
    if not extra:
        return [group for group in groups if group.ids]
    return list(_with_extra(groups, blocks, extra))


def _with_extra(groups: Sequence[Units], blocks: Sequence[Block], extra: Sequence[str]) -> Iterator[Units]:
    at = 0
    for group, block in zip(groups, blocks, strict=True):
        since, last = at, block.places[-1].unit_id
        while at < len(extra) and extra[at] <= last:
            at += 1
        yield _units(tuple(merge(group.ids, extra[since:at]))) if at > since else group


def _units(ids: Sequence[str]) -> Units:
    return Units(tuple(ids), "".join([f" {unit_id}" for unit_id in ids]).encode())


def _rest(fitting: Sequence[Fitting], best: Sequence[Fitting]) -> Rest | None:
    if len(best) == len(fitting):
        return None
    shown = {each.place.unit_id for each in best}
    totals = [each.total for each in fitting if each.place.unit_id not in shown]
    return Rest(len(totals), max(totals), min(totals))
