"""Plays a scenario: each step's event is decided by the decision core, and the views are folded, on the scenario's own clock.

The clock rings at every deadline between two steps, to the millisecond, as the service's own clock does within a tick. A step that reports nothing only
lets time pass; its expectations are held against everything that the clock made happen since the step before.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from coordinator.decision_core import DecisionCore
from coordinator.domain import State
from coordinator.scenario import moments, setting
from coordinator.scenario.describing import describe
from coordinator.scenario.errors import ScenarioInvalid, Unfit
from coordinator.scenario.expecting import Check, Entry, Happened, checks_of, never_checks
from coordinator.scenario.naming import Names
from coordinator.scenario.script import Script, StepText, texts
from coordinator.scenario.telling import Now, Teller
from coordinator.scenario.views import Views
from coordinator.scenario.words import event_called, nearest, spoken
from events.entry import OpenedDecision, OpenedEvent, Unread
from events.fact import Actor
from events.facts import Event
from events.lines import format_line
from events.network import ClockAdvanced
from events.verdict import Duplicate, Recorded, Refused, Unreadable
from events.vocabulary import Role
from ops.networks.loading import NetworkFileInvalid, load_network
from projections.reported import effects_of

STEP_KEYS = ("at", "who", "reports", "says", "name", "again", "id", "same_id_as", "garbage", "written", "remember", "expect")
"""Keys of a step that are not fields of its event."""
_GARBAGE = ("not_single_object", "unknown_schema", "malformed", "trailing_bytes", "empty")
_CLOCK = Actor("clock", "service", Role.CLOCK)
_MOST_RINGS = 10_000


@dataclass(frozen=True, slots=True)
class PlayedStep:
    """One step with what became of it."""

    number: int
    line: int
    at_ms: int
    when: str
    what: str
    """Who reports what, in words."""
    says: str
    """The step's free remark."""
    entries: tuple[Entry, ...]
    """What the clock made happen on the way, then the step's own entry."""
    told: tuple[str, ...]
    """The same in words."""
    checks: tuple[Check, ...]

    @property
    def holds(self) -> bool:
        """Whether every expectation of the step holds."""
        return all(check.holds for check in self.checks)


@dataclass(frozen=True, slots=True)
class Played:
    """A scenario that was played to its end."""

    script: Script
    opening: tuple[Entry, ...]
    """How the network of the setting came about."""
    steps: tuple[PlayedStep, ...]
    state: State

    @property
    def holds(self) -> bool:
        """Whether every expectation holds."""
        return all(step.holds for step in self.steps)

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Every entry, the setting's too."""
        return (*self.opening, *(entry for step in self.steps for entry in step.entries))


def play(script: Script) -> Played:
    """Plays every step, whether or not its expectations hold. Raises ScenarioInvalid where a step cannot be understood."""
    try:
        zone = ZoneInfo(script.zone)
    except (ZoneInfoNotFoundError, ValueError):
        raise ScenarioInvalid(script.file, 1, "", f'there is no time zone "{script.zone}"; write for example "Europe/Rome"') from None
    try:
        network = load_network(script.network)
    except (FileNotFoundError, NetworkFileInvalid):
        raise ScenarioInvalid(script.file, 1, "", f'there is no network "{script.network}"; leave `network` out for the Italian one') from None
    try:
        begins = moments.instant(script.begins, 0, zone)
    except Unfit as unfit:
        raise ScenarioInvalid(script.file, 1, "", f"begins: {unfit.matter}") from None
    names = Names(script.strangers)
    day = _Day(script, Teller(names, network, zone), begins)
    for opened in setting.opening(script, day.teller, day.now):
        day.enter(opened)
    opening = tuple(day.entries)
    steps = tuple(_played(day, step) for step in script.steps)
    if script.never:
        steps = (*steps[:-1], replace(steps[-1], checks=(*steps[-1].checks, *day.kept_away())))
    return Played(script, opening, steps, day.state)


