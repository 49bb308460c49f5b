"""Explanations: every unit accounted for, the best one proposed, and the reasons true.

Where an explanation only counts units, it is worked out here, from the rules as the checker states them, under which rule each unit that it does not name may
stand; the counts must be possible, and where there is one way only, so must the digest of the whole.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from ops.checker.answers import Answers
from ops.checker.breach import Breach
from ops.checker.cases import Case, Transfer
from ops.checker.entry import Entry, Fact
from ops.checker.places import Places, Unit
from ops.checker.safety import RULES_OF_A_UNIT, SHOWN_AS_SAFETY, Safety, forbidden_to_people

_STAND_WITHOUT_THE_OTHERS = frozenset(RULES_OF_A_UNIT) - {"one_place_one_case", "never_with_exploiters"}
"""Rules that break or hold whatever others are given in the same entry."""
_NOT_ABOUT_A_UNIT = frozenset({"people_decide", "one_live_proposal", "on_duty"})
_IN_ORDER = (
    "accepting", "one_place_one_case", "safety", "minors", "gender", "essential_needs", "agreement", "one_live_proposal", "freshness", "people_decide",
    "declined_before", "on_duty",
)  # fmt: skip
_TAKEN = "taken_by_another"
_KEPT = "kept_for_others"
_FITS = ""
"""Stands for no rule."""


def check(entry: Entry, told: Fact, safety: Safety, case: Case, transfer: Transfer, *, by_people: bool = False) -> Iterator[Breach]:
    """What is wrong with this explanation, at the moment it was given. `by_people`: it ranks units for people, who may place minors."""
    at = entry.sequence
    excluded = {unit: group["rule"] for group in told["excluded"] for unit in group["units"]}
    named = [unit for group in told["excluded"] for unit in group["units"]] + [scored["unit_id"] for scored in told["scored"]]
    open_units = {unit.unit_id for unit in safety.places.units.values() if not unit.closed}
    twice = sorted(unit for unit, times in Counter(named).items() if times > 1)
    if twice:
        yield Breach(at, "explained.units", f"units named twice: {', '.join(twice[:3])}")
    counted = _counted(told)
    missing = sorted(open_units - set(named))
    if len(missing) != sum(counted.values()):
        text = f"{len(missing)} open units are not named, {sum(counted.values())} are counted"
        yield Breach(at, "explained.units", f"{text}; {missing[0]} is not named" if missing else text)
    if strangers := sorted(set(named) - set(safety.places.units)):
        yield Breach(at, "explained.units", f"unit {strangers[0]} is nobody's")
    if hidden := {group["rule"] for group in told["excluded"]} & set(SHOWN_AS_SAFETY):
        yield Breach(at, "explained.safety", f"shows {', '.join(sorted(hidden))}")
    totals = [scored["total"] for scored in told["scored"]]
    if totals != sorted(totals, reverse=True) or any(sum(scored["parts"]) != scored["total"] for scored in told["scored"]):
        yield Breach(at, "explained.score", "scores are not in order, or their parts do not add up")
    rest = told.fields.get("rest")
    if rest is not None and not (rest["lowest"] <= rest["highest"] <= min(totals, default=rest["highest"]) and rest["units"] > 0 and totals):
        yield Breach(at, "explained.score", "the units that are scored together are better than those scored one by one, or none")
    yield from _truth(entry, told, excluded, safety, case, transfer, by_people=by_people)
    if not (twice or strangers) and len(missing) == sum(counted.values()):
        may_be = {unit: _may_be(entry, safety.places.units[unit], safety, case, transfer) & counted.keys() for unit in missing}
        yield from _counts(at, counted, may_be)
        yield from _digest(at, told, may_be)


def _counted(told: Fact) -> dict[str, int]:
    """How many units are not named, by rule; those that fitted under `_FITS`."""
    counted = {group["rule"]: group["more"] for group in told["excluded"] if group.get("more")}
    rest = told.fields.get("rest")
    return counted if rest is None else {**counted, _FITS: rest["units"]}


def _may_be(entry: Entry, unit: Unit, safety: Safety, case: Case, transfer: Transfer) -> set[str]:
    """Under which rules the unit may stand, `_FITS` where it may be scored: the first that excludes it for certain, and those before that may.

    What excludes it only because of what the same entry gives to others does so after all others.
    """
    may_be: set[str] = set()
    at_ms, others = entry.event_time_ms, _given_to_others(entry, unit, transfer)
    last = _FITS
    for rule in _IN_ORDER:
        if not _certainly(rule, unit, safety, case, transfer, at_ms):
            if _possibly(rule, unit, safety, case, transfer):
                may_be.add(rule)
        elif rule == "one_place_one_case" and others and safety.has_room(unit, case, at_ms, others):
            may_be.add(rule)
            last = _TAKEN
        elif rule == "safety" and _near_since(entry, unit, safety, case, transfer):
            may_be.add(rule)
            last = last or rule
        else:
            return {*may_be, rule}
    return {*may_be, last, _KEPT} if last == _FITS and _may_wait(safety.cases.network.policy, transfer, at_ms) else {*may_be, last}


def _may_wait(policy: Mapping[str, Any] | None, transfer: Transfer, at_ms: int) -> bool:
    """Whether the policy lets such a request wait for a better place."""
    matching = None if policy is None else policy.get("matching")
    if not matching or not matching["hold_back"] or not matching["scarcity"] or at_ms >= matching["scarcity"]["valid_until_ms"]:
        return False
    return (
        transfer.urgency in matching["hold_back"]["urgencies"] and at_ms < transfer.needed_by_ms - matching["hold_back"]["until_before_deadline_ms"]
    )


def _certainly(rule: str, unit: Unit, safety: Safety, case: Case, transfer: Transfer, at_ms: int) -> bool:
    if rule in _NOT_ABOUT_A_UNIT or rule == "declined_before":
        return False
    if rule == "safety":
        return any(safety.breaks(each, unit, case, transfer, at_ms) for each in SHOWN_AS_SAFETY)
    return forbidden_to_people(unit, case) if rule == "minors" else safety.breaks(rule, unit, case, transfer, at_ms)


def _possibly(rule: str, unit: Unit, safety: Safety, case: Case, transfer: Transfer) -> bool:
    if rule == "declined_before":
        return unit.unit_id in case.declined
    return rule in _NOT_ABOUT_A_UNIT or (rule == "safety" and safety.may_be_unsafe(unit, case, transfer))


def _counts(at: int, counted: dict[str, int], may_be: dict[str, set[str]]) -> Iterator[Breach]:
    """Each count lies between the units that can only be there and those that may be."""
    for unit, names in sorted(may_be.items()):
        if not names:
            yield Breach(at, "explained.wrong", f"unit {unit} is not named, and can be among none of those counted")
    for name, count in counted.items():
        most = sum(name in names for names in may_be.values())
        least = sum(names == {name} for names in may_be.values())
        if not least <= count <= most:
            yield Breach(at, "explained.wrong", f"{count} units are counted under {name or 'those that fitted'}, where {least} to {most} can be")


def _digest(at: int, told: Fact, may_be: dict[str, set[str]]) -> Iterator[Breach]:
    """The digest of the whole, where only one whole is possible and no score is hidden."""
    said, counted = told.fields.get("digest"), _counted(told)
    if said is None:
        if counted:
            yield Breach(at, "explained.digest", "units are counted, and no digest says which")
        return
    if _FITS in counted or any(len(names) != 1 for names in may_be.values()):
        return
    lines = []
    for group in told["excluded"]:
        units = sorted([*group["units"], *(unit for unit, (name,) in may_be.items() if name == group["rule"])])
        lines.append(" ".join(["excluded", group["rule"], *units]))
    for scored in sorted(told["scored"], key=lambda scored: str(scored["unit_id"])):
        numbers = (scored["total"], scored["observed_at_ms"], *scored["parts"])
        lines.append(" ".join(["scored", scored["unit_id"], *map(str, numbers)]))
    if hashlib.sha256("".join(f"{line}\n" for line in lines).encode()).hexdigest() != said:
        yield Breach(at, "explained.digest", "the digest is not that of the whole answer")


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
        if rule == _TAKEN:
            yield from _taken(entry, unit, safety, case, transfer)
        elif rule == _KEPT:
            if not _may_wait(safety.cases.network.policy, transfer, entry.event_time_ms):
                yield Breach(entry.sequence, "explained.kept", f"unit {unit_id} is kept for others from a request that may not wait")
            if broken := safety.broken(unit, case, transfer, entry.event_time_ms):
                yield Breach(entry.sequence, "explained.wrong", f"unit {unit_id} is said to be kept for others and breaks {', '.join(broken)}")
        elif not _excluded(rule, unit, safety, case, transfer, entry.event_time_ms):
            broken = safety.broken(unit, case, transfer, entry.event_time_ms)
            yield Breach(entry.sequence, "explained.wrong", f"unit {unit_id} is said to break {rule} and breaks {', '.join(broken) or 'nothing'}")


def _taken(entry: Entry, unit: Unit, safety: Safety, case: Case, transfer: Transfer) -> Iterator[Breach]:
    """Whether a unit would be possible, but that others were given its places in this entry."""
    others, at_ms = _given_to_others(entry, unit, transfer), entry.event_time_ms
    broken = set(safety.broken(unit, case, transfer, at_ms))
    if "one_place_one_case" not in broken or broken & _STAND_WITHOUT_THE_OTHERS or not safety.has_room(unit, case, at_ms, others):
        yield Breach(entry.sequence, "explained.wrong", f"unit {unit.unit_id} is said to be taken by others, who were given {others} of its places")


def _given_to_others(entry: Entry, unit: Unit, transfer: Transfer) -> int:
    """Places of the unit that this entry holds for others."""
    held = [fact for fact in entry.outcomes if fact.name == "PlaceHeld" and fact["unit_id"] == unit.unit_id]
    return sum(fact["places"] for fact in held if fact["hold_id"] != transfer.hold_id)


def _near_since(entry: Entry, unit: Unit, safety: Safety, case: Case, transfer: Transfer) -> bool:
    """Whether the unit may have become unsafe by what this entry proposes to somebody from whom the case is kept apart."""
    proposed = {fact.fields.get("case_id") for fact in entry.outcomes if fact.name in ("ProposalMade", "ProposalPrepared")}
    return not proposed.isdisjoint(case.apart) and not safety.towards_danger(unit, case, transfer)


def _excluded(rule: str, unit: Unit, safety: Safety, case: Case, transfer: Transfer, at_ms: int) -> bool:
    if rule == "safety":
        return safety.may_be_unsafe(unit, case, transfer) or any(safety.breaks(each, unit, case, transfer, at_ms) for each in SHOWN_AS_SAFETY)
    return rule in RULES_OF_A_UNIT and safety.breaks(rule, unit, case, transfer, at_ms)


def asleep(entry: Entry, told: Fact, answers: Answers, places: Places, *, immediate: bool) -> Iterator[Breach]:
    """Whether `on_duty` is said of those alone whose project is off duty before it has to answer at once. `immediate`: the request is."""
    named = [unit for group in told["excluded"] if group["rule"] == "on_duty" for unit in group["units"]]
    for unit_id in named:
        unit = places.units.get(unit_id)
        if unit is not None and (not immediate or answers.awake(unit.project_id, entry.event_time_ms)):
            yield Breach(entry.sequence, "on_duty", f"unit {unit_id} is said to be asleep and is not, or need not be awake")
    for scored in told["scored"]:
        unit = places.units.get(scored["unit_id"])
        if unit is not None and immediate and not answers.awake(unit.project_id, entry.event_time_ms):
            yield Breach(entry.sequence, "on_duty", f"unit {unit.unit_id} is scored and its project is off duty before it has to answer")


def best_is_proposed(entry: Entry, told: Fact, made: Fact) -> Iterator[Breach]:
    """The proposal of the same entry is the first of those scored, with its score."""
    first = told["scored"][0] if told["scored"] else None
    if first is None or (first["unit_id"], first["total"]) != (made["unit_id"], made["score"]):
        yield Breach(entry.sequence, "explained.score", f"unit {made['unit_id']} is proposed and is not the best of those scored")
