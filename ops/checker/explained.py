"""Explanations: every unit accounted for, the best one proposed, and the reasons true."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from ops.checker.breach import Breach
from ops.checker.cases import Case, Transfer
from ops.checker.entry import Entry, Fact
from ops.checker.places import Unit
from ops.checker.safety import RULES_OF_A_UNIT, SHOWN_AS_SAFETY, Safety, forbidden_to_people

_NOT_ABOUT_A_UNIT = frozenset({"people_decide", "one_live_proposal", "on_duty"})


def check(entry: Entry, told: Fact, safety: Safety, case: Case, transfer: Transfer, *, by_people: bool = False) -> Iterator[Breach]:
    """What is wrong with this explanation, at the moment it was given. `by_people`: it ranks units for people, who may place minors."""
    at = entry.sequence
    excluded = {unit: group["rule"] for group in told["excluded"] for unit in group["units"]}
    named = [unit for group in told["excluded"] for unit in group["units"]] + [scored["unit_id"] for scored in told["scored"]]
    open_units = {unit.unit_id for unit in safety.places.units.values() if not unit.closed}
    twice = sorted(unit for unit, times in Counter(named).items() if times > 1)
    if twice:
        yield Breach(at, "explained.units", f"units named twice: {', '.join(twice[:3])}")
    if missing := sorted(open_units - set(named)):
        yield Breach(at, "explained.units", f"{len(missing)} open units are not accounted for, {missing[0]} among them")
    if strangers := sorted(set(named) - set(safety.places.units)):
        yield Breach(at, "explained.units", f"unit {strangers[0]} is nobody's")
    if hidden := {group["rule"] for group in told["excluded"]} & set(SHOWN_AS_SAFETY):
        yield Breach(at, "explained.safety", f"shows {', '.join(sorted(hidden))}")
    totals = [scored["total"] for scored in told["scored"]]
    if totals != sorted(totals, reverse=True) or any(sum(scored["parts"]) != scored["total"] for scored in told["scored"]):
        yield Breach(at, "explained.score", "scores are not in order, or their parts do not add up")
    yield from _truth(entry, told, excluded, safety, case, transfer, by_people=by_people)


def _truth(
    entry: Entry, told: Fact, excluded: dict[str, str], safety: Safety, case: Case, transfer: Transfer, *, by_people: bool
) -> Iterator[Breach]:
    """Whether the named rule does exclude each unit, and none excludes those scored."""
    for scored in told["scored"]:
        unit = safety.places.units.get(scored["unit_id"])
        broken = [] if unit is None else safety.broken(unit, case, transfer, entry.event_time_ms)
        if by_people and unit is not None and not forbidden_to_people(unit, case):
            broken = [rule for rule in broken if rule != "minors"]
        if broken:
            yield Breach(entry.sequence, "explained.wrong", f"unit {scored['unit_id']} is scored and breaks {', '.join(broken)}")
    for unit_id, rule in excluded.items():
        unit = safety.places.units.get(unit_id)
        if unit is None or unit.closed or rule in _NOT_ABOUT_A_UNIT or (rule == "declined_before" and unit_id in case.declined):
            continue
        if not _excluded(rule, unit, safety, case, transfer, entry.event_time_ms):
            broken = safety.broken(unit, case, transfer, entry.event_time_ms)
            yield Breach(entry.sequence, "explained.wrong", f"unit {unit_id} is said to break {rule} and breaks {', '.join(broken) or 'nothing'}")


def _excluded(rule: str, unit: Unit, safety: Safety, case: Case, transfer: Transfer, at_ms: int) -> bool:
    if rule == "safety":
        return safety.may_be_unsafe(unit, case, transfer) or any(safety.breaks(each, unit, case, transfer, at_ms) for each in SHOWN_AS_SAFETY)
    return rule in RULES_OF_A_UNIT and safety.breaks(rule, unit, case, transfer, at_ms)


def best_is_proposed(entry: Entry, told: Fact, made: Fact) -> Iterator[Breach]:
    """The proposal of the same entry is the first of those scored, with its score."""
    first = told["scored"][0] if told["scored"] else None
    if first is None or (first["unit_id"], first["total"]) != (made["unit_id"], made["score"]):
        yield Breach(entry.sequence, "explained.score", f"unit {made['unit_id']} is proposed and is not the best of those scored")
