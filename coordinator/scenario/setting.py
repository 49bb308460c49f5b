"""The network as the day begins: policy, projects, units with their counts, and cases that are known already. Each comes about by its events."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from coordinator.scenario.errors import ScenarioInvalid, Unfit
from coordinator.scenario.script import Script, Table, texts
from coordinator.scenario.telling import Now, Teller
from coordinator.scenario.words import nearest
from events.availability import AvailabilityPublished
from events.fact import Actor
from events.facts import Event
from events.network import PolicyAdopted, ProjectRegistered, UnitOpened
from events.person import AgreementGiven
from events.referral import ReferralAccepted, ReferralReceived
from events.vocabulary import AgeGroup
from ops.networks.opening import ROUND_THE_CLOCK, opening_events, same_hours_every_day

_COUNT_KEYS = ("occupied", "free", "reserved", "observed_at", "accepting", "free_from")
_DUTY_KEYS = ("duty",)
_A_GUARDIAN = {"given_by": "guardian", "view": "in favour"}
"""Who decides for a minor whose agreement a setting takes as given, and what the minor said."""
_CASE_KEYS = ("people", "in_charge", "lives_in", "province", "source", "agreed")


def opening(script: Script, teller: Teller, now: Callable[[], Now]) -> Iterator[Event]:
    """The events of the setting, each told when the one before it was decided. Raises ScenarioInvalid."""
    if not script.empty:
        yield from _policy_and_projects(script, teller, now)
    for unit, keys in script.units.items():
        with_place = _placed(script, "units", unit)
        yield with_place(lambda: teller.tell(UnitOpened, {"unit": unit, **_without(keys, _COUNT_KEYS)}, _owner(teller, keys), now(), _COUNT_KEYS))  # noqa: B023  # called at once
        if keys.get("counted", True):
            yield with_place(lambda: teller.tell(AvailabilityPublished, {"unit": unit, **_count(keys)}, _owner(teller, keys), now()))  # noqa: B023
    for case, keys in script.cases.items():
        yield from _case(script, teller, now, case, keys)


def _policy_and_projects(script: Script, teller: Teller, now: Callable[[], Now]) -> Iterator[Event]:
    told = list(opening_events(teller.network, lambda: teller.event_id(now().at_ms), "adm-01", {}))
    policy = told[0]
    assert isinstance(policy, PolicyAdopted)
    yield _placed(script, "policy")(lambda: teller.tell(PolicyAdopted, script.policy, "administrator", now())) if script.policy else policy
    if not script.projects:
        yield from told[1:]
    for project, keys in script.projects.items():
        yield _placed(script, "projects", project)(
            lambda: teller.tell(ProjectRegistered, {"project": project, **_without(keys, _DUTY_KEYS)}, "administrator", now(), _DUTY_KEYS)  # noqa: B023
        )
        yield _placed(script, "projects", project)(lambda: _on_duty(teller, now(), policy.actor, project, keys))  # noqa: B023


def _on_duty(teller: Teller, now: Now, actor: Actor, project: str, keys: Table) -> Event:
    """Its own hours every day, or round the clock."""
    hours = texts(keys.get("duty", list(ROUND_THE_CLOCK)), "duty")
    try:
        return same_hours_every_day(teller.event_id(now.at_ms), actor, teller.names.slug("project", project), hours)
    except ValueError:
        raise Unfit('duty: write from when to when, such as ["08:00", "20:00"]', "duty") from None


def _case(script: Script, teller: Teller, now: Callable[[], Now], case: str, keys: Table) -> Iterator[Event]:
    with_place = _placed(script, "cases", case)
    case_id = teller.names.give("case", case)

    def referral() -> Event:
        for key in keys:
            if key not in _CASE_KEYS:
                raise Unfit(f'nothing of a case is called "{key}"; {nearest(key, _CASE_KEYS)}', key)
        said = {"case": case, "household": keys.get("people", ["woman"]), "source": keys.get("source", "self")}
        if "province" in keys:
            said["province"] = keys["province"]
        try:
            return teller.tell(ReferralReceived, said, "helpline", now())
        except Unfit as unfit:
            if unfit.key != "household":
                raise
            raise Unfit(unfit.matter.replace("household", "people", 1), "people") from None

    received = with_place(referral)
    assert isinstance(received, ReferralReceived)
    yield received
    if "in_charge" in keys:
        project = str(keys["in_charge"])
        said = {"case": case, "project": project, **({"hosted_unit": keys["lives_in"]} if "lives_in" in keys else {})}
        yield with_place(lambda: teller.tell(ReferralAccepted, said, project, now()))
    agreed = keys.get("agreed", True)
    for member in received.household:
        if member.age_group is AgeGroup.ADULT if isinstance(agreed, bool) else member.person in texts(agreed, "agreed"):
            if agreed is False:
                continue
            decides = {} if member.age_group is AgeGroup.ADULT else _A_GUARDIAN
            yield with_place(lambda: teller.tell(AgreementGiven, {"case": case, "person": member.person, **decides}, "helpline", now()))  # noqa: B023
    assert case_id == received.case_id


def _count(keys: Table) -> Table:
    """What of a unit's table is said of its count: everything free unless `occupied` or `free` say otherwise."""
    said = {key: keys[key] for key in _COUNT_KEYS if key in keys and key != "free"}
    places = keys.get("places")
    if "free" in keys:
        if "occupied" in keys or not isinstance(keys["free"], int) or not isinstance(places, int):
            raise Unfit("write either free or occupied, as whole numbers, beside places", "free")
        said["occupied"] = places - keys["free"]
    return {"occupied": 0, **said}


def _owner(teller: Teller, keys: Table) -> str:
    project = keys.get("project")
    if not isinstance(project, str):
        raise Unfit('a unit belongs to a project: project = "…"')
    try:
        return teller.names.slug("project", project)
    except Unfit as unfit:
        raise Unfit(unfit.matter, "project") from None


def _without(keys: Table, left_out: tuple[str, ...]) -> Table:
    return {key: value for key, value in keys.items() if key not in left_out and key != "counted"}


def _placed(script: Script, *names: str) -> Callable[[Callable[[], Event]], Event]:
    """Runs what may be unfit, and says where it stands."""

    def run(tell: Callable[[], Event]) -> Event:
        try:
            return tell()
        except Unfit as unfit:
            line = script.table_line(*names)
            raise ScenarioInvalid(script.file, script.line_of(line, unfit.key) if unfit.key else line, ".".join(names), unfit.matter) from None

    return run
