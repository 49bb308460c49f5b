"""The data sheet of a case, one CSV row a person: written from the ledger's facts for the case's owner, and read to report cases known elsewhere.

Pure. The columns are those that the department's data sheets ask for and that the network knows; names, nationality and permits are none of them. A
sheet made elsewhere may name a case in any way: the name stays in the file, and the case gets a random id.
"""

from __future__ import annotations

import csv
import difflib
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TypeVar

from coordinator import data_sheet_words as words
from events.fact import Actor
from events.facts import Event, Outcome
from events.ids import is_uuid
from events.language import Said, filled
from events.referral import AssessmentRecorded, Member, ReferralAccepted, ReferralClosed, ReferralReceived, ResponsibilityPassed
from events.transfer import ArrivalConfirmed, TransferRequested
from events.vocabulary import AgeGroup, Exploitation, Gender, Indicators, Need, Source

READ_COLUMNS = (
    "case", "person", "source", "province", "age_group", "gender", "parent", "essential_needs", "preferred_needs", "languages", "only_language",
    "taken_in_charge", "indicators", "exploitation",
)  # fmt: skip
"""Read from a sheet, and written into one. `person`, `languages` and the two needs may be empty; lists are separated by spaces."""
WRITTEN_COLUMNS = ("referred_at", "taken_in_charge_at", "responsible", "transfers_asked", "arrivals", "last_arrival_at", "closed_at", "closed_how")
"""Written alone: what the network knows by itself. A sheet that has them is read without them."""
COLUMNS = (*READ_COLUMNS, *WRITTEN_COLUMNS)
MOST_ROWS = 10_000
_YES, _NO = frozenset({"yes", "sì", "si", "true", "1"}), frozenset({"no", "false", "0", ""})
E = TypeVar("E", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class SheetFact:
    """A fact about a case, and when it was decided."""

    at_ms: int
    fact: Event | Outcome


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in a sheet: the line, the column (empty: the whole line), what to write instead. It repeats nothing that the line holds."""

    line: int
    column: str
    what: Said

    @property
    def said(self) -> Said:
        """All of it."""
        return filled(words.LINE_AND_COLUMN, self.line, self.column, self.what) if self.column else filled(words.LINE, self.line, self.what)

    def __str__(self) -> str:
        return self.said[0]


class SheetInvalid(Exception):
    """The sheet cannot be read; `problems` says why, in order of lines."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(map(str, problems)))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class SheetCase:
    """One case of a sheet: how the sheet names it, and who it is."""

    named: str
    line: int
    """Of its first person."""
    source: Source
    province: str | None
    household: tuple[Member, ...]
    taken_in_charge: bool
    indicators: Indicators | None
    """null: not assessed."""
    exploitation: tuple[Exploitation, ...]


# Written


def write_sheet(cases: Iterable[tuple[str, Sequence[SheetFact]]]) -> str:
    """The sheet of these cases (id, facts in order), one row a person. A case without its referral, which begins it, has no row."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for case_id, facts in cases:
        writer.writerows(_rows(case_id, facts))
    return out.getvalue()


def _rows(case_id: str, facts: Sequence[SheetFact]) -> list[dict[str, str]]:
    referral = next((one for one in facts if isinstance(one.fact, ReferralReceived)), None)
    if referral is None or not isinstance(referral.fact, ReferralReceived):
        return []
    of_case = _of_case(referral, facts)
    return [{**of_case, "case": case_id, **_of_member(member)} for member in referral.fact.household]


def _of_case(referral: SheetFact, facts: Sequence[SheetFact]) -> dict[str, str]:
    received = referral.fact
    assert isinstance(received, ReferralReceived)
    row = dict.fromkeys(COLUMNS, "")
    row |= {"source": received.source, "province": received.province or "", "referred_at": _time(referral.at_ms), "taken_in_charge": "no"}
    asked = arrivals = 0
    for one in facts:
        match one.fact:
            case ReferralAccepted() if not row["taken_in_charge_at"]:
                row |= {"taken_in_charge": "yes", "taken_in_charge_at": _time(one.at_ms)}
            case ResponsibilityPassed(project_id=project_id):
                row["responsible"] = project_id or "helpline"
            case AssessmentRecorded(indicators=indicators, exploitation=exploitation):
                row |= {"indicators": indicators, "exploitation": " ".join(exploitation)}
            case TransferRequested():
                asked += 1
            case ArrivalConfirmed():
                arrivals += 1
                row["last_arrival_at"] = _time(one.at_ms)
            case ReferralClosed(how=how):
                row |= {"closed_at": _time(one.at_ms), "closed_how": how}
            case _:
                pass
    return row | {"transfers_asked": str(asked), "arrivals": str(arrivals)}


def _of_member(member: Member) -> dict[str, str]:
    return {
        "person": member.person,
        "age_group": member.age_group,
        "gender": member.gender,
        "parent": "yes" if member.parent else "no",
        "essential_needs": " ".join(member.essential_needs),
        "preferred_needs": " ".join(member.preferred_needs),
        "languages": " ".join(member.languages),
        "only_language": "yes" if member.only_language else "no",
    }


def _time(at_ms: int) -> str:
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=at_ms)).strftime("%Y-%m-%dT%H:%M:%SZ")


# Read


def read_sheet(text: str) -> list[SheetCase]:
    """The cases of a sheet, in order of their first person; persons of one case stand under one name of it. Raises SheetInvalid with every problem."""
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    problems = list(_of_header(reader.fieldnames or ()))
    if problems:
        raise SheetInvalid(problems)
    cases: dict[str, list[tuple[int, Mapping[str, str]]]] = {}
    try:
        for row in reader:
            line = reader.line_num
            if None in row or None in row.values():
                problems.append(Problem(line, "", words.CELLS))
            elif not (named := row["case"].strip()):
                problems.append(Problem(line, "case", words.NO_NAME))
            else:
                cases.setdefault(named, []).append((line, row))
            if line > MOST_ROWS:
                raise SheetInvalid([Problem(line, "", filled(words.TOO_LONG, MOST_ROWS))])
    except csv.Error:
        problems.append(Problem(reader.line_num, "", words.NO_CSV))
    found = [_read_case(named, rows, problems) for named, rows in cases.items()]
    if problems:
        raise SheetInvalid(sorted(problems, key=lambda problem: problem.line))
    return [case for case in found if case is not None]


def _of_header(names: Sequence[str]) -> Iterable[Problem]:
    for name in names:
        if name not in COLUMNS:
            near = difflib.get_close_matches(name, COLUMNS, n=1)
            perhaps = filled(words.DID_YOU_MEAN, near[0]) if near else ("", "")
            yield Problem(1, "", filled(words.UNKNOWN_COLUMN, perhaps, ", ".join(COLUMNS)))
    if len(set(names)) != len(names):
        yield Problem(1, "", words.TWICE)
    for name in READ_COLUMNS:
        if name not in names:
            yield Problem(1, name, words.COLUMN_MISSING)


def _read_case(named: str, rows: Sequence[tuple[int, Mapping[str, str]]], problems: list[Problem]) -> SheetCase | None:
    first_line, first = rows[0]
    before = len(problems)
    for column in ("source", "province", "taken_in_charge", "indicators", "exploitation"):
        for line, row in rows[1:]:
            if row[column].strip() != first[column].strip():
                problems.append(Problem(line, column, words.DIFFERS))
    cell = _Cells(first_line, first, problems)
    source = cell.one("source", Source)
    indicators = cell.one("indicators", Indicators) if first["indicators"].strip() else None
    exploitation = cell.several("exploitation", Exploitation)
    in_charge = cell.yes("taken_in_charge")
    if indicators is not None and not in_charge:
        problems.append(Problem(first_line, "indicators", words.NOT_IN_CHARGE))
    household = [_read_member(number, _Cells(line, row, problems)) for number, (line, row) in enumerate(rows)]
    members = [member for member in household if member is not None]
    if len({member.person for member in members}) != len(members):
        problems.append(Problem(first_line, "person", words.SAME_LETTER))
    if len(problems) > before or source is None:
        return None
    province = first["province"].strip() or None
    return SheetCase(named, first_line, source, province, tuple(members), in_charge, indicators, tuple(sorted(exploitation)))


def _read_member(number: int, cell: _Cells) -> Member | None:
    age_group, gender = cell.one("age_group", AgeGroup), cell.one("gender", Gender)
    person = cell.text("person") or _letter(number)
    if not (len(person) <= 2 and person.isascii() and person.isalpha() and person.islower()):
        cell.problem("person", words.NO_LETTER)
    languages = cell.text("languages").split()
    if any(not (len(code) == 3 and code.isascii() and code.isalpha() and code.islower()) for code in languages):
        cell.problem("languages", words.NO_LANGUAGES)
    only_language = cell.yes("only_language")
    if only_language and not languages:
        cell.problem("only_language", words.LANGUAGE_NEEDED)
    essential, preferred = cell.several("essential_needs", Need), cell.several("preferred_needs", Need)
    parent = cell.yes("parent")
    if age_group is None or gender is None:
        return None
    return Member(
        person, age_group, gender, parent, tuple(sorted(set(essential))), tuple(sorted(set(preferred) - set(essential))),
        tuple(sorted(set(languages))), only_language,
    )  # fmt: skip


def _letter(number: int) -> str:
    """a to z, then aa, ab, …"""
    return chr(97 + number) if number < 26 else chr(96 + number // 26) + chr(97 + number % 26)


class _Cells:
    """The cells of one row; what does not fit is noted, by line and column."""

    def __init__(self, line: int, row: Mapping[str, str], problems: list[Problem]) -> None:
        self._line = line
        self._row = row
        self._problems = problems

    def problem(self, column: str, what: Said) -> None:
        self._problems.append(Problem(self._line, column, what))

    def text(self, column: str) -> str:
        return self._row[column].strip()

    def one(self, column: str, kind: type[E]) -> E | None:
        try:
            return kind(self.text(column))
        except ValueError:
            self.problem(column, filled(words.ONE_OF, ", ".join(kind)))
            return None

    def several(self, column: str, kind: type[E]) -> list[E]:
        found: list[E] = []
        for word in self.text(column).split():
            try:
                found.append(kind(word))
            except ValueError:
                self.problem(column, filled(words.SEVERAL_OF, ", ".join(kind)))
                return []
        return found

    def yes(self, column: str) -> bool:
        word = self.text(column).lower()
        if word not in _YES | _NO:
            self.problem(column, words.YES_OR_NO)
        return word in _YES


@dataclass(frozen=True, slots=True)
class Reported:
    """What is reported of one case of a sheet."""

    case: SheetCase
    case_id: str
    events: tuple[Event, ...]


def report_sheet(
    cases: Sequence[SheetCase], actor: Actor, project_id: str, new_case_id: Callable[[], str], event_id: Callable[[], str]
) -> list[Reported]:
    """The events that report these cases, by staff of a project: the referral, that it is taken in charge, the assessment. A name that is a UUID of a case
    is kept as its id; for any other a random one is drawn.
    """
    reported = []
    for case in cases:
        case_id = case.named if is_uuid(case.named) else new_case_id()
        events: list[Event] = [ReferralReceived(event_id(), actor, case_id, case.source, case.province, case.household, "")]
        if case.taken_in_charge:
            events.append(ReferralAccepted(event_id(), actor, case_id, project_id, None))
        if case.indicators is not None:
            events.append(AssessmentRecorded(event_id(), actor, case_id, case.indicators, case.exploitation, ""))
        reported.append(Reported(case, case_id, tuple(events)))
    return reported
