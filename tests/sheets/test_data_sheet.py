"""A sheet written from facts says what they say; a sheet read reports the cases in it, or says by line and column what is wrong."""

from __future__ import annotations

import csv
import io
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coordinator.data_sheet import COLUMNS, READ_COLUMNS, SheetFact, SheetInvalid, read_sheet, report_sheet, write_sheet
from events.fact import Actor
from events.ids import is_uuid, uuid7
from events.lines import format_line, parse_line
from events.referral import AssessmentRecorded, Member, ReferralAccepted, ReferralClosed, ReferralReceived, ResponsibilityPassed
from events.transfer import ArrivalConfirmed, TransferRequested
from events.vocabulary import AgeGroup, Exploitation, Gender, Indicators, Need, Reason, ReferralEnd, Role, Source, Urgency

pytestmark = pytest.mark.pure

ACTOR = Actor("staff-1", "alba", Role.PROJECT)
CASE = "0198c0de-0000-4000-8000-000000000001"
DAY = 86_400_000
HEADER = ",".join(READ_COLUMNS)


def member(person: str = "a", **known: object) -> Member:
    usual: dict[str, object] = {
        "age_group": AgeGroup.ADULT, "gender": Gender.WOMAN, "parent": False, "essential_needs": (), "preferred_needs": (),
        "languages": ("eng",), "only_language": False,
    }  # fmt: skip
    return Member(person, **{**usual, **known})  # type: ignore[arg-type]


def referral(*household: Member) -> SheetFact:
    return SheetFact(0, ReferralReceived("e", ACTOR, CASE, Source.NGO, "MI", household or (member(),), "una nota"))


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_a_sheet_has_a_row_a_person_and_no_free_text() -> None:
    text = write_sheet([(CASE, [referral(member("a", parent=True), member("b", age_group=AgeGroup.CHILD))])])
    assert [row["person"] for row in rows_of(text)] == ["a", "b"] and "una nota" not in text
    assert text.splitlines()[0] == ",".join(COLUMNS)


def test_a_sheet_says_what_became_of_the_case() -> None:
    facts = [
        referral(),
        SheetFact(0, ResponsibilityPassed(CASE, None)),
        SheetFact(DAY, ReferralAccepted("e", ACTOR, CASE, "alba", None)),
        SheetFact(DAY, ResponsibilityPassed(CASE, "alba")),
        SheetFact(2 * DAY, AssessmentRecorded("e", ACTOR, CASE, Indicators.YES, (Exploitation.LABOUR, Exploitation.SEXUAL), "")),
        SheetFact(3 * DAY, TransferRequested("e", ACTOR, CASE, "t", Reason.SAFETY, Urgency.PLANNED, 9 * DAY, None, (), (), "")),
        SheetFact(4 * DAY, ArrivalConfirmed("e", ACTOR, CASE, "t")),
        SheetFact(5 * DAY, ReferralClosed("e", ACTOR, CASE, ReferralEnd.MOVED_ABROAD, "")),
    ]
    (row,) = rows_of(write_sheet([(CASE, facts)]))
    assert row["taken_in_charge_at"] == "1970-01-02T00:00:00Z" and row["responsible"] == "alba"
    assert row["exploitation"] == "labour sexual" and row["indicators"] == "yes"
    assert (row["transfers_asked"], row["arrivals"], row["last_arrival_at"]) == ("1", "1", "1970-01-05T00:00:00Z")
    assert (row["closed_at"], row["closed_how"]) == ("1970-01-06T00:00:00Z", "moved_abroad")


def test_a_case_without_its_referral_has_no_row() -> None:
    assert rows_of(write_sheet([(CASE, [SheetFact(0, ResponsibilityPassed(CASE, None))])])) == []


def reported(text: str) -> list[object]:
    numbers = itertools.count()
    found = report_sheet(read_sheet(text), ACTOR, "alba", lambda: CASE, lambda: uuid7(1_700_000_000_000, next(numbers)))
    return [event for one in found for event in one.events]


households = st.lists(
    st.builds(
        member,
        age_group=st.sampled_from(AgeGroup),
        gender=st.sampled_from(Gender),
        parent=st.booleans(),
        essential_needs=st.lists(st.sampled_from(sorted(Need)[:3]), unique=True).map(lambda needs: tuple(sorted(needs))),
        preferred_needs=st.lists(st.sampled_from(sorted(Need)[3:]), unique=True).map(lambda needs: tuple(sorted(needs))),
        languages=st.lists(st.sampled_from(["bin", "eng", "pcm"]), min_size=1, unique=True).map(lambda codes: tuple(sorted(codes))),
        only_language=st.booleans(),
    ),
    min_size=1,
    max_size=30,
).map(lambda members: tuple(replaced(one, number) for number, one in enumerate(members)))


