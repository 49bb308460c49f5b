"""Every table stays a table on a terminal of 80 columns, in both languages, whichever words its cells hold: none falls apart into blocks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum

import pytest

from coordinator.access_log import Why
from coordinator.cli import code_words, explaining_words, policy_words, views_words
from coordinator.cli.code_words import PARTS, request_kind, rule_word, word_of
from coordinator.cli.instants import age_text
from coordinator.cli.layout import widths_of
from coordinator.cli.reporting_words import ITALIAN, MONTH, NUMBER, WHAT, WHICH, said
from coordinator.cli.views_words import words_in
from coordinator.domain.who_may import Standing, View
from events.facts import EVENT_TYPES, OUTCOME_TYPES
from events.happenings import HAPPENINGS
from events.language import Language, in_language
from events.sentences import SAFETY, inquiry_end_sentence, rule_sentence
from events.vocabulary import DangerKind, Escalation, InquiryEnd, Level, Reason, Rule, Urgency
from events.words import WORDS
from projections.inbox import ItemKind
from projections.transfers import Stage
from tests.cli.test_layout import ID

pytestmark = pytest.mark.pure

TIME = "2026-03-01 08:30:00"
UNIT, PROJECT = "asimmetrie-abruzzo-molise-09", "asimmetrie-abruzzo-molise"
LONGEST_MS = 9_999 * 86_400_000

Cells = tuple[str, Sequence[str]]
"""A heading, and what may stand below it."""


def _all(kind: type[StrEnum], language: Language) -> list[str]:
    return [word_of(kind, code, language) for code in kind]


def _happenings(language: Language) -> list[str]:
    return [in_language(both, language) for both in HAPPENINGS.values()]


def capacity(language: Language) -> tuple[Cells, ...]:
    words = words_in(language)
    flags = [f"{age_text(LONGEST_MS, language)}, {fresh}, {words.over}, {words.not_accepting}" for fresh in words.freshness.values()]
    cells = (
        [words.of_project.format("x-1", PROJECT), UNIT], _all(Level, language), ["nord-ovest 13"], ["999"],
        [", ".join(["999", *(f"999 {how}" for how in words.taken)])], flags,
        [words.trusted.format(words.answered_free.format("99.9", "99.9"), "100")],
    )  # fmt: skip
    return tuple(zip(words.capacity_columns, cells, strict=True))


def transfers(language: Language) -> tuple[Cells, ...]:
    words = words_in(language)
    asked = [words.asked.format(urgency, reason, words.people.format(12)) for urgency in _all(Urgency, language) for reason in _all(Reason, language)]
    stands = [*_all(Stage, language), UNIT, words.responsible.format(PROJECT)]
    return tuple(
        zip(words.transfers_columns, ([ID, *asked], stands, [TIME, *(words.called.format(why) for why in _all(Escalation, language))]), strict=True)
    )


def case(language: Language) -> tuple[Cells, ...]:
    names = [kind.__name__ for kind in (*EVENT_TYPES, *OUTCOME_TYPES)]
    return tuple(zip(words_in(language).case_columns, ([TIME], ["9999999"], names, _happenings(language)), strict=True))


def inbox(language: Language) -> tuple[Cells, ...]:
    words = words_in(language)
    what = [*_all(ItemKind, language), *_all(Escalation, language), *_all(Urgency, language), *_happenings(language)]
    cells = (what, [words.since.format(TIME), f"{words.until.format(TIME)} {words.overdue}"], _happenings(language), [ID, UNIT])
    return tuple(zip(words.inbox_columns, cells, strict=True))


def actions(language: Language) -> tuple[Cells, ...]:
    words = words_in(language)
    return tuple(zip(words.actions_columns, (_happenings(language), [*words.stages.values(), words.review_by.format(TIME)], [ID]), strict=True))


def audit(language: Language) -> tuple[Cells, ...]:
    names = [kind.__name__ for kind in (*EVENT_TYPES, *OUTCOME_TYPES)]
    return tuple(zip(words_in(language).audit_columns, (["9999999"], [TIME, "0123456789ab"], names, names), strict=True))


def looks(language: Language) -> tuple[Cells, ...]:
    words = words_in(language)
    roles = [f"{role} {PROJECT}" for role in _all(Standing, language)]
    views = [*_all(View, language), *(in_language(both, language) for both in code_words.WORDS[Why].values())]
    return tuple(zip(words.looks_columns, ([TIME], ["numero-verde"], roles, views, ["0123456789ab"]), strict=True))


def safety(language: Language) -> tuple[Cells, ...]:
    return tuple(zip(words_in(language).behind_safety_columns, (["9999999"], [UNIT], _all(DangerKind, language), [ID]), strict=True))


def fitted(language: Language) -> tuple[Cells, ...]:
    parts = [f"-999 {in_language(both, language)}" for both in PARTS.values()]
    cells = (["999"], [UNIT], [PROJECT], ["-9999"], parts, [age_text(LONGEST_MS, language)])
    return tuple(zip(explaining_words.words_in(language).fitted_columns, cells, strict=True))


def excluded(language: Language) -> tuple[Cells, ...]:
    rules = [*Rule, SAFETY]
    cells = ([rule_word(rule, language) for rule in rules], ["30000"], [UNIT], [rule_sentence(rule, language) for rule in rules])
    return tuple(zip(explaining_words.words_in(language).excluded_columns, cells, strict=True))


def inquiries(language: Language) -> tuple[Cells, ...]:
    cells = ([UNIT], [PROJECT], ["9999999", TIME], [inquiry_end_sentence(how, language) for how in InquiryEnd])
    return tuple(zip(explaining_words.words_in(language).inquiries_columns, cells, strict=True))


def changes(language: Language) -> tuple[Cells, ...]:
    kind = request_kind("fathers_with_children+mothers_with_children/disability_support+serious_illness_care*3", language)
    words = policy_words.words_in(language)
    return tuple(
        zip(
            words.changes_columns,
            ([ID, *(f"{urgency}, {kind}" for urgency in _all(Urgency, language))], [UNIT], [UNIT], ["9999"], ["9999"]),
            strict=True,
        )
    )


def kinds(language: Language) -> tuple[Cells, ...]:
    kind = request_kind("fathers_with_children+mothers_with_children/disability_support+serious_illness_care*3", language)
    return tuple(zip(policy_words.words_in(language).kinds_columns, ([kind], *[["9999"]] * 7), strict=True))


def report(language: Language) -> tuple[Cells, ...]:
    which = [in_language(both, language) for kind in WORDS.values() for both in kind.values()]
    return (said(WHAT, language), [said(text, language) for text in ITALIAN]), (said(WHICH, language), which), (said(NUMBER, language), ["0.1234"])


def terms(language: Language) -> tuple[Cells, ...]:
    return (
        (said(WHAT, language), [said(text, language) for text in ITALIAN]),
        (said(MONTH, language), ["2026-03"]),
        (said(NUMBER, language), ["9999"]),
    )


TABLES = (capacity, transfers, case, inbox, actions, audit, looks, safety, fitted, excluded, inquiries, changes, kinds, report, terms)


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.__name__)
def test_a_table_fits_80_columns(table: Callable[[Language], tuple[Cells, ...]], language: Language) -> None:
    columns = table(language)
    assert widths_of([[heading, *cells] for heading, cells in columns], 80 - 3 * len(columns) - 1) is not None


def test_each_views_table_is_looked_at() -> None:
    headings = {
        field for words in (views_words.Words, explaining_words.Words, policy_words.Words) for field in words.__annotations__ if "_columns" in field
    }
    alone = {"bands_columns", "duty_columns", "points_columns", "scarcity_columns", "trust_columns"}
    assert headings == {f"{table.__name__}_columns" for table in TABLES[:-2]} - {"safety_columns"} | alone | {"behind_safety_columns"}