class _Day:
    """The network while it is played."""

    def __init__(self, script: Script, teller: Teller, begins_ms: int) -> None:
        self.script = script
        self.teller = teller
        self.at_ms = begins_ms
        self.core = DecisionCore()
        self.state = self.core.initial_state(script.network)
        self.views = Views()
        self.entries: list[Entry] = []
        self.said: dict[str, Event] = {}
        """Events of steps that have a name."""

    def now(self) -> Now:
        """The network as it stands."""
        return Now(self.state, self.views, self.at_ms)

    def enter(self, event: Event | Unread, *, by_clock: bool = False) -> Entry:
        """Decides one event at the present moment."""
        opened = OpenedEvent(event, _content_hash(event), len(format_line(event)) if not isinstance(event, Unread) else 1)
        outcomes = self.core.decide(self.state, opened, self.at_ms)
        decided = OpenedDecision(self.state.network, self.state.sequence + 1, len(self.entries), self.at_ms, opened, outcomes)
        self.state = self.core.evolve(self.state, decided)
        self.views.fold(decided)
        for _, fact in effects_of(decided).facts:
            self.teller.names.learn(fact)  # type: ignore[arg-type]  # nothing is locked here
        entry = Entry(self.at_ms, event, outcomes, by_clock)
        self.entries.append(entry)
        return entry

    def pass_time(self, until_ms: int) -> Iterator[Entry]:
        """Lets the clock ring at every deadline up to a moment, then stands there."""
        for _ in range(_MOST_RINGS):
            deadline_ms = self.core.next_deadline_ms(self.state)
            if deadline_ms is None or deadline_ms > until_ms:
                break
            self.at_ms = max(self.at_ms, deadline_ms)
            yield self.enter(ClockAdvanced(self.teller.event_id(self.at_ms), _CLOCK, deadline_ms), by_clock=True)
        self.at_ms = until_ms

    def kept_away(self) -> list[Check]:
        """Whether nobody was ever sent where `never` forbids it."""
        return never_checks(self.script.never, self.teller.names, [outcome for entry in self.entries for outcome in entry.outcomes])


def _played(day: _Day, step: StepText) -> PlayedStep:
    """One step. Raises ScenarioInvalid."""
    called = f"step {step.number}"
    try:
        if "at" in step.keys:
            at_ms = _at(day, step)
            if at_ms < day.at_ms:
                raise Unfit(f"that is before the step before it ({moments.told(day.at_ms, day.teller.zone)}); steps stand in order of time", "at")
        else:
            at_ms = day.at_ms
        entries = list(day.pass_time(at_ms))
        called += f" ({moments.told(at_ms, day.teller.zone)})"
        event = _event(day, step)
        if event is not None:
            entries.append(day.enter(event))
        happened = Happened(day.now(), day.teller, tuple(entries) if event is None else (entries[-1],), event, _case_of(day, step))
        checks = _checks(step, happened)
        _remember(day, step, happened)
    except Unfit as unfit:
        raise ScenarioInvalid(day.script.file, day.script.line_of(step.line, unfit.key) if unfit.key else step.line, called, unfit.matter) from None
    what = _in_words(step, event)
    told = tuple(_log_line(day, entry) for entry in entries)
    return PlayedStep(
        step.number, step.line, at_ms, moments.told(at_ms, day.teller.zone), what, str(step.keys.get("says", "")), tuple(entries), told, checks
    )


def _event(day: _Day, step: StepText) -> Event | Unread | None:
    keys = step.keys
    if "garbage" in keys:
        why = _said(step, "garbage")
        if why not in _GARBAGE:
            raise Unfit(f'bytes are not unreadable because of "{why}"; {nearest(why, _GARBAGE)}', "garbage")
        return Unread(why)
    if "again" in keys:
        return _earlier(day, step, "again")
    if "reports" not in keys:
        if "who" in keys:
            raise Unfit('somebody speaks and says nothing; add reports = "…", or leave `who` out to let time pass', "who")
        fields = [key for key in keys if key not in STEP_KEYS and key != "case"]
        if fields:
            raise Unfit(f'nothing is reported, so "{fields[0]}" says nothing; add reports = "…"', fields[0])
        return None
    try:
        kind = event_called(_said(step, "reports"))
    except Unfit as unfit:
        raise Unfit(unfit.matter, "reports") from None
    if "who" not in keys:
        raise Unfit('say who reports it: who = "helpline", or a project', "reports")
    if kind.__name__ == "ReferralReceived":
        day.teller.names.give("case", _said(step, "case"))
    fields_said = {key: value for key, value in keys.items() if key not in STEP_KEYS or key == "written"}
    event = day.teller.tell(kind, fields_said, _said(step, "who"), day.now())
    if "same_id_as" in keys:
        event = replace(event, event_id=_earlier(day, step, "same_id_as").event_id)
    if "id" in keys:
        event = replace(event, event_id=_said(step, "id"))
    if "name" in keys:
        day.said[_said(step, "name")] = event
    return event


