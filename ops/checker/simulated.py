"""An independent check of simulated proposals: every rule, for each proposal of a policy on a synthetic future, from plain records.

The records say which places were free of local people when, when projects published, who asked, and what was proposed and came of it. Who had which place,
what the network could count on, and what every rule says of each proposal is worked out here once more; of what the simulation itself believed, nothing is
taken on trust.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

from ops.checker.breach import RULES as RULES_OF_THE_LEDGER
from ops.checker.cases import NOT_THIS_UNIT, Case, Cases, Network, Transfer
from ops.checker.civil import Windows, after, duty_at_work, duty_windows, stays_open, too_old
from ops.checker.places import Places, Unit
from ops.checker.safety import Safety, needs_unmet, not_for_gender, not_for_minors

_MINUTE_MS = 60_000
_OF_THE_LEDGER = (
    "accepting", "one_place_one_case", "never_towards_danger", "never_with_exploiters", "minors", "gender", "essential_needs", "agreement",
    "one_live_proposal", "freshness", "people_decide", "operator_decides", "declined_before", "on_duty", "answer_time", "hold.outlived",
    "safety.not_released",
)  # fmt: skip
RULES: dict[str, str] = {name: RULES_OF_THE_LEDGER[name] for name in _OF_THE_LEDGER} | {
    "double_booking": "No place has two households, or a household and local people, and what is held or accepted was free.",
    "household_in_one_unit": "A household has as many different places as people, all in the unit proposed.",
    "known_free": "What the network counts on in a unit is what was published less what it took since.",
    "stay": "Who was accepted stays from the proposal for as long as they were to; nobody else does.",
    "reply": "A proposal ends once, after it was made, and in one of the ways there are.",
}
"""Every name that a finding may carry, with the rule in a sentence."""


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One rule broken by one proposal."""

    proposal: int
    """Its index in the records."""
    rule: str
    text: str


@dataclass(slots=True)
class _Asked:
    case: Case
    transfer: Transfer
    arrives_ms: int
    withdraws_ms: int | None
    stay_ms: int
    agreed_until_ms: int | None
    lives_in: str | None
    immediate: bool
    unit: int | None = None
    """Where a live proposal or a stay is."""
    since_ms: int = 0
    until_ms: int = 0
    """Until when it is there."""
    accepted_ms: int | None = None
    proposals: int = 0
    declines: int = 0
    reassessed: bool = False
    said_no: dict[int, tuple[int, bool]] = field(default_factory=dict)
    """By unit: when it said no or nothing, and whether that lasts."""
    apart: set[int] = field(default_factory=set)


class Checker:
    """The rules of one network."""

    def __init__(self, network: dict[str, Any]) -> None:
        """`network`: `policy`, and `duty`, the published duty hours by project; both as their events have them."""
        self._policy: dict[str, Any] = network["policy"]
        self._clocks: dict[str, Any] | None = self._policy["clocks"]
        self._duty: dict[str, dict[str, Any]] = network["duty"]
        self._answer_ms: dict[str, int] = {}
        self._in_days: set[str] = set()
        self._hours: dict[tuple[str, bool], Windows] = {}
        if self._clocks is not None:
            a_day = self._clocks["working_to_minute"] - self._clocks["working_from_minute"]
            for time in self._clocks["answer_times"]:
                self._answer_ms[time["urgency"]] = (time["working_days"] * a_day + time["minutes"]) * _MINUTE_MS
                if time["working_days"]:
                    self._in_days.add(time["urgency"])
        else:
            self._answer_ms = {told["urgency"]: told["answer_within_ms"] for told in self._policy["proposal_deadlines"]}

    def hours(self, project_id: str, at_work: bool) -> Windows:
        """When a project's time runs: its duty hours, or the part of them at work."""
        assert self._clocks is not None
        found = self._hours.get((project_id, at_work))
        if found is None:
            plain = (duty_at_work if at_work else duty_windows)(self._clocks, self._duty.get(project_id))
            known: dict[Any, list[tuple[int, int]]] = {}

            def windows(day: Any) -> list[tuple[int, int]]:
                if day not in known:
                    known[day] = plain(day)
                return known[day]

            found = self._hours[project_id, at_work] = windows
        return found

    def answers_by(self, project_id: str, urgency: str, at_ms: int) -> int | None:
        """By when a project has to answer a proposal made at an instant."""
        if self._clocks is None:
            return at_ms + self._answer_ms[urgency]
        return after(self._clocks, self.hours(project_id, urgency in self._in_days), at_ms, self._answer_ms[urgency])

    def on_duty(self, project_id: str, at_ms: int) -> bool:
        """Whether a project is on duty for as long as it has to answer an immediate request."""
        return self._clocks is None or stays_open(self._clocks, self.hours(project_id, False), at_ms, self._answer_ms["immediate"])

    def findings(self, played: dict[str, Any]) -> list[Finding]:
        """Every breach in the records of one play, by proposal."""
        return sorted(_Play(self, self._policy, played).findings())


