"""A step becomes an event: labels become ids, clock times instants, plain words symbols, and what goes without saying is filled in.

The result passes through the strict reader of the events file, so that a scenario can report nothing that a door would not take.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, is_dataclass
from enum import StrEnum
from types import NoneType
from typing import Any, get_args, get_origin
from zoneinfo import ZoneInfo

from coordinator.domain import State
from coordinator.domain.state import Transfer
from coordinator.scenario import moments
from coordinator.scenario.errors import Unfit
from coordinator.scenario.naming import BORN, Names
from coordinator.scenario.script import Table
from coordinator.scenario.views import Views
from coordinator.scenario.words import nearest, person_called, spoken, squeezed, symbol
from events.errors import LineInvalid
from events.fact import Actor, Danger
from events.facts import Event
from events.ids import uuid7
from events.lines import format_line, parse_line
from events.network import DayWindow, DutyWindow, PolicyAdopted, PolicyProposed
from events.policy_digest import policy_digest
from events.referral import Member
from events.typed import hints_of
from events.vocabulary import Role
from ops.networks.loading import Network
from ops.networks.opening import opening_events

Plain = dict[str, Any]

FREE_TEXTS = frozenset({"note", "text", "emergency"})
NOTHING = "none"
"""Written for a field that may say nothing, where leaving it out would say something."""
_WHO = re.compile(r"(?:(?P<person>[\w-]+) of )?(?P<who>[\w -]+?)(?: for (?P<body>[\w-]+))?\Z")
_LENGTHS = ("_for_ms", "_within_ms", "_after_ms", "_left_ms")
_INSTANTS = ("_at_ms", "_until_ms")
"""In a policy, whose other times are lengths."""
_STANDING: Mapping[str, str] = {"until_ms": "+90 days", "needed_by_ms": "+10 days"}
"""What a time is where nobody says it."""


@dataclass(frozen=True, slots=True)
class Now:
    """The network at the moment of a step."""

    state: State
    views: Views
    at_ms: int


class Teller:
    """Makes events of steps. Keeps the labels; the network is given at each call."""

    def __init__(self, names: Names, network: Network, zone: ZoneInfo) -> None:
        self.names = names
        self.network = network
        self.zone = zone
        self._sent = 0

    def event_id(self, at_ms: int) -> str:
        """The next event id, for an instant."""
        self._sent += 1
        return uuid7(at_ms, self._sent)

    def tell(self, kind: type[Event], keys: Table, who: str, now: Now, beside: Collection[str] = ()) -> Event:
        """The event that a step reports. `beside`: what else may stand in its table, to be named where something is misspelt. Raises Unfit."""
        actor = self.actor(who)
        written = self.event_id(now.at_ms + moments.span_ms(_text(keys["written"], "written")) if "written" in keys else now.at_ms)
        plain: Plain = {"event": kind.__name__, "event_id": written, "actor": _actor_json(actor)}
        said = {key: value for key, value in keys.items() if key != "written"}
        if kind is PolicyProposed and "digest" not in said:
            said["digest"] = self._digest(said.pop("policy", {}), who, now)
        fields = {key_of(name): (name, hint) for name, hint in hints_of(kind).items() if name not in ("event_id", "actor")}
        for key in said:
            if key not in fields:
                raise Unfit(f'"{spoken(kind.__name__)}" says nothing called "{key}"; {nearest(key, [*fields, *beside])}', key)
        telling = _Telling(self, kind, now, said, actor)
        plain |= telling.standing()
        for key, (name, hint) in fields.items():
            if key in said:
                plain[name] = telling.resolved(hint, name, said[key], key, plain.get(name))
            elif name not in plain:
                plain[name] = telling.unsaid(hint, name, key)
        if "bodies" in plain and "lead_body" not in said:
            plain["bodies"] = sorted({*plain["bodies"], plain["lead_body"]})
        try:
            return parse_line(json.dumps(plain, ensure_ascii=False), 1)
        except LineInvalid as invalid:
            raise Unfit(str(invalid).removeprefix("line 1: ")) from None

    def _digest(self, changes: object, who: str, now: Now) -> str:
        """Of the policy in force with these changes. Raises Unfit."""
        if not isinstance(changes, dict):
            raise Unfit("write what changes in the policy: policy = { … = … }", "policy")
        proposed = self.tell(PolicyAdopted, changes, who, now)
        assert isinstance(proposed, PolicyAdopted)
        return policy_digest(proposed)

    def actor(self, who: str) -> Actor:
        """`helpline`, `administrator`, `clock`, a project; `Rita of lazio`; `lazio for BODY`. Raises Unfit."""
        said = _WHO.match(who.strip())
        if said is None:
            raise Unfit(f'"{who}" is nobody; write "helpline", a project such as "lazio", or "Rita of lazio"', "who")
        whose, body = said["who"].strip(), said["body"]
        roles: dict[str, Role] = {squeezed(role.value): role for role in Role if role is not Role.PROJECT}
        role = roles.get(squeezed(whose))
        if role is None:
            known = self.names.slugs("project")
            if whose not in known and whose not in self.names.strangers:
                raise Unfit(f'nobody speaks as "{whose}"; {nearest(whose, {*known, *(role.value for role in roles.values())})}', "who")
            role = Role.PROJECT
        person = squeezed(said["person"]) if said["person"] else f"staff-{whose.replace(' ', '-')}"
        return Actor(person, body or self._body_of(role, whose), role)

    def _body_of(self, role: Role, whose: str) -> str:
        if role is Role.PROJECT:
            return self.names.lead_bodies.get(whose, whose)
        return {Role.HELPLINE: self.network.helpline_body, Role.ADMINISTRATOR: "dipartimento", Role.CLOCK: "service"}.get(role, f"{role.value}-body")


def key_of(field: str) -> str:
    """How a scenario calls a field: `case_id` is `case`, `needed_by_ms` is `needed_by`."""
    if field.endswith("_ids"):
        return field.removesuffix("_ids") + "s"
    return field.removesuffix("_id").removesuffix("_ms")


def _actor_json(actor: Actor) -> Plain:
    return {"person": actor.person, "body": actor.body, "role": actor.role.value}


def _text(value: object, key: str) -> str:
    if not isinstance(value, str):
        raise Unfit(f'{key} is a text: {key} = "…"', key)
    return value


class _Telling:
    """One event in the making."""

    def __init__(self, teller: Teller, kind: type[Event], now: Now, said: Table, who: Actor) -> None:
        self.teller = teller
        self.project = next((name for name, project in now.state.projects.items() if who.role is Role.PROJECT and who.body in project.bodies), None)
        """The project of whoever speaks."""
        self.kind = kind
        self.now = now
        self.said = said

    # What is said

    def resolved(self, hint: Any, name: str, value: object, key: str, standing: object = None) -> object:
        """The plain value of a field. `standing`: what it would be, of which a table changes only what it names."""
        try:
            return self._resolved(hint, name, value, standing)
        except Unfit as unfit:
            raise Unfit(f"{key}: {unfit.matter}" if not unfit.key else unfit.matter, unfit.key or key) from None

    def _resolved(self, hint: Any, name: str, value: object, standing: object = None) -> object:
        if NoneType in get_args(hint):
            if value == NOTHING:
                return None
            return self._resolved(next(each for each in get_args(hint) if each is not NoneType), name, value, standing)
        if get_origin(hint) is tuple and get_args(hint)[0] is Member:
            return self.household(value)
        if get_origin(hint) is tuple:
            values = value if isinstance(value, list) else [value]
            return [self._resolved(get_args(hint)[0], name.removesuffix("s") if name.endswith("_ids") else name, one) for one in values]
        if isinstance(hint, type) and is_dataclass(hint):
            return self._record(hint, value, standing)
        if isinstance(hint, type) and issubclass(hint, StrEnum):
            return symbol(hint, _text(value, name)).value
        if hint is int and name.endswith("_ms"):
            return self._time(name, _text(value, key_of(name)))
        if hint is str:
            return self._named(name, _text(value, key_of(name)))
        return value

    def _time(self, name: str, text: str) -> int:
        if (self.kind is PolicyAdopted and not name.endswith(_INSTANTS)) or name.endswith(_LENGTHS):
            return moments.span_ms(text)
        return moments.instant(text, self.now.at_ms, self.teller.zone)

    def _named(self, name: str, text: str) -> str:
        names = self.teller.names
        if name.endswith("case_id"):
            return names.identifier("case", text)
        if name.endswith("transfer_id"):
            return names.give("transfer", text) if self._is_born(name) else names.identifier("transfer", text)
        for kind in ("unit", "project"):
            if name.endswith(f"{kind}_id"):
                return text if self.kind.__name__ in ("ProjectRegistered", "UnitOpened") else names.slug(kind, text)
        if name == "successor_id":
            return names.slug("project", text)
        if name.endswith("_id"):
            kind = name.removesuffix("_id")
            return names.identifier(kind, text) if names.knows(kind, text) else names.give(kind, text)
        return text

    def _record(self, hint: type, value: object, standing: object) -> object:
        if hint is Member:
            return self._member(value, 0)
        if hint is Actor:
            return _actor_json(self.teller.actor(_text(value, "who")))
        if hint is Danger:
            return self._danger(value)
        if hint in (DutyWindow, DayWindow) and isinstance(value, str):
            return _window(hint, value)
        if not isinstance(value, dict):
            raise Unfit(f"write a table with {', '.join(key_of(name) for name in hints_of(hint))}: {{ … = … }}")
        base: Plain = dict(standing) if isinstance(standing, dict) else {}
        fields = {key_of(name): (name, each) for name, each in hints_of(hint).items()}
        for key, one in value.items():
            if key not in fields:
                raise Unfit(f'nothing is called "{key}" there; {nearest(key, fields)}', key)
            name, each = fields[key]
            base[name] = self.resolved(each, name, one, key, base.get(name))
        for key, (name, each) in fields.items():
            if name not in base and NoneType not in get_args(each):
                raise Unfit(f'"{key}" is missing there')
        return base

    def _danger(self, value: object) -> Plain:
        if not isinstance(value, dict) or len(value) != 1:
            raise Unfit(
                'write one kind of place and which: { province = "NA" }, { region = "15" }, { unit = "…" }, { project = "…" }, { body = "…" }'
            )
        (kind, which) = next(iter(value.items()))
        return {"kind": symbol(hints_of(Danger)["kind"], kind).value, "value": _text(which, kind)}

    def household(self, value: object) -> list[Plain]:
        """People, called a, b, c ... in order unless they have names of their own."""
        people = value if isinstance(value, list) else [value]
        return [self._member(person, number) for number, person in enumerate(people)]

    def _member(self, value: object, number: int) -> Plain:
        words = {"is": value} if isinstance(value, str) else value
        if not isinstance(words, dict) or not isinstance(words.get("is"), str):
            raise Unfit('a person is a word or a table: "woman", or { is = "mother", essential_needs = ["pregnancy_care"] }')
        base: Plain = {
            "person": chr(ord("a") + number), "essential_needs": [], "preferred_needs": [], "languages": ["eng"], "only_language": False,
            **person_called(words["is"]),
        }  # fmt: skip
        fields = {key_of(name): (name, hint) for name, hint in hints_of(Member).items()}
        for key, one in words.items():
            if key == "is":
                continue
            if key not in fields:
                raise Unfit(f'nothing of a person is called "{key}"; {nearest(key, {"is", *fields})}', key)
            name, hint = fields[key]
            base[name] = self.resolved(hint, name, one, key)
        base["languages"] = sorted(base["languages"])
        return base

    # What goes without saying

    def unsaid(self, hint: Any, name: str, key: str) -> object:
        """The value of a field that the step leaves out. Raises Unfit where somebody has to say it."""
        names, case_id = self.teller.names, self._case_id()
        if NoneType in get_args(hint):
            return None
        if get_origin(hint) is tuple:
            return []
        if name in FREE_TEXTS:
            return ""
        if name == "case_id" and case_id is not None:
            return case_id
        if self._is_born(name):
            return names.give(key, names.next_of(key, (names.label(case_id or "") or "case") if hasattr(self.kind, "case_id") else key))
        if name == "project_id" and self.project is not None:
            return self.project
        if name.endswith("_id") and (newest := names.newest(name, case_id)) is not None:
            return newest
        if name in _STANDING:
            return moments.instant(_STANDING[name], self.now.at_ms, self.teller.zone)
        case = self.now.state.cases.get(case_id or "")
        if name == "person" and case is not None and len(case.household) == 1:
            return case.household[0].person
        raise Unfit(f'"{spoken(self.kind.__name__)}" needs {key}; add {key} = {_example(hint)}')

    def _case_id(self) -> str | None:
        names = self.teller.names
        if "case" in self.said:
            return names.identifier("case", _text(self.said["case"], "case"))
        known = names.known("case")
        return names.identifier("case", known[0]) if len(known) == 1 else None

    def _is_born(self, name: str) -> bool:
        return (self.kind.__name__, name) in BORN

    def transfer(self) -> Transfer | None:
        """The live transfer of the case spoken of."""
        case = self.now.state.cases.get(self._case_id() or "")
        return case.transfer if case is not None else None

    def standing(self) -> Plain:
        """Fields that follow from how things stand, by the kind of event."""
        found = _STANDING_OF.get(self.kind.__name__)
        return {} if found is None else found(self)

    def slug_said(self, kind: str) -> str:
        """The unit or project that the step names. Raises Unfit."""
        if kind not in self.said:
            raise Unfit(f'"{spoken(self.kind.__name__)}" needs {kind}; add {kind} = "…"')
        return _text(self.said[kind], kind)


def _example(hint: Any) -> str:
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return " or ".join(f'"{member.value}"' for member in hint)
    return {str: '"…"', int: "a number, or a time", bool: "true or false"}.get(hint, "…")


def _policy(telling: _Telling) -> Plain:
    """The policy in force under the next version; where there is none, the one of the network's file."""
    in_force = telling.now.state.policy
    first, *_ = opening_events(telling.teller.network, str, "", {})
    plain: Plain = json.loads(format_line(in_force or first))
    version = 1 if in_force is None else in_force.version + 1
    return {**{name: value for name, value in plain.items() if name not in ("event", "event_id", "actor")}, "version": version}