def replaced(one: Member, number: int) -> Member:
    letter = chr(97 + number) if number < 26 else chr(96 + number // 26) + chr(97 + number % 26)
    return member(
        letter, age_group=one.age_group, gender=one.gender, parent=one.parent, essential_needs=one.essential_needs,
        preferred_needs=one.preferred_needs, languages=one.languages, only_language=one.only_language,
    )  # fmt: skip


@given(households)
def test_what_is_written_is_read_back_without_retyping(household: tuple[Member, ...]) -> None:
    (event,) = reported(write_sheet([(CASE, [referral(*household)])]))
    assert isinstance(event, ReferralReceived)
    assert (event.case_id, event.source, event.province, event.household, event.note) == (CASE, Source.NGO, "MI", household, "")
    assert parse_line(format_line(event), 1) == event


def test_a_name_from_elsewhere_stays_in_the_file() -> None:
    text = f"{HEADER}\nMaria R.,,self,,adult,woman,no,,,eng,no,sì,yes,sexual\n"
    numbers = itertools.count()
    (one,) = report_sheet(read_sheet(text), ACTOR, "alba", lambda: CASE, lambda: uuid7(1_700_000_000_000, next(numbers)))
    assert [type(event).__name__ for event in one.events] == ["ReferralReceived", "ReferralAccepted", "AssessmentRecorded"]
    assert is_uuid(one.case_id) and all("Maria" not in format_line(event) for event in one.events)


@pytest.mark.parametrize(
    ("rows", "line", "column"),
    [
        ("x,,nobody,MI,adult,woman,no,,,eng,no,no,,", 2, "source"),
        ("x,,ngo,MI,grown,woman,no,,,eng,no,no,,", 2, "age_group"),
        ("x,,ngo,MI,adult,lady,no,,,eng,no,no,,", 2, "gender"),
        ("x,Maria,ngo,MI,adult,woman,no,,,eng,no,no,,", 2, "person"),
        ("x,,ngo,MI,adult,woman,perhaps,,,eng,no,no,,", 2, "parent"),
        ("x,,ngo,MI,adult,woman,no,money,,eng,no,no,,", 2, "essential_needs"),
        ("x,,ngo,MI,adult,woman,no,,,english,no,no,,", 2, "languages"),
        ("x,,ngo,MI,adult,woman,no,,,,yes,no,,", 2, "only_language"),
        ("x,,ngo,MI,adult,woman,no,,,eng,no,no,yes,", 2, "indicators"),
        ("x,,ngo,MI,adult,woman,no,,,eng,no,yes,yes,slavery", 2, "exploitation"),
        (",,ngo,MI,adult,woman,no,,,eng,no,no,,", 2, "case"),
        ("x,,ngo,MI,adult,woman,no,,,eng,no,no,,\nx,,self,MI,child,man,no,,,eng,no,no,,", 3, "source"),
        ("x,a,ngo,MI,adult,woman,no,,,eng,no,no,,\nx,a,ngo,MI,child,man,no,,,eng,no,no,,", 2, "person"),
        ("x,,ngo", 2, ""),
        ("x,,ngo,MI,adult,woman,no,,,eng,no,no,,,,,,,", 2, ""),
    ],
)
def test_what_does_not_fit_is_named_by_line_and_column(rows: str, line: int, column: str) -> None:
    with pytest.raises(SheetInvalid) as invalid:
        read_sheet(f"{HEADER}\n{rows}\n")
    assert (line, column) in {(problem.line, problem.column) for problem in invalid.value.problems}
    assert "Maria" not in str(invalid.value)


def test_every_problem_is_told_at_once_and_a_misspelt_column_is_recognised() -> None:
    with pytest.raises(SheetInvalid) as invalid:
        read_sheet(f"{HEADER}\nx,,nobody,MI,grown,woman,no,,,eng,no,no,,\ny,,ngo,MI,adult,lady,no,,,eng,no,no,,\n")
    assert [problem.line for problem in invalid.value.problems] == [2, 2, 3]
    with pytest.raises(SheetInvalid, match="did you mean gender"):
        read_sheet(HEADER.replace("gender", "gendre") + "\n")
    with pytest.raises(SheetInvalid, match="line 1, column gender: is missing"):
        read_sheet(HEADER.replace(",gender", "") + "\n")
