"""Tables on narrow terminals: words stay whole, ids break at hyphens, nothing is wider than the terminal, and nothing is lost."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from coordinator.cli import outcome, tables
from coordinator.cli.layout import folded, widths_of
from coordinator.cli.tables import fact_row, shorten
from events.happenings import happening
from events.language import Language, in_language
from events.referral import Member
from events.vocabulary import AgeGroup, Gender, Level, Urgency
from projections.audit import AuditRow
from projections.freshness import Freshness, UnitCapacity, UnitTrust
from projections.inbox import Item, ItemKind
from projections.network import Unit
from projections.reads import AuditEntry

ID = "b32a989d-b6ba-4914-95b9-cf6b15bab3d4"
WORDS = st.text(alphabet="ab-_=,/ \n", max_size=40)


def shown(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, width: int, columns: tuple[str, ...], *rows: tuple[object, ...]
) -> str:
    monkeypatch.setattr(outcome, "out", Console(width=width))
    outcome.print_table("Things", columns, rows, right=frozenset({"free"}))
    text = capsys.readouterr().out
    assert all(len(line) <= width for line in text.splitlines())
    return text


def unit(unit_id: str, project: str, level: Level) -> UnitCapacity:
    opened = Unit(unit_id, project, f"{project}-body", "13", level, (), (), (), is_open=True, from_sequence=1)
    return UnitCapacity(opened, "nord-ovest", 6, 3, 1, 2, 0, False, False, 0, 190_000_000, Freshness.AGEING, 1, UnitTrust(700, 300, 812))


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("width", [60, 80, 119, 120, 160])
def test_capacity_and_audit_are_told_at_any_width(
    width: int, language: Language, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (outcome, tables):
        monkeypatch.setattr(module, "out", Console(width=width))
    units = (unit("asimmetrie-abruzzo-molise-09", "asimmetrie-abruzzo-molise", Level.SEMI_AUTONOMY), unit("alba-03", "alba", Level.FIRST))
    tables.print_capacity(units, permille_too=True, language=language)
    row = AuditRow(7, "AvailabilityPublished", "Refused", "more_than_places", "places", None, ("Refused", "CapacityChanged"))
    tables.print_audit((AuditEntry(row, 1_700_000_000_000, 6, 7, None, bytes(32)),), language)
    text = capsys.readouterr().out
    assert all(len(line) <= width for line in text.splitlines())
    answered, accepting = in_language((("answered", "accepting"), ("passato", "accoglie")), language)
    for said in ("alba-03", answered, accepting, "AvailabilityPublished", "more_than_places", "CapacityChanged", "000000000000"):
        assert said in text, said


def test_words_stay_whole_where_they_can(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    columns = ("entry", "event", "what followed")
    text = shown(capsys, monkeypatch, 50, columns, (1, "AvailabilityPublished", "MatchExplained, CapacityChanged"))
    assert "AvailabilityPublished" in text and "CapacityChanged" in text and "MatchExplained," in text


def test_an_id_breaks_at_its_hyphens(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    text = shown(capsys, monkeypatch, 40, ("case", "stands"), (ID, "accepted"))
    assert "b32a989d-b6ba-4914-" in text and "cf6b15bab3d4" in text and "accepted" in text


def test_what_does_not_fit_side_by_side_stands_below_each_other(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    columns = tuple(f"column{number}" for number in range(9))
    text = shown(capsys, monkeypatch, 60, columns, tuple("abcdefghi"), tuple("ABCDEFGH") + ("",))
    assert [line.split()[1] for line in text.splitlines() if "column" in line] == [
        *(f"column{n}" for n in range(9)),
        *(f"column{n}" for n in range(8)),
    ]
    assert "I" not in text


def test_a_minus_stays_with_its_number() -> None:
    assert folded("thrift_per_spare_place=-4", 24).splitlines() == ["thrift_per_spare_place=", "-4"]


def test_what_is_indented_stays_so_where_words_stay_whole() -> None:
    assert folded("  by its source", 8).splitlines() == ["  by its", "  source"]
    assert folded("  by its source", 7).splitlines() == ["by its", "source"]


def test_what_is_too_wide_for_a_line_is_cut_and_not_lost() -> None:
    assert folded("abcdefghij", 4).splitlines() == ["abcd", "efgh", "ij"]
    assert widths_of([["abcdefghij"]], 4) is None


@given(WORDS, st.integers(min_value=1, max_value=20))
def test_nothing_is_lost_and_nothing_too_wide(text: str, width: int) -> None:
    lines = folded(text, width).split("\n")
    assert all(len(line) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


@given(st.lists(st.lists(WORDS, min_size=1, max_size=3), min_size=1, max_size=6), st.integers(min_value=1, max_value=120))
def test_columns_fit_in_what_is_there(columns: list[list[str]], available: int) -> None:
    widths = widths_of(columns, available)
    if widths is not None:
        assert sum(widths) <= available and min(widths) >= 1


def test_a_fact_is_told_in_times_and_words() -> None:
    member = {
        "person": "a",
        "age_group": "adult",
        "gender": "trans_woman",
        "parent": False,
        "essential_needs": ["step_free"],
        "languages": ["eng", "ita"],
    }
    referral = {
        "sequence": 7, "at_ms": 1_700_000_000_000, "event": "ReferralReceived", "source": "labour_inspectorate", "province": None, "household": [member],
    }  # fmt: skip
    assert fact_row(referral)[1:] == (
        7,
        "ReferralReceived",
        (
            "Somebody became known.\nsignalled by: labour inspectorate\n"
            "household: person: a, age: adult, gender: trans woman, essential needs: step-free access, languages: eng, ita"
        ),
    )
    assert fact_row(referral, Language.ITALIAN)[3] == (
        "È arrivata una segnalazione.\nsegnalato da: ispettorato del lavoro\n"
        "nucleo: persona: a, età: persona adulta, genere: donna trans, bisogni essenziali: accesso senza gradini, lingue: eng, ita"
    )
    resumed = {"sequence": 9, "at_ms": 0, "outcome": "ProposalResumed", "deadline_at_ms": 1_700_000_000_000, "paused_ms": 5_000, "by_itself": False}
    assert fact_row(resumed)[3] == f"{happening('ProposalResumed')}\nuntil: 2023-11-14 22:13:20\nstopped for: 5s\nby itself: no"
    passed = fact_row({"sequence": 8, "at_ms": 1_700_000_000_000, "outcome": "ResponsibilityPassed", "project_id": None})
    assert passed[3] == "Responsibility passes.\nto the helpline"


def test_whatever_is_answered_by_a_transfers_id_shows_it() -> None:
    people = (Member("a", AgeGroup.ADULT, Gender.WOMAN, False, (), (), (), False), Member("b", AgeGroup.CHILD, Gender.MAN, False, (), (), (), False))
    proposal = Item(ItemKind.PROPOSAL, 7, 0, people, "case", ID, None, None, Urgency.WITHIN_DAYS, None, None)
    assert tables.more_text(proposal) == f"2 people\ntransfer {ID}"
    assert tables.what_text(proposal, Language.ITALIAN) == "proposta\nentro pochi giorni"
    assert tables.more_text(replace(proposal, kind=ItemKind.CASE), Language.ITALIAN) == "2 persone"


def test_a_long_text_is_cut_before_a_word() -> None:
    assert shorten("one two three", 8) == "one two ..."
    assert shorten("one two", 8) == "one two"