def _proposed_policy(telling: _Telling) -> Plain:
    """The version after the one in force, with no emergency."""
    in_force = telling.now.state.policy
    return {"version": 1 if in_force is None else in_force.version + 1, "emergency": ""}


def _registered(telling: _Telling) -> Plain:
    project = telling.slug_said("project")
    programme = telling.teller.network.programme
    return {
        "name": project.replace("-", " ").title(), "lead_body": f"ente-{project}", "bodies": [],
        "valid_from": programme.valid_from, "valid_to": programme.valid_to,
    }  # fmt: skip


def _amended_project(telling: _Telling) -> Plain:
    project = telling.now.views.project(telling.slug_said("project"))
    if project is None:
        return _registered(telling)
    return {
        "name": project.name, "lead_body": project.lead_body, "bodies": list(project.bodies), "provinces": list(project.provinces),
        "valid_from": project.valid_from, "valid_to": project.valid_to,
    }  # fmt: skip


def _opened_unit(telling: _Telling) -> Plain:
    project = telling.now.state.projects.get(_text(telling.said.get("project", ""), "project"))
    standing: Plain = {"level": "first", "languages": ["eng", "ita"]}
    if project is not None:
        standing["body"] = project.lead_body
        terms = telling.now.state.terms
        if terms is not None:
            standing["region"] = terms.region_of[project.provinces[0]]
    return standing


