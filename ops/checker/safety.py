"""The safety rules, stated a second time: which of them a unit breaks for a case at an instant.

Readings of the domain's text where it leaves room, all on the safe side, are in `docs/demand.md`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ops.checker.cases import UNDER_AGE, Case, Cases, Transfer
from ops.checker.civil import too_old
from ops.checker.places import Places, Unit

_HOST_OF_GENDER = {"woman": "women", "man": "men", "trans_woman": "trans_women", "trans_man": "trans_men", "non_binary": "non_binary"}
_HOSTS_OF_PARENT = {
    "woman": {"mothers_with_children"},
    "trans_woman": {"mothers_with_children"},
    "man": {"fathers_with_children"},
    "trans_man": {"fathers_with_children"},
    "non_binary": {"mothers_with_children", "fathers_with_children"},
}
RULES_OF_A_UNIT = (
    "accepting",
    "one_place_one_case",
    "never_towards_danger",
    "never_with_exploiters",
    "minors",
    "gender",
    "essential_needs",
    "agreement",
    "freshness",
    "declined_before",
)
SHOWN_AS_SAFETY = ("never_towards_danger", "never_with_exploiters")


@dataclass(slots=True)
class Safety:
    """The rules over what the ledger has said so far."""

    places: Places
    cases: Cases

    def broken(self, unit: Unit, case: Case, transfer: Transfer, at_ms: int) -> list[str]:
        """Codes of every rule that forbids proposing this unit; empty: it may be proposed. Free places are counted without the case's own hold."""
        return [rule for rule in RULES_OF_A_UNIT if self.breaks(rule, unit, case, transfer, at_ms)]

    def breaks(self, rule: str, unit: Unit, case: Case, transfer: Transfer, at_ms: int) -> bool:
        """Whether this one rule forbids it. Raises KeyError for what is no rule about a unit."""
        return {
            "accepting": lambda: self._not_accepting(unit),
            "one_place_one_case": lambda: self._no_room(unit, case, at_ms),
            "never_towards_danger": lambda: self.towards_danger(unit, case, transfer),
            "never_with_exploiters": lambda: self.near_somebody_to_keep_apart(unit, case),
            "minors": lambda: not_for_minors(unit, case),
            "gender": lambda: not_for_gender(unit, case),
            "essential_needs": lambda: needs_unmet(unit, case),
            "agreement": lambda: self.agreement_missing(case, at_ms),
            "freshness": lambda: self._not_fresh(unit, at_ms),
            "declined_before": lambda: self._said_no(unit, case, at_ms),
        }[rule]()

    def _no_room(self, unit: Unit, case: Case, at_ms: int) -> bool:
        """Not enough free places for the whole household, or none that can be entered yet, or the unit that it lives in: a place elsewhere is wanted."""
        return unit.unit_id == case.hosted or _not_yet(unit, at_ms) or self.places.free(unit) + self._own(case, unit) < len(case.household)

    def has_room(self, unit: Unit, case: Case, at_ms: int, more: int) -> bool:
        """Whether the whole household, which lives elsewhere, had room in the unit if so many more places were free."""
        return (
            unit.unit_id != case.hosted and not _not_yet(unit, at_ms) and self.places.free(unit) + self._own(case, unit) + more >= len(case.household)
        )

    def _own(self, case: Case, unit: Unit) -> int:
        """Places in this unit that the case's own live proposal holds already."""
        transfer = self.cases.transfers.get(case.live or "")
        hold = self.places.holds.get(transfer.hold_id or "") if transfer is not None else None
        return hold.places if hold is not None and hold.unit_id == unit.unit_id and hold.stage in ("held", "reserved") else 0

    def _not_accepting(self, unit: Unit) -> bool:
        return (
            not self.cases.network.runs(unit.project_id)
            or unit.closed
            or unit.level == "non_residential"
            or unit.corrected
            or unit.count is None
            or not unit.count["accepting"]
        )

    def fresh(self, unit: Unit, at_ms: int) -> bool:
        """Whether its figure counts for proposals now."""
        return not self._not_fresh(unit, at_ms)

    def _not_fresh(self, unit: Unit, at_ms: int) -> bool:
        policy = self.cases.network.policy
        if policy is None or unit.count is None or unit.observed_at_ms is None:
            return True
        return too_old(policy, unit.observed_at_ms, at_ms) or _not_yet(unit, at_ms)

    def _said_no(self, unit: Unit, case: Case, at_ms: int) -> bool:
        """It said no to this case, a short while ago or for good, and has not counted its places since."""
        policy = self.cases.network.policy
        said = case.declined.get(unit.unit_id)
        if said is None or policy is None or unit.changed_at > said[0]:
            return False
        return said[2] or at_ms - said[1] < policy["decline_parks_for_ms"]

    def towards_danger(self, unit: Unit, case: Case, transfer: Transfer) -> bool:
        """Rule 2, in both directions: dangers of the case at the unit, and dangers of the unit that the case is linked to."""
        network = self.cases.network
        dangers = set(case.dangers)
        if any(self._covers(danger, unit) for danger in dangers):
            return True
        if transfer.reason == "safety" and transfer.leaving_province is not None and network.region_of.get(transfer.leaving_province) == unit.region:
            return True
        return any(self._linked(own, theirs) for own in dangers for theirs in unit.dangers)

    def _covers(self, danger: tuple[str, str], unit: Unit) -> bool:
        """Whether the danger may be where the unit is: a unit says no more than its region, so a danger inside the region counts."""
        kind, value = danger
        network = self.cases.network
        if kind == "province":
            return network.region_of.get(value) == unit.region
        if kind == "region":
            return value == unit.region
        if kind == "macro_area":
            return network.macro_of.get(unit.region) == value
        if kind == "project":
            return value == unit.project_id
        if kind == "body":
            project = network.projects.get(unit.project_id)
            return value == unit.body or (project is not None and value in project["bodies"])
        return value == unit.unit_id

    def _linked(self, own: tuple[str, str], theirs: tuple[str, str]) -> bool:
        """The same danger, or areas of which one holds the other."""
        if own == theirs:
            return True
        one, other = self._area(own), self._area(theirs)
        return bool(one and other) and (one[: len(other)] == other or other[: len(one)] == one)

    def _area(self, danger: tuple[str, str]) -> tuple[str, ...]:
        """(macro-area, region, province), as far as it goes; empty for what is no area."""
        kind, value = danger
        network = self.cases.network
        if kind == "macro_area":
            return (value,)
        region = network.region_of.get(value, "") if kind == "province" else value
        if kind in ("province", "region") and region in network.macro_of:
            area = (network.macro_of[region], region)
            return (*area, value) if kind == "province" else area
        return ()

    def near_somebody_to_keep_apart(self, unit: Unit, case: Case) -> bool:
        """Rule 3: where somebody to be kept apart lives, is on the way to, may come back to, or is being proposed."""
        return any(self._near(unit, other) for linked in case.apart for other in self.units_of(linked))

    def may_be_unsafe(self, unit: Unit, case: Case, transfer: Transfer) -> bool:
        """Whether somebody more careful than these rules may call the unit unsafe: a resident threatened from where the case comes from or is, or the
        territory of a project that has somebody to be kept apart in charge, living nobody knows where.
        """
        places = {("province", province) for province in (case.province, transfer.leaving_province) if province is not None}
        if any(self._linked(place, theirs) for place in places for theirs in unit.dangers):
            return True
        return any(self._territory(unit, linked) for linked in case.apart)

    def _territory(self, unit: Unit, case_id: str) -> bool:
        other = self.cases.cases.get(case_id)
        if other is None:
            return False
        project = self.cases.network.projects.get(other.responsible)
        regions = {self.cases.network.region_of.get(province) for province in (*(project["provinces"] if project else ()), other.province or "")}
        return unit.project_id == other.responsible or unit.region in regions

    def units_of(self, case_id: str) -> Iterator[Unit]:
        """Where a case is, will be, or may return to."""
        case = self.cases.cases.get(case_id)
        if case is None:
            return
        transfer = self.cases.transfers.get(case.live or "")
        going = transfer.unit_id if transfer is not None and transfer.state in ("proposed", "accepted", "departed") else None
        for unit_id in (case.hosted, going, *case.kept.values()):
            if unit_id is not None and unit_id in self.places.units:
                yield self.places.units[unit_id]

    def _near(self, unit: Unit, other: Unit) -> bool:
        policy = self.cases.network.policy
        same_project = policy is not None and policy["near_is_same_project"] and unit.project_id == other.project_id
        same_region = policy is not None and policy["near_is_same_region"] and unit.region == other.region
        return unit.unit_id == other.unit_id or same_project or same_region

    def agreement_missing(self, case: Case, at_ms: int, *, left_ms: int | None = None) -> bool:
        """Rule 7: an adult without an agreement that lasts long enough (`left_ms`; None: what policy wants for a proposal); rule 4 wants a guardian's."""
        policy = self.cases.network.policy
        left = left_ms if left_ms is not None else (policy["minimum_agreement_left_ms"] if policy is not None else 0)
        parent = any(member["parent"] for member in case.adults)
        minors = [] if parent else [member for member in case.household if member["age_group"] in UNDER_AGE]
        return any(case.agreements.get(member["person"], (0, False))[0] < at_ms + left for member in (*case.adults, *minors)) or any(
            not case.agreements[member["person"]][1] for member in minors
        )

    def unsafe_now(self, transfer: Transfer) -> list[str]:
        """Of a place already held: the rules that can come to forbid it later (danger, exploiters)."""
        case, unit = self.cases.cases[transfer.case_id], self.places.units.get(transfer.unit_id or "")
        if unit is None:
            return []
        found = [
            ("never_towards_danger", self.towards_danger(unit, case, transfer)),
            ("never_with_exploiters", self.near_somebody_to_keep_apart(unit, case)),
        ]
        return [rule for rule, breaks in found if breaks]