def _at(day: _Day, step: StepText) -> int:
    try:
        return moments.instant(_said(step, "at"), day.at_ms, day.teller.zone)
    except Unfit as unfit:
        raise Unfit(unfit.matter, "at") from None


def _earlier(day: _Day, step: StepText, key: str) -> Event:
    name = _said(step, key)
    if name not in day.said:
        raise Unfit(f'no step before this one has name = "{name}"; {nearest(name, day.said)}', key)
    return day.said[name]


def _said(step: StepText, key: str) -> str:
    value = step.keys.get(key)
    if not isinstance(value, str):
        raise Unfit(f'{key} is a text: {key} = "…"', key)
    return value


def _case_of(day: _Day, step: StepText) -> str | None:
    """The case that the step speaks of; the only one where it names none."""
    names = day.teller.names
    if "case" in step.keys:
        return names.identifier("case", _said(step, "case"))
    known = names.known("case")
    return names.identifier("case", known[0]) if len(known) == 1 else None


def _checks(step: StepText, happened: Happened) -> tuple[Check, ...]:
    """The verdict first. Where it is not the expected one, names that do not exist because of it are no mistake of the scenario."""
    verdict = _verdict_checks(step, happened)
    try:
        return verdict + checks_of(step.keys.get("expect", {}), happened)
    except Unfit:
        if not verdict:
            raise
        return verdict


def _verdict_checks(step: StepText, happened: Happened) -> tuple[Check, ...]:
    """A report is expected to be recorded, unless the step says otherwise."""
    if happened.event is None:
        return ()
    expect = step.keys.get("expect", {})
    if isinstance(expect, dict) and {"refused", "duplicate", "unreadable"} & expect.keys():
        return ()
    verdict = happened.verdict
    match verdict:
        case Recorded():
            return ()
        case Refused():
            found = f"refused: {verdict.code}" + (f" ({verdict.field})" if verdict.field else "")
        case Duplicate():
            found = "answered as a repeat"
        case Unreadable():
            found = f"unreadable: {verdict.why}"
    return (Check("it is recorded", False, found),)


def _remember(day: _Day, step: StepText, happened: Happened) -> None:
    """`remember.LABEL = "proposal"`: from now on the label stands for the id that this step's outcomes had in that field."""
    wanted = step.keys.get("remember", {})
    if not isinstance(wanted, dict):
        raise Unfit('write remember.LABEL = "proposal"', "remember")
    for label, field in wanted.items():
        (kind,) = texts(field, "remember")
        found = next((getattr(outcome, f"{kind}_id") for outcome in happened.outcomes if hasattr(outcome, f"{kind}_id")), None)
        if found is None:
            raise Unfit(f'no {kind} came about in this step, so nothing can be remembered as "{label}"', "remember")
        day.teller.names.give(kind, label, found)


def _in_words(step: StepText, event: Event | Unread | None) -> str:
    if event is None:
        return "time passes"
    if isinstance(event, Unread):
        return f"unreadable bytes arrive ({event.why})"
    case = f" ({step.keys['case']})" if "case" in step.keys else ""
    again = " again" if "again" in step.keys else ""
    return f"{step.keys.get('who', event.actor.person)}: {spoken(type(event).__name__)}{again}{case}"


def _log_line(day: _Day, entry: Entry) -> str:
    words = describe(entry.outcomes, day.teller.names, day.teller.zone)
    return f"{moments.told(entry.at_ms, day.teller.zone)} the clock: {words}" if entry.by_clock else words


def _content_hash(event: Event | Unread) -> bytes:
    """Stands for the keyed hash of the plain content: everything but the event's id."""
    text = event.why if isinstance(event, Unread) else format_line(replace(event, event_id=""))
    return hashlib.sha256(text.encode()).digest()[:16]
