"""`staffetta explain` says the same in both languages, and tables about two people and duty hours say what is to be done."""

from __future__ import annotations

import re
from dataclasses import fields, replace

import pytest
from rich.console import Console

from coordinator.cli import explaining, outcome
from coordinator.cli.explaining import show_explanations
from coordinator.cli.explaining_words import words_in
from coordinator.cli.tables import action_text, action_times_text, week_text
from events.fact import Actor
from events.glass import GlassBroken
from events.sentences import Language
from events.transfer import Excluded, MatchExplained, Rest, ScarcityTold, Scored, TrustTold
from events.vocabulary import Role, Rule, ScarcityStanding, SightPurpose
from projections.actions import Action
from projections.reads import Explanation

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


def test_both_languages_fill_in_the_same_and_say_it_differently() -> None:
    english, italian = (words_in(language) for language in Language)
    for field in fields(english):
        one, other = getattr(english, field.name), getattr(italian, field.name)
        assert one != other, field.name
        assert len(re.findall(r"\{\}", str(one))) == len(re.findall(r"\{\}", str(other))), field.name
        assert isinstance(one, str) or len(set(one)) == len(set(other)) == len(one), "a heading is how a column of figures is known"


def test_what_is_to_be_seen_stands_beside_the_action() -> None:
    assert action_text(OPENED) == "GlassBroken\nfree_text\nby numero-verde"


def test_by_when_to_confirm_is_said_while_it_waits_alone() -> None:
    assert action_times_text(OPENED, HOUR) == "waiting\nconfirm by 1970-01-02 00:00:00"
    taken = replace(OPENED, taken=True, open_until_ms=3 * HOUR, review_due_ms=2 * HOUR)
    assert action_times_text(taken, HOUR) == "taken\nreview by 1970-01-01 02:00:00\nopen until 1970-01-01 03:00:00"
    assert "OVERDUE" in action_times_text(taken, 2 * HOUR + 1)


def test_the_same_hours_every_day_are_said_once() -> None:
    daily = [{"weekday": day, "from_minute": 480, "to_minute": 1200} for day in range(7)]
    assert week_text(daily) == "every day 08:00-20:00"
    assert week_text(daily[:5]) == "Mon Tue Wed Thu Fri 08:00-20:00; Sat Sun nobody"