def _not_yet(unit: Unit, at_ms: int) -> bool:
    """Whether the free places of the unit are free from a later day."""
    free_from = unit.count["free_from_ms"] if unit.count is not None else None
    return free_from is not None and free_from > at_ms


def not_for_minors(unit: Unit, case: Case) -> bool:
    """Rule 4. Minors without a parent of age are never placed automatically; families go where children are hosted; adults never where minors live alone."""
    minors = [member for member in case.household if member["age_group"] in UNDER_AGE]
    parents = [member for member in case.adults if member["parent"]]
    if minors and not parents:
        return True
    if case.adults and "unaccompanied_minors" in unit.hosts:
        return True
    return bool(minors) and any(not _HOSTS_OF_PARENT[parent["gender"]] & unit.hosts for parent in parents)


def forbidden_to_people(unit: Unit, case: Case) -> bool:
    """Rule 4, where people choose: minors without a parent of age where they alone are hosted, and no adult with them."""
    minors = [member for member in case.household if member["age_group"] in UNDER_AGE]
    if minors and not any(member["parent"] for member in case.adults):
        return bool(case.adults) or "unaccompanied_minors" not in unit.hosts
    return not_for_minors(unit, case)


def not_for_gender(unit: Unit, case: Case) -> bool:
    """Rule 5. Every adult is hosted as who they say they are; that mothers or fathers are hosted says it of a woman or a man with their children."""
    with_minors = any(member["age_group"] in UNDER_AGE for member in case.household)
    hosted_as_parent = [member for member in case.adults if with_minors and member["parent"] and member["gender"] in ("woman", "man")]
    return any(_HOST_OF_GENDER[member["gender"]] not in unit.hosts for member in case.adults if member not in hosted_as_parent)


def needs_unmet(unit: Unit, case: Case) -> bool:
    """Rule 6."""
    for member in case.household:
        if not set(member["essential_needs"]) <= unit.offers:
            return True
        if member["only_language"] and not set(member["languages"]) & unit.languages:
            return True
    return False
