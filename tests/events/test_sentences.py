"""Every code has its sentence in both languages, and none of them could tell of a person."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations

import pytest

from events.sentences import SAFETY, Language, escalation_sentence, refusal_sentence, rule_sentence
from events.vocabulary import Escalation, RefusalCode, Rule


def _all(language: Language) -> Iterator[str]:
    yield from (refusal_sentence(code, language) for code in RefusalCode)
    yield from (rule_sentence(rule, language) for rule in (*Rule, SAFETY))
    yield from (escalation_sentence(why, language) for why in Escalation)


@pytest.mark.parametrize("language", Language)
def test_every_word_has_a_sentence(language: Language) -> None:
    for sentence in _all(language):
        assert re.fullmatch(r"[A-ZÈ][^{}%]{8,}\.", sentence), sentence
        assert not re.search(r"\b(TODO|None|null)\b", sentence)


def test_the_two_languages_differ() -> None:
    for english, italian in zip(_all(Language.ENGLISH), _all(Language.ITALIAN), strict=True):
        assert english != italian


def test_two_refusals_are_told_apart() -> None:
    for one, other in combinations(RefusalCode, 2):
        assert refusal_sentence(one) != refusal_sentence(other), (one, other)


def test_no_sentence_says_that_something_exists_already() -> None:
    """An answer "exists already" would tell a trafficker that a person is known here."""
    for code in (RefusalCode.CASE_EXISTS, RefusalCode.TRANSFER_EXISTS):
        assert "exist" not in refusal_sentence(code) and "esiste" not in refusal_sentence(code, "it")


def test_english_unless_told_otherwise() -> None:
    assert refusal_sentence(RefusalCode.UNIT_CLOSED) == "The unit is closed."
    assert refusal_sentence(RefusalCode.UNIT_CLOSED, "it") == "L'unità è chiusa."
    with pytest.raises(ValueError, match="fr"):
        refusal_sentence(RefusalCode.UNIT_CLOSED, "fr")