def _amended_unit(telling: _Telling) -> Plain:
    unit_id = telling.slug_said("unit")
    unit = telling.now.state.units.get(unit_id)
    if unit is None:
        return {"level": "first", "places": 1, "hosts": ["women"]}
    return {
        "level": unit.level.value, "places": unit.places, "hosts": list(unit.hosts), "offers": list(unit.offers), "languages": list(unit.languages),
        "dangers": [{"kind": danger.kind.value, "value": danger.value} for danger in telling.now.state.unit_dangers.get(unit_id, ())],
    }  # fmt: skip


def _published(telling: _Telling) -> Plain:
    unit = telling.now.state.units.get(telling.slug_said("unit"))
    now = {"observed_at_ms": telling.now.at_ms, "as_of_sequence": telling.now.state.sequence}
    return {**now, "places": unit.places if unit is not None else 1, "reserved": 0, "accepting": True}


def _reaffirmed(telling: _Telling) -> Plain:
    return {"observed_at_ms": telling.now.at_ms, "as_of_sequence": telling.now.state.sequence}


def _amended_transfer(telling: _Telling) -> Plain:
    transfer = telling.transfer()
    if transfer is None:
        return {"urgency": "planned"}
    return {
        "urgency": transfer.urgency.value, "needed_by_ms": transfer.needed_by_ms, "leaving_province": transfer.leaving_province,
        "wished_levels": [level.value for level in transfer.wished_levels], "wished_regions": list(transfer.wished_regions),
    }  # fmt: skip


