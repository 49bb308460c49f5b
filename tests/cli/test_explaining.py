"""`staffetta explain` says the same in both languages, and tables about two people and duty hours say what is to be done."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import fields, replace
from enum import StrEnum
from typing import Any

import pytest
from rich.console import Console

from coordinator.cli import explaining, outcome, policy_words, reporting, reporting_words, views_words
from coordinator.cli.explaining import show_explanations
from coordinator.cli.explaining_words import words_in
from coordinator.cli.instants import age_text
from coordinator.cli.reporting_words import rows_in, said
from coordinator.cli.tables import action_text, action_times_text, week_text
from events.fact import Actor
from events.facts import EVENT_TYPES, OUTCOME_TYPES
from events.glass import GlassBroken
from events.happenings import HAPPENINGS, happening
from events.language import Language
from events.transfer import Excluded, MatchExplained, Rest, ScarcityTold, Scored, TrustTold
from events.vocabulary import (
    ContactReason,
    DeclineCode,
    Escalation,
    InquiryEnd,
    OverrideCode,
    Reason,
    ReferralDeclineCode,
    ReferralEnd,
    Relevance,
    Role,
    Rule,
    ScarcityStanding,
    SightPurpose,
    Source,
    Urgency,
)
from events.vocabulary import Indicators as Found
from projections.actions import Action
from projections.calibration import Bin, Calibration, Scores
from projections.freshness import Freshness
from projections.indicators import NOT_SAID, Fate, Indicators, Period, Waits
from projections.reads import Explanation
from projections.terms import Terms

pytestmark = pytest.mark.pure

HOUR = 3_600_000
TOLD = MatchExplained(
    "case",
    "transfer",
    "proposal",
    3,
    (Excluded(Rule.GENDER, ("alba-02",), 0), Excluded(Rule.FRESHNESS, (), 41)),
    (Scored("alba-01", (30, 0, 0, 0, 0, 10, 0, -4, 0, -3), 33, 0), Scored("alba-03", (30,), 30, 0)),
    (),
    rest=Rest(2, 20, 10),
    trust=(TrustTold("alba", 4 * HOUR, 100, 0, 972),),
    scarcity=ScarcityTold(ScarcityStanding.MISSING, (), 2),
    short_by=5,
)
_WAITS = Waits(3, 90 * HOUR, 100 * HOUR)
_SCORES = Scores(1, 1)


def _each(kind: type[StrEnum]) -> dict[str, int]:
    return dict.fromkeys(kind, 1)


INDICATORS = Indicators(
    Period(0, 1), 7, _each(Relevance), _each(ContactReason), {"ita": 1, NOT_SAID: 1}, 1, _each(Source), 1, 1, _each(ReferralDeclineCode), _each(Found),
    _each(ReferralEnd), _WAITS, 1, _each(Reason), _each(Urgency), _each(Fate), _each(Escalation), 50, dict.fromkeys(Urgency, _WAITS),
    dict.fromkeys(Urgency, _WAITS), 1, 1, 1, 1, 1, 1, 1, 1, _each(OverrideCode), 1, 1, _each(DeclineCode), 1, 1, 1, _each(InquiryEnd), 1, _each(Freshness),
    1, 1, Calibration(1, 1, _SCORES, _SCORES, _SCORES, (Bin(900, 1000, 1, 900, 900),)), 1,
)  # fmt: skip
TERMS = Terms(7, 0, {202601: 1}, 1, 1, 1, 1, None, 1, None)
OPENED = Action(
    GlassBroken("action", Actor("one", "numero-verde", Role.HELPLINE), "case", SightPurpose.FREE_TEXT, None, "She asks.", ""),
    7,
    0,
    confirm_until_ms=24 * HOUR,
)


@pytest.mark.parametrize(("language", "said", "sums"), [
    (Language.ENGLISH, ("The unit does not host people of this gender.", "too many to be named", "up to 4 h", "Next best: alba-03"), "46 units accounted for"),
    (Language.ITALIAN, ("L'unità non ospita persone di questo genere.", "troppe per nominarle", "fino a 4 h", "La seguente: alba-03"), "46 unità di cui"),
])  # fmt: skip
def test_an_explanation_is_told_in_the_language_asked_for(
    language: Language, said: tuple[str, ...], sums: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (outcome, explaining):
        monkeypatch.setattr(module, "out", Console(width=120))
    show_explanations(None, [Explanation(50, HOUR, TOLD)], {}, language)
    text = capsys.readouterr().out
    for words in (*said, sums):
        assert words in text, text


@pytest.mark.parametrize("said_in", [words_in, views_words.words_in, policy_words.words_in])
def test_both_languages_fill_in_the_same_and_say_it_differently(said_in: Callable[[Language], Any]) -> None:
    english, italian = (said_in(language) for language in Language)
    for field in fields(english):
        one, other = getattr(english, field.name), getattr(italian, field.name)
        assert one != other, field.name
        assert len(re.findall(r"\{\}", str(one))) == len(re.findall(r"\{\}", str(other))), field.name
        if isinstance(one, tuple):
            assert len(set(one)) == len(set(other)) == len(one), "a heading is how a column of figures is known"
        if isinstance(one, dict):
            assert one.keys() == other.keys(), field.name


def test_every_figure_of_a_report_has_its_words_in_italian() -> None:
    english, italian = ([*reporting._rows(INDICATORS, language), *reporting._terms(TERMS, language)] for language in Language)
    assert len(english) > 100
    told = rows_in(italian, Language.ITALIAN)
    assert all(str(row[0]).strip() != str(other[0]).strip() for row, other in zip(told, english, strict=True))
    assert ("  attesa della prima proposta", "programmata: metà entro") in [row[:2] for row in told]
    assert ("  punteggio di Brier", "tutti liberi") in [row[:2] for row in told]
    assert told[-1][2] == "la policy non pone termini"
    assert not [row for row in (*told, *english) if "_" in str(row)], "a code is shown as it is"
    for text in (reporting_words.STANDS, reporting_words.TERMS_STAND):
        assert said(text, Language.ITALIAN).count("{}") == text.count("{}")


def test_every_fact_says_what_happened_in_both_languages() -> None:
    assert {kind.__name__ for kind in (*EVENT_TYPES, *OUTCOME_TYPES)} == HAPPENINGS.keys()
    assert all(english and italian and english != italian for english, italian in HAPPENINGS.values())
    assert happening("CaseErased", "it") == "Il caso è cancellato."


def test_a_duration_has_italian_days() -> None:
    assert [age_text(90 * HOUR, language) for language in Language] == ["3d 18h", "3g 18h"]
    assert [age_text(None, language) for language in Language] == ["never", "mai"]


def test_what_is_to_be_seen_stands_beside_the_action() -> None:
    assert action_text(OPENED) == "Somebody asks to see what is behind glass.\nfree text\nby numero-verde"
    assert action_text(OPENED, Language.ITALIAN).endswith("testo libero\nda numero-verde")


def test_by_when_to_confirm_is_said_while_it_waits_alone() -> None:
    assert action_times_text(OPENED, HOUR) == "waiting\nconfirm by 1970-01-02 00:00:00"
    taken = replace(OPENED, taken=True, open_until_ms=3 * HOUR, review_due_ms=2 * HOUR)
    assert action_times_text(taken, HOUR) == "taken\nreview by 1970-01-01 02:00:00\nopen until 1970-01-01 03:00:00"
    assert "OVERDUE" in action_times_text(taken, 2 * HOUR + 1)


def test_the_same_hours_every_day_are_said_once() -> None:
    daily = [{"weekday": day, "from_minute": 480, "to_minute": 1200} for day in range(7)]
    assert week_text(daily) == "every day 08:00-20:00"
    assert week_text(daily[:5]) == "Mon Tue Wed Thu Fri 08:00-20:00; Sat Sun nobody"
