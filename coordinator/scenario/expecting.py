"""What a step expects, held against what happened. Each expectation becomes one check: what was expected, whether it holds, and what was found instead."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum

from coordinator.scenario import moments
from coordinator.scenario.errors import Unfit
from coordinator.scenario.naming import Names
from coordinator.scenario.script import texts
from coordinator.scenario.telling import Now, Teller, key_of
from coordinator.scenario.words import fact_called, nearest, outcome_called, spoken, squeezed, symbol
from events.entry import Unread
from events.facts import Event, Outcome
from events.transfer import MatchExplained, ProposalEnded, ProposalMade, TransferClosed, TransferEscalated
from events.verdict import Duplicate, Recorded, Refused, Unreadable
from events.vocabulary import Escalation, ProposalEnd, RefusalCode, Rule, TransferEnd
from projections.bands import Band
from projections.freshness import Freshness
from projections.inbox import HELPLINE
from projections.transfers import Stage

Verdict = Recorded | Refused | Duplicate | Unreadable
ANYBODY = "anybody"
NOBODY = "nobody"
_SAFETY = "safety"


@dataclass(frozen=True, slots=True)
class Check:
    """One expectation and whether it holds."""

    what: str
    holds: bool
    found: str = ""
    """What was found, where it does not hold."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the played ledger."""

    at_ms: int
    event: Event | Unread
    outcomes: tuple[Outcome, ...]
    by_clock: bool


@dataclass(frozen=True, slots=True)
class Happened:
    """What a step's expectations are held against."""

    now: Now
    """After the step."""
    teller: Teller
    entries: tuple[Entry, ...]
    """The step's entry; where it only lets time pass, everything that the clock made happen."""
    event: Event | Unread | None
    case_id: str | None
    """The case that the step speaks of."""

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """What followed, in order."""
        return tuple(outcome for entry in self.entries for outcome in entry.outcomes)

    @property
    def verdict(self) -> Verdict:
        """What became of the reported event."""
        return next(outcome for outcome in reversed(self.outcomes) if isinstance(outcome, Recorded | Refused | Duplicate | Unreadable))

    def case(self, label: str | None = None) -> str:
        """The case spoken of. Raises Unfit where none is."""
        if label is not None:
            return self.teller.names.identifier("case", label)
        if self.case_id is None:
            raise Unfit('which case is meant? write case = "…" in the step, or expect a list with a case in each: [[step.expect]]')
        return self.case_id


def checks_of(expect: object, happened: Happened) -> tuple[Check, ...]:
    """Every expectation of a step, in the order written. Raises Unfit for what cannot be expected."""
    tables = expect if isinstance(expect, list) else [expect]
    found: list[Check] = []
    for table in tables:
        if not isinstance(table, dict):
            raise Unfit('expectations are keys: expect.asked = "lazio"', "expect")
        case = table.get("case")
        about = happened
        if case is not None:
            about = Happened(happened.now, happened.teller, happened.entries, happened.event, happened.case(str(case)))
        for key, value in table.items():
            if key == "case":
                continue
            if key not in _EXPECTATIONS:
                raise Unfit(f'nothing called "{key}" can be expected; {nearest(key, (*_EXPECTATIONS, "case"))}', key)
            try:
                found += _EXPECTATIONS[key](about, value)
            except Unfit as unfit:
                raise Unfit(f"expect.{key}: {unfit.matter}", unfit.key or key) from None
    return tuple(found)


def never_checks(never: Mapping[str, tuple[str, ...]], names: Names, outcomes: Sequence[Outcome]) -> list[Check]:
    """Whether no proposal ever sent a case (or `anybody`) to a unit or project that it must not go to. Raises Unfit."""
    made = [outcome for outcome in outcomes if isinstance(outcome, ProposalMade)]
    checks = []
    for case, where in never.items():
        case_id = None if case == ANYBODY else names.identifier("case", case)
        sent = sorted({place for one in made if case_id in (None, one.case_id) for place in (one.unit_id, one.project_id) if place in where})
        checks.append(Check(f"{case} is never sent to {', '.join(where)}", not sent, f"sent to {', '.join(sent)}" if sent else ""))
    return checks


# What the network answered


def _refused(happened: Happened, value: object) -> list[Check]:
    code = symbol(RefusalCode, _one(value))
    verdict = happened.verdict
    found = f"refused: {verdict.code}" if isinstance(verdict, Refused) else spoken(type(verdict).__name__)
    return [Check(f"refused: {code}", isinstance(verdict, Refused) and verdict.code is code, found)]