class _Play:
    """One play, gone through in the order of its proposals."""

    def __init__(self, checker: Checker, policy: dict[str, Any], played: dict[str, Any]) -> None:
        self._checker = checker
        self._policy = policy
        self._windows: list[list[list[list[int]]]] = played["windows"]
        self._published: list[list[int]] = played["published"]
        self._proposed: list[dict[str, Any]] = played["proposed"]
        self._plain_units: list[dict[str, Any]] = played["units"]
        self._units = [_unit(unit) for unit in played["units"]]
        self._unit_of = {unit.unit_id: index for index, unit in enumerate(self._units)}
        network = Network(
            policy,
            {area["province"]: area["region"] for area in policy["areas"]},
            {area["region"]: area["macro_area"] for area in policy["areas"]},
            {unit["project_id"]: {"bodies": unit["bodies"], "provinces": []} for unit in played["units"]},
        )
        self._safety = Safety(Places(0), Cases(network))
        self._asked = [_asked(asked) for asked in played["asked"]]
        self._link(played["asked"])
        self._of_unit: list[list[int]] = [[] for _ in self._units]
        """By unit: proposals so far, those that matter no more left out."""
        self._not_free: dict[int, int] = {}
        """By unit: when its project said last that its figure does not hold."""
        self._broken_always: dict[tuple[int, int], tuple[str, ...]] = {}

    def _link(self, plain: list[dict[str, Any]]) -> None:
        index_of = {asked["request"]["case_id"]: index for index, asked in enumerate(plain)}
        for index, asked in enumerate(plain):
            for other in asked["request"]["apart_from"]:
                self._asked[index].apart.add(index_of[other])
                self._asked[index_of[other]].apart.add(index)

    def findings(self) -> Iterator[Finding]:
        order = sorted(range(len(self._proposed)), key=lambda number: self._proposed[number]["at_ms"])
        ends = sorted(((self._proposed[number]["ends_ms"], number) for number in order), key=itemgetter(0))
        over = 0
        for number in order:
            proposed = self._proposed[number]
            while over < len(ends) and ends[over][0] <= proposed["at_ms"]:
                self._end(self._proposed[ends[over][1]])
                over += 1
            for rule, text in self._check(proposed):
                yield Finding(number, rule, text)
            self._begin(number, proposed)

    def _begin(self, number: int, proposed: dict[str, Any]) -> None:
        asked = self._asked[proposed["request"]]
        asked.unit, asked.since_ms = proposed["unit"], proposed["at_ms"]
        asked.until_ms = proposed["leaves_ms"] if proposed["leaves_ms"] is not None else proposed["ends_ms"]
        if proposed["how"] == "accepted":
            asked.accepted_ms = proposed["ends_ms"]
        asked.proposals += 1
        self._of_unit[proposed["unit"]].append(number)

    def _end(self, proposed: dict[str, Any]) -> None:
        asked = self._asked[proposed["request"]]
        if proposed["how"] == "declined":
            asked.declines += 1
            asked.reassessed = asked.reassessed or proposed["code"] == "eligibility_not_met"
            if proposed["code"] in self._policy["not_free_codes"]:
                self._not_free[proposed["unit"]] = proposed["ends_ms"]
        if proposed["how"] in ("declined", "expired"):
            asked.said_no[proposed["unit"]] = (proposed["ends_ms"], proposed["code"] in NOT_THIS_UNIT)

    def _check(self, proposed: dict[str, Any]) -> Iterator[tuple[str, str]]:
        number, at_ms = proposed["unit"], proposed["at_ms"]
        asked, unit = self._asked[proposed["request"]], self._units[number]
        for rule in self._lasting(proposed["request"], number):
            yield rule, f"unit {unit.unit_id}"
        yield from self._of_the_request(asked, unit, number, at_ms)
        yield from self._near(asked, unit, at_ms)
        yield from self._figures(proposed, asked, unit)
        yield from self._places(proposed, asked, unit)
        yield from self._course(proposed, asked, unit)

    def _lasting(self, request: int, number: int) -> tuple[str, ...]:
        """Rules about the people and the unit that no time changes."""
        found = self._broken_always.get((request, number))
        if found is None:
            asked, unit = self._asked[request], self._units[number]
            checks = (
                ("accepting", not self._plain_units[number]["accepting"] or unit.level == "non_residential"),
                ("one_place_one_case", unit.unit_id == asked.lives_in or len(asked.case.household) > unit.places),
                ("never_towards_danger", self._safety.towards_danger(unit, asked.case, asked.transfer)),
                ("minors", not_for_minors(unit, asked.case)),
                ("people_decide", not any(member["parent"] for member in asked.case.adults) and len(asked.case.adults) < len(asked.case.household)),
                ("gender", not_for_gender(unit, asked.case)),
                ("essential_needs", needs_unmet(unit, asked.case)),
            )
            found = self._broken_always[request, number] = tuple(rule for rule, broken in checks if broken)
        return found

    def _of_the_request(self, asked: _Asked, unit: Unit, number: int, at_ms: int) -> Iterator[tuple[str, str]]:
        until_ms = asked.agreed_until_ms
        if until_ms is None or until_ms - at_ms < self._policy["minimum_agreement_left_ms"]:
            yield "agreement", "it does not last long enough"
        if asked.unit is not None and (asked.accepted_ms is not None or asked.until_ms > at_ms):
            yield "one_live_proposal", "another one is live or was accepted"
        if at_ms < asked.arrives_ms or at_ms >= asked.transfer.needed_by_ms or (asked.withdraws_ms is not None and asked.withdraws_ms <= at_ms):
            yield "operator_decides", "nobody asks, or no longer"
        if asked.proposals >= self._policy["max_disclosures"] or asked.declines >= self._policy["max_declines"] or asked.reassessed:
            yield "operator_decides", "a person has to decide by now"
        if asked.immediate and not self._checker.on_duty(unit.project_id, at_ms):
            yield "on_duty", f"project {unit.project_id} is not"
        said = asked.said_no.get(number)
        if said is not None and (said[1] or at_ms - said[0] < self._policy["decline_parks_for_ms"]):
            published = self._published[number]
            if bisect_left(published, said[0]) == bisect_right(published, at_ms):
                yield "declined_before", f"unit {unit.unit_id} has not published since"

    def _near(self, asked: _Asked, unit: Unit, at_ms: int) -> Iterator[tuple[str, str]]:
        for index in sorted(asked.apart):
            other = self._asked[index]
            if other.arrives_ms > at_ms:
                continue
            if any(self._are_near(unit, self._units[number]) for number in self._where(other, at_ms)):
                yield "never_with_exploiters", f"unit {unit.unit_id} is near request {index}"

    def _where(self, other: _Asked, at_ms: int) -> Iterator[int]:
        """Units where somebody lives, is expected, or may come back to."""
        kept_ms = self._policy["kept_after_arrival_ms"]
        home = self._unit_of.get(other.lives_in or "")
        if home is not None and (other.accepted_ms is None or at_ms < other.accepted_ms + kept_ms):
            yield home
        if other.unit is not None and other.since_ms <= at_ms < other.until_ms:
            yield other.unit

    def _are_near(self, one: Unit, other: Unit) -> bool:
        policy = self._policy
        return (
            one.unit_id == other.unit_id
            or (policy["near_is_same_project"] and one.project_id == other.project_id)
            or (policy["near_is_same_region"] and one.region == other.region)
        )

    def _figures(self, proposed: dict[str, Any], asked: _Asked, unit: Unit) -> Iterator[tuple[str, str]]:
        """What was published, how old it is, and what is left of it."""
        number, at_ms = proposed["unit"], proposed["at_ms"]
        published = self._published[number]
        last = bisect_right(published, at_ms)
        if not last:
            yield "freshness", f"unit {unit.unit_id} has never published"
            return
        seen_ms = published[last - 1]
        if too_old(self._policy, seen_ms, at_ms) or proposed["observed_at_ms"] != seen_ms:
            yield "freshness", f"unit {unit.unit_id} published last at {seen_ms}"
        if seen_ms < self._not_free.get(number, -1):
            yield "accepting", f"unit {unit.unit_id} said that its figure does not hold"
        left, just_over = self._left(number, seen_ms, at_ms)
        if left < len(asked.case.household):
            yield "one_place_one_case", f"{left} places are known to be free in unit {unit.unit_id}"
        if not max(0, left - just_over) <= proposed["known_free"] <= left:
            yield "known_free", f"{proposed['known_free']} in unit {unit.unit_id}, not {left}"

    def _left(self, number: int, seen_ms: int, at_ms: int) -> tuple[int, int]:
        """(places published as free, those held among them, less those held now and those of people who came since; how many of these were held until this
        very instant: what happened first at it, no record tells)."""
        counted = {place for place, windows in enumerate(self._windows[number]) if _inside(windows, seen_ms)}
        left = just_over = 0
        mattering: list[int] = []
        for index in self._of_unit[number]:
            other = self._proposed[index]
            ends_ms, leaves_ms = other["ends_ms"], other["leaves_ms"]
            over_ms = ends_ms if leaves_ms is None else leaves_ms
            if over_ms > seen_ms or ends_ms > seen_ms:
                mattering.append(index)
            persons = len(self._asked[other["request"]].case.household)
            if ends_ms > at_ms or (leaves_ms is not None and ends_ms > seen_ms):
                left -= persons
            elif ends_ms == at_ms and leaves_ms is None:
                just_over += persons
            if other["at_ms"] < seen_ms < over_ms:
                counted -= set(other["places"])
                if ends_ms > seen_ms:
                    left += len(other["places"])
        self._of_unit[number] = mattering
        return max(0, len(counted) + left), just_over

    def _places(self, proposed: dict[str, Any], asked: _Asked, unit: Unit) -> Iterator[tuple[str, str]]:
        """The real places that were taken."""
        number, at_ms, places = proposed["unit"], proposed["at_ms"], proposed["places"]
        persons = len(asked.case.household)
        if not places:
            if proposed["how"] == "accepted":
                yield "double_booking", f"accepted in unit {unit.unit_id} without places"
            return
        if len(places) != persons or len(set(places)) != persons or not all(0 <= place < len(self._windows[number]) for place in places):
            yield "household_in_one_unit", f"{persons} people take {len(places)} places of unit {unit.unit_id}"
            return
        for place in places:
            if not _inside(self._windows[number][place], at_ms):
                yield "double_booking", f"local people live in place {place} of unit {unit.unit_id}"
        taken = Counter(places)
        for index in self._of_unit[number]:
            other = self._proposed[index]
            over_ms = other["ends_ms"] if other["leaves_ms"] is None else other["leaves_ms"]
            if over_ms > at_ms and not taken.keys().isdisjoint(other["places"]):
                yield "double_booking", f"proposal {index} has a place of unit {unit.unit_id} already"

    def _course(self, proposed: dict[str, Any], asked: _Asked, unit: Unit) -> Iterator[tuple[str, str]]:
        """How it ended, and when."""
        at_ms, ends_ms, how, leaves_ms = proposed["at_ms"], proposed["ends_ms"], proposed["how"], proposed["leaves_ms"]
        deadline_ms = self._checker.answers_by(unit.project_id, asked.transfer.urgency, at_ms)
        if deadline_ms != proposed["deadline_ms"]:
            yield "answer_time", f"until {proposed['deadline_ms']}, not {deadline_ms}"
        if ends_ms > proposed["deadline_ms"]:
            yield "hold.outlived", f"ends at {ends_ms}"
        if ends_ms < at_ms or how not in ("accepted", "declined", "expired", "withdrawn", "released"):
            yield "reply", f"{how} at {ends_ms}"
        if how == "accepted" and (asked.withdraws_ms is not None and asked.withdraws_ms < ends_ms):
            yield "reply", "accepted for somebody who asks no more"
        expected_ms = max(at_ms + asked.stay_ms, ends_ms) if how == "accepted" else None
        if leaves_ms != expected_ms:
            yield "stay", f"until {leaves_ms}, not {expected_ms}"
        for index in sorted(asked.apart):
            other = self._asked[index]
            home = self._unit_of.get(other.lives_in or "")
            if at_ms < other.arrives_ms < ends_ms and home is not None and self._are_near(unit, self._units[home]):
                yield "safety.not_released", f"request {index} became known at {other.arrives_ms}"


