"""What places cost: worked out again from the policy adopted and from the units as the ledger has them.

While a policy's scarcity weights are valid, a place costs the highest weight of all kinds of request that its unit could serve, for each person, by how many
such requests the fresh places could serve, halved for each place that is still missing there; without weights, or after their time, nothing. The explanation
has to say which. Places left over in units for families count against a unit either way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from ops.checker.breach import Breach
from ops.checker.cases import Case, Network
from ops.checker.entry import Entry, Fact
from ops.checker.places import Places, Unit

_SPARE = 7
_SCARCITY = 9
"""Where these parts of a score stand."""
_FAMILIES = {"mothers_with_children", "fathers_with_children"}


@dataclass(slots=True)
class Scarcity:
    """What places cost under the policy in force."""

    network: Network
    places: Places
    fresh: Callable[[Unit, int], bool]
    """Whether a unit's figure is fresh at an instant."""

    def explained(self, entry: Entry, told: Fact, case: Case | None, *, by_people: bool) -> Iterator[Breach]:
        """What each unit that is named with its score costs, and what it has to spare."""
        matching = None if self.network.policy is None else self.network.policy.get("matching")
        said = told.fields.get("scarcity")
        if matching is None or said is None:
            if (matching is None) is not (said is None):
                yield Breach(
                    entry.sequence, "explained.scarcity", "scarcity is explained where the policy says nothing of it, or the other way round"
                )
            return
        standing = _standing(matching, entry.event_time_ms)
        if said["standing"] != standing:
            yield Breach(entry.sequence, "explained.scarcity", f"scarcity weights are said to be {said['standing']} and are {standing}")
            return
        table = {each["kind"]: each["weights"] for each in matching["scarcity"]["kinds"]} if standing == "in_force" else {}
        for each in said["kinds"]:
            if each["weight"] != _weight(table.get(each["kind"], [None]), each["free"]):
                yield Breach(entry.sequence, "explained.scarcity", f"{each['kind']} does not cost {each['weight']} with {each['free']} left")
        for scored in (*told["scored"], *told["asked"]):
            if len(scored["parts"]) <= _SCARCITY or scored["parts"][_SCARCITY] > 0 or (not table and scored["parts"][_SCARCITY]):
                yield Breach(entry.sequence, "explained.scarcity", f"unit {scored['unit_id']} is not scored by what it costs")
        alone = sum(fact.name == "MatchExplained" for fact in entry.outcomes) == 1
        if case is not None and alone and not by_people:
            yield from self._worked_out(entry, told, case, table)

    def _worked_out(self, entry: Entry, told: Fact, case: Case, table: dict[str, Any]) -> Iterator[Breach]:
        """Where one request was matched alone, the figures told last are those that it was matched by."""
        assert self.network.policy is not None
        weights = self.network.policy["weights"]
        asked = [(kind, *_read(kind)) for kind in table]
        held = _counted_already(entry, told)
        left = {kind: 0 for kind in table}
        for unit in self.places.units.values():
            if not unit.closed and unit.level != "non_residential" and self.fresh(unit, entry.event_time_ms):
                for kind, hosts, needs, people in asked:
                    left[kind] += _free(unit, held, case) // people if hosts <= unit.hosts and needs <= unit.offers else 0
        for each in told["scarcity"]["kinds"]:
            if each["free"] != left.get(each["kind"]):
                text = f"places for {each['free']} requests of kind {each['kind']} are said to be left, for {left.get(each['kind'])} are"
                yield Breach(entry.sequence, "explained.scarcity", text)
        for scored in (*told["scored"], *told["asked"]):
            found = self.places.units.get(scored["unit_id"])
            if found is None:
                continue
            free, size = _free(found, held, case), len(case.household)
            served = [
                _weight(table[kind], left[kind]) >> max(0, people - free)
                for kind, hosts, needs, people in asked
                if hosts <= found.hosts and needs <= found.offers and people <= found.places
            ]
            cost = size * max(served, default=0)
            if scored["parts"][_SCARCITY : _SCARCITY + 1] != [-cost]:
                yield Breach(entry.sequence, "explained.scarcity", f"unit {found.unit_id} costs {cost}, and is not scored so")
            spare = free - size if found.hosts & _FAMILIES else 0
            if scored["parts"][_SPARE : _SPARE + 1] != [-weights["thrift_per_spare_place"] * spare]:
                yield Breach(
                    entry.sequence, "explained.scarcity", f"unit {found.unit_id} has {spare} places to spare for families, and is not scored so"
                )


def _read(kind: str) -> tuple[frozenset[str], frozenset[str], int]:
    """(whom a place must host, what it must offer, for how many people)."""
    what, _, people = kind.partition("*")
    hosts, _, needs = what.partition("/")
    return frozenset(hosts.split("+")), frozenset(filter(None, needs.split("+"))), int(people or 1)


def _weight(weights: list[Any], left: int) -> Any:
    return weights[max(1, min(left, len(weights))) - 1]


def _free(unit: Unit, held: str | None, case: Case) -> int:
    """Free places by the figure told last, before the case took its places in the unit that it holds."""
    return 0 if unit.told is None else int(unit.told["free"]) + (len(case.household) if unit.unit_id == held else 0)


def _counted_already(entry: Entry, told: Fact) -> str | None:
    """The unit in which a place was held, and told to be, before it was explained why."""
    held = found = None
    for outcome in entry.outcomes[: entry.outcomes.index(told)]:
        if outcome.name == "PlaceHeld":
            held = outcome["unit_id"]
        elif outcome.name == "CapacityChanged" and outcome["unit_id"] == held:
            found = held
    return found


def _standing(matching: dict[str, Any], at_ms: int) -> str:
    if matching["scarcity"] is None:
        return "missing"
    return "expired" if at_ms >= matching["scarcity"]["valid_until_ms"] else "in_force"