def _field(happened: Happened, value: object) -> list[Check]:
    verdict = happened.verdict
    found = key_of(verdict.field) if isinstance(verdict, Refused) else ""
    return [Check(f"because of {_one(value)}", found == _one(value), found or "no field is named")]


def _duplicate(happened: Happened, value: object) -> list[Check]:
    return [Check("answered as a repeat", isinstance(happened.verdict, Duplicate) is _yes(value), spoken(type(happened.verdict).__name__))]


def _unreadable(happened: Happened, value: object) -> list[Check]:
    return [Check("unreadable", isinstance(happened.verdict, Unreadable) is _yes(value), spoken(type(happened.verdict).__name__))]


def _outcomes(happened: Happened, value: object) -> list[Check]:
    """All of these, in this order; others may stand between them."""
    rest = list(happened.outcomes)
    checks = []
    for wanted in value if isinstance(value, list) else [value]:
        what, matches = _wanted(happened, wanted)
        at = next((number for number, outcome in enumerate(rest) if matches(outcome)), None)
        checks.append(Check(f"follows: {what}", at is not None, _names(happened.outcomes)))
        rest = rest[at + 1 :] if at is not None else rest
    return checks


def _no_outcomes(happened: Happened, value: object) -> list[Check]:
    checks = []
    for unwanted in value if isinstance(value, list) else [value]:
        what, matches = _wanted(happened, unwanted)
        checks.append(Check(f"does not follow: {what}", not any(map(matches, happened.outcomes)), _names(happened.outcomes)))
    return checks


def _nothing_else(happened: Happened, value: object) -> list[Check]:
    following = [outcome for outcome in happened.outcomes if not isinstance(outcome, Recorded | Refused | Duplicate | Unreadable)]
    return [Check("nothing else follows", (not following) is _yes(value), _names(following))]


def _wanted(happened: Happened, wanted: object) -> tuple[str, Callable[[Outcome], bool]]:
    """An outcome by name, or a table: its name under `is`, and fields with their values."""
    table = {"is": wanted} if isinstance(wanted, str) else wanted
    if not isinstance(table, dict) or not isinstance(table.get("is"), str):
        raise Unfit('write the outcome\'s name, or a table: { is = "place held", unit = "…", until = "Sat 00:10" }')
    kind = outcome_called(table["is"])
    known = {key_of(field.name): field.name for field in fields(kind)}
    values: dict[str, str] = {}
    for key, value in table.items():
        if key == "is":
            continue
        if key not in known:
            raise Unfit(f'"{spoken(kind.__name__)}" says nothing called "{key}"; {nearest(key, known)}')
        values[known[key]] = _comparable(happened, known[key], value)
    told = spoken(kind.__name__) + "".join(f", {key} {value}" for key, value in table.items() if key != "is")
    return told, lambda outcome: isinstance(outcome, kind) and all(_plain(getattr(outcome, name)) == value for name, value in values.items())


def _comparable(happened: Happened, name: str, value: object) -> str:
    names, now = happened.teller.names, happened.now
    if name.endswith("_ms") and isinstance(value, str):
        return str(moments.instant(value, happened.entries[0].at_ms if happened.entries else now.at_ms, happened.teller.zone))
    if name.endswith("case_id"):
        return names.identifier("case", _one(value))
    if name.endswith("_id") and isinstance(value, str) and names.knows(key_of(name), value):
        return names.identifier(key_of(name), value)
    if name == "project_id" and value == "helpline":
        return ""
    return squeezed(value) if isinstance(value, str) and not name.endswith("_id") else _plain(value)


def _plain(value: object) -> str:
    if isinstance(value, StrEnum):
        return squeezed(value.value)
    return "" if value is None else str(value)


# Who is asked, and what is held


def _asked(happened: Happened, value: object) -> list[Check]:
    wanted, case_id = _one(value), happened.case()
    transfer = happened.now.views.transfer(case_id)
    found = transfer.proposal.project_id if transfer is not None and transfer.proposal is not None and transfer.stage is Stage.PROPOSED else NOBODY
    if wanted != NOBODY:
        happened.teller.names.slug("project", wanted)
    return [Check(f"{_who(happened, case_id)}: {wanted} is asked", found == wanted, f"{found} is asked")]


