"""Every code has its sentence in both languages, and none of them could tell of a person."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations

import pytest

from events.language import Language
from events.sentences import (
    SAFETY,
    escalation_sentence,
    inquiry_end_sentence,
    kept_for_sentence,
    refusal_sentence,
    rule_sentence,
    standing_sentence,
)
from events.vocabulary import Escalation, Host, InquiryEnd, Need, RefusalCode, Rule, ScarcityStanding


def _all(language: Language) -> Iterator[str]:
    yield from (refusal_sentence(code, language) for code in RefusalCode)
    yield from (rule_sentence(rule, language) for rule in (*Rule, SAFETY))
    yield from (escalation_sentence(why, language) for why in Escalation)
    yield from (standing_sentence(standing, language) for standing in ScarcityStanding)
    yield from (inquiry_end_sentence(how, language) for how in InquiryEnd)


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


def test_for_whom_places_are_scarce_is_said_in_words() -> None:
    families = (Host.MOTHERS_WITH_CHILDREN, Host.WOMEN)
    assert kept_for_sentence(families, (), 1) == "kept for mothers with children and women"
    assert kept_for_sentence(families, (), 1, Language.ITALIAN) == "riservato a madri con figli e donne"
    assert kept_for_sentence(Host, (Need.STEP_FREE,), 3).endswith(
        "fathers with children and unaccompanied minors who need step-free access, 3 people"
    )
    assert kept_for_sentence((Host.MEN,), Need, 1, Language.ITALIAN).startswith("riservato a uomini con bisogno di cure psichiatriche, cure per")