def _amended_referral(telling: _Telling) -> Plain:
    case = telling.now.state.cases.get(telling.teller.names.identifier("case", str(telling.said["case"]))) if "case" in telling.said else None
    return {} if case is None else {"province": case.province}


def _answered_inquiry(telling: _Telling) -> Plain:
    """The question that the project of whoever speaks was asked."""
    transfer = telling.transfer()
    mine = [inquiry.inquiry_id for inquiry in (transfer.inquiries if transfer is not None else ()) if inquiry.project_id == telling.project]
    return {"inquiry_id": mine[0]} if mine else {}


def _window(hint: type, text: str) -> Plain:
    """`Mon 09:00-17:00`, or without the day: minutes of the local day. Raises Unfit."""
    return moments.window(text, with_day=hint is DutyWindow)


def _clock(telling: _Telling) -> Plain:
    return {"deadline_at_ms": telling.now.at_ms}


_STANDING_OF: Mapping[str, Callable[[_Telling], Plain]] = {
    "PolicyAdopted": _policy,
    "PolicyProposed": _proposed_policy,
    "ProjectRegistered": _registered,
    "ProjectAmended": _amended_project,
    "UnitOpened": _opened_unit,
    "UnitAmended": _amended_unit,
    "AvailabilityPublished": _published,
    "AvailabilityReaffirmed": _reaffirmed,
    "ClockAdvanced": _clock,
    "TransferAmended": _amended_transfer,
    "ReferralAmended": _amended_referral,
    "InquiryAnswered": _answered_inquiry,
}