def _place(happened: Happened, value: object) -> list[Check]:
    wanted, case_id = happened.teller.names.slug("unit", _one(value)), happened.case()
    transfer = happened.now.views.transfer(case_id)
    found = transfer.proposal.unit_id if transfer is not None and transfer.proposal is not None else NOBODY
    return [Check(f"{_who(happened, case_id)}: the place is {wanted}", found == wanted, found)]


def _until(happened: Happened, value: object) -> list[Check]:
    case_id = happened.case()
    transfer = happened.now.views.transfer(case_id)
    zone = happened.teller.zone
    wanted = moments.instant(_one(value), happened.now.at_ms, zone)
    found = transfer.proposal.deadline_at_ms if transfer is not None and transfer.proposal is not None else None
    return [
        Check(
            f"an answer is due by {moments.told(wanted, zone)}",
            found == wanted,
            "no answer is due" if found is None else f"by {moments.told(found, zone)}",
        )
    ]


def _nobody_to(happened: Happened, value: object) -> list[Check]:
    return never_checks({ANYBODY: texts(value, "nobody_to")}, happened.teller.names, happened.outcomes)


def _called(happened: Happened, value: object) -> list[Check]:
    """An operator is called in, in this step, for this reason; `nobody`: none is."""
    found = [outcome.why for outcome in happened.outcomes if isinstance(outcome, TransferEscalated) and happened.case_id in (None, outcome.case_id)]
    if value == NOBODY:
        return [Check("no operator is called in", not found, ", ".join(found))]
    wanted = [symbol(Escalation, one) for one in texts(value, "called")]
    return [Check(f"an operator is called in: {one}", one in found, ", ".join(found) or "nobody is called in") for one in wanted]


def _proposal(happened: Happened, value: object) -> list[Check]:
    wanted = symbol(ProposalEnd, _one(value))
    found = [outcome.how for outcome in happened.outcomes if isinstance(outcome, ProposalEnded) and happened.case_id in (None, outcome.case_id)]
    return [Check(f"the proposal ends: {wanted}", wanted in found, ", ".join(found) or "no proposal ends")]


def _closed(happened: Happened, value: object) -> list[Check]:
    wanted = symbol(TransferEnd, _one(value))
    found = [outcome.how for outcome in happened.outcomes if isinstance(outcome, TransferClosed) and happened.case_id in (None, outcome.case_id)]
    return [Check(f"the transfer ends: {wanted}", wanted in found, ", ".join(found) or "no transfer ends")]


def _excluded(happened: Happened, value: object) -> list[Check]:
    """By unit, the rule that excluded it in the explanation of this step."""
    if not isinstance(value, dict):
        raise Unfit('write expect.excluded.UNIT = "gender"')
    explained = _explained(happened)
    by_unit = {unit: group.rule for one in explained for group in one.excluded for unit in group.units}
    checks = []
    for unit, rule in value.items():
        wanted = _SAFETY if squeezed(str(rule)) == _SAFETY else symbol(Rule, str(rule)).value
        happened.teller.names.slug("unit", unit)
        checks.append(Check(f"{unit} is out: {wanted}", by_unit.get(unit) == wanted, by_unit.get(unit, "it is not excluded")))
    return checks


def _fits(happened: Happened, value: object) -> list[Check]:
    """The units that fitted, best first."""
    wanted = texts(value, "fits")
    found = [tuple(scored.unit_id for scored in one.scored) for one in _explained(happened)]
    return [Check(f"fitting, best first: {', '.join(wanted) or NOBODY}", wanted in found, " / ".join(", ".join(one) or "none" for one in found))]


def _explained(happened: Happened) -> list[MatchExplained]:
    return [outcome for outcome in happened.outcomes if isinstance(outcome, MatchExplained) and happened.case_id in (None, outcome.case_id)]


# What is seen


def _responsible(happened: Happened, value: object) -> list[Check]:
    wanted, case_id = _one(value), happened.case()
    found = happened.now.views.responsible(case_id)
    told = {None: NOBODY, HELPLINE: "helpline"}.get(found, found)
    return [Check(f"{_who(happened, case_id)}: {wanted} is responsible", told == wanted, str(told))]


def _stage(happened: Happened, value: object) -> list[Check]:
    wanted, case_id = symbol(Stage, _one(value)), happened.case()
    transfer = happened.now.views.transfer(case_id)
    return [
        Check(
            f"{_who(happened, case_id)}: the transfer is {wanted}",
            transfer is not None and transfer.stage is wanted,
            str(transfer and transfer.stage),
        )
    ]