def _inside(windows: list[list[int]], at_ms: int) -> bool:
    return any(opens_ms <= at_ms < closes_ms for opens_ms, closes_ms in windows)


def _unit(plain: dict[str, Any]) -> Unit:
    return Unit(
        plain["unit_id"],
        plain["project_id"],
        plain["body"],
        plain["region"],
        plain["level"],
        plain["places"],
        frozenset(plain["hosts"]),
        frozenset(plain["offers"]),
        frozenset(plain["languages"]),
        tuple((danger["kind"], danger["value"]) for danger in plain["dangers"]),
    )


def _asked(plain: dict[str, Any]) -> _Asked:
    """A request; the last of its dangers is the territory that is being left."""
    request = plain["request"]
    *dangers, leaving = [(danger["kind"], danger["value"]) for danger in request["dangers"]]
    case = Case(request["case_id"], request["household"]["members"], "", None)
    case.dangers.update(dangers)
    transfer = Transfer(request["transfer_id"], request["case_id"], request["reason"], leaving[1], plain["urgency"], plain["needed_by_ms"])
    return _Asked(
        case=case,
        transfer=transfer,
        arrives_ms=plain["arrives_ms"],
        withdraws_ms=plain["withdraws_ms"],
        stay_ms=plain["stay_ms"],
        agreed_until_ms=request["agreed_until_ms"],
        lives_in=request["lives_in"],
        immediate=plain["urgency"] == "immediate",
    )


def counted(findings: Iterable[Finding]) -> dict[str, int]:
    """How often each rule was broken; only those that were."""
    return dict(sorted(Counter(finding.rule for finding in findings).items()))
