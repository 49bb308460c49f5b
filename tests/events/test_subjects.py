"""Whose key seals what."""

from __future__ import annotations

from hypothesis import given, settings

from events.fact import SealedUnder
from events.facts import Fact
from events.person import KeepApartDeclared
from events.subjects import case_subject, explanation_subject, subjects_of
from events.transfer import MatchExplained
from events.vocabulary import KeepApart
from tests.events import strategies
from tests.events.test_codec import ACTOR, ID, REQUEST

OTHER = "7f4c1f9e-2d7c-4b5e-9a53-5d1f6f0c2b11"


@settings(deadline=None, max_examples=200)
@given(strategies.facts())
def test_every_fact_with_a_private_part_has_a_subject(fact: Fact) -> None:
    assert bool(subjects_of(fact)) == (fact.sealed_under is not SealedUnder.NOBODY)


def test_a_case_an_explanation_and_a_pair() -> None:
    assert subjects_of(REQUEST) == (case_subject(ID),) == (f"case:{ID}",)
    assert subjects_of(MatchExplained(ID, ID, None, 1, (), (), ())) == (explanation_subject(ID, None),) == (f"explanation:{ID}",)
    assert subjects_of(KeepApartDeclared(ID, ACTOR, ID, OTHER, KeepApart.RECRUITER)) == (f"case:{ID}", f"case:{OTHER}")