def _figure(name: str) -> Callable[[Happened, object], list[Check]]:
    def checks(happened: Happened, value: object) -> list[Check]:
        if not isinstance(value, dict):
            raise Unfit(f"write expect.{name}.UNIT = 2")
        found = []
        for unit, wanted in value.items():
            figures = happened.now.views.figures(happened.teller.names.slug("unit", unit))
            has = None if figures is None else getattr(figures, name)
            found.append(Check(f"{unit}: {name.replace('_', ' ')} {wanted}", has == wanted, f"{has}"))
        return found

    return checks


def _fresh(happened: Happened, value: object) -> list[Check]:
    if not isinstance(value, dict):
        raise Unfit('write expect.figures.UNIT = "ageing"')
    found = []
    for unit, word in value.items():
        wanted = symbol(Freshness, str(word))
        has = happened.now.views.freshness(happened.teller.names.slug("unit", unit), happened.now.at_ms)
        found.append(Check(f"{unit}: its figures are {wanted}", has is wanted, has))
    return found


def _band(happened: Happened, value: object) -> list[Check]:
    if not isinstance(value, dict):
        raise Unfit('write expect.band.MACRO-AREA = "few"')
    bands = happened.now.views.bands(happened.now.at_ms)
    found = []
    for area, word in value.items():
        if area not in bands:
            raise Unfit(f'there is no macro-area "{area}"; {nearest(area, bands)}')
        wanted = symbol(Band, str(word))
        found.append(Check(f"others see in {area}: {wanted}", bands[area] is wanted, bands[area]))
    return found


def _inbox(happened: Happened, value: object) -> list[Check]:
    """By project (or helpline): everything that waits there, as `proposal Anna`, in any order."""
    if not isinstance(value, dict):
        raise Unfit('write expect.inbox.PROJECT = ["proposal Anna"]')
    names = happened.teller.names
    found = []
    for whose, wanted in value.items():
        project = HELPLINE if whose == "helpline" else names.slug("project", whose)
        has = sorted(f"{item.kind} {names.label(item.case_id)}" for item in happened.now.views.inbox(project))
        found.append(
            Check(f"inbox of {whose}: {', '.join(texts(wanted, whose)) or 'empty'}", has == sorted(texts(wanted, whose)), ", ".join(has) or "empty")
        )
    return found


def _timeline(happened: Happened, value: object) -> list[Check]:
    """How the case's timeline ends: the names of its last facts, in order."""
    wanted = [fact_called(one) for one in texts(value, "timeline")]
    has = [type(fact).__name__ for fact in happened.now.views.timeline(happened.case())]
    ends = has[len(has) - len(wanted) :] if wanted else has
    return [Check(f"the timeline ends: {', '.join(map(spoken, wanted)) or 'empty'}", ends == wanted, ", ".join(map(spoken, ends)) or "empty")]


def _who(happened: Happened, case_id: str) -> str:
    return happened.teller.names.label(case_id) or "the case"


def _names(outcomes: Sequence[Outcome]) -> str:
    return ", ".join(spoken(type(outcome).__name__) for outcome in outcomes) or "nothing"


def _one(value: object) -> str:
    if not isinstance(value, str):
        raise Unfit('write one text: "…"')
    return value


def _yes(value: object) -> bool:
    if not isinstance(value, bool):
        raise Unfit("write true or false")
    return value


_EXPECTATIONS: Mapping[str, Callable[[Happened, object], list[Check]]] = {
    "refused": _refused,
    "field": _field,
    "duplicate": _duplicate,
    "unreadable": _unreadable,
    "outcomes": _outcomes,
    "no_outcomes": _no_outcomes,
    "nothing_else": _nothing_else,
    "asked": _asked,
    "place": _place,
    "until": _until,
    "nobody_to": _nobody_to,
    "called": _called,
    "proposal": _proposal,
    "closed": _closed,
    "excluded": _excluded,
    "fits": _fits,
    "responsible": _responsible,
    "stage": _stage,
    "free": _figure("free"),
    "held": _figure("held"),
    "occupied": _figure("occupied"),
    "over_capacity": _figure("over_capacity"),
    "figures": _fresh,
    "band": _band,
    "inbox": _inbox,
    "timeline": _timeline,
}
EXPECTATIONS = tuple(_EXPECTATIONS)
"""Everything that a step may expect."""
