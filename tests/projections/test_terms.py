"""What the report of terms says, given a history."""

from __future__ import annotations

from dataclasses import replace

import pytest

from events.entry import Locked
from events.fact import Actor
from events.facts import Event, Outcome
from events.network import Retention
from events.person import AliasErased, CaseErased, CaseExpired, CasesFoundSame, ExplanationsExpired, LegalHoldLifted, LegalHoldPlaced
from events.referral import ReferralClosed
from events.two_people import ActionTaken
from events.vocabulary import ReferralEnd, Role
from projections.reported import EVENT_INDEX, Effects
from projections.terms import Terms, TermsFold
from tests.checker.story import policy

pytestmark = pytest.mark.pure

DAY = 86_400_000
ACTOR = Actor("p", "b", Role.HELPLINE)
TERMS = Retention(closed_cases_ms=60 * DAY, explanations_ms=10 * DAY, events_ms=5 * DAY)


def report(*facts: tuple[int, Event | Outcome | Locked], terms: Retention | None = TERMS, now_ms: int | None = None) -> Terms:
    fold = TermsFold()
    adopted = replace(policy(), retention=terms)
    for sequence, (at_ms, fact) in enumerate([(0, adopted), *facts]):
        index = 0 if isinstance(fact, Locked) else EVENT_INDEX
        fold.take(Effects(sequence, at_ms, None, ((index, fact),), {}))
    return fold.report(now_ms)


def closed(case_id: str, at_ms: int) -> tuple[int, Event]:
    return at_ms, ReferralClosed("e", ACTOR, case_id, ReferralEnd.MOVED_ABROAD, "")


def explained(at_ms: int) -> tuple[int, Locked]:
    return at_ms, Locked("MatchExplained", {})


def test_closed_cases_go_in_the_month_in_which_their_term_ends() -> None:
    found = report(closed("a", 0), closed("b", DAY), closed("c", 40 * DAY))
    assert found.closed_cases_go == {197003: 2, 197004: 1}


def test_what_is_destroyed_already_is_told_apart() -> None:
    found = report(closed("a", 0), closed("b", 0), (DAY, CaseErased("e", ACTOR, "a")), (61 * DAY, CaseExpired("b")))
    assert (found.closed_cases_go, found.cases_erased, found.cases_expired) == ({}, 1, 1)


def test_a_hold_keeps_a_closed_case_once_it_is_taken_and_until_it_is_lifted() -> None:
    asked = (DAY, LegalHoldPlaced("hold", ACTOR, "a", "why"))
    taken = (DAY, ActionTaken("a", "hold"))
    assert report(closed("a", 0), asked).closed_cases_held == 0
    held = report(closed("a", 0), asked, taken)
    assert (held.closed_cases_go, held.closed_cases_held, held.cases_held) == ({}, 1, 1)
    lifted = report(closed("a", 0), asked, taken, (2 * DAY, LegalHoldLifted("lift", ACTOR, "a", "why")), (2 * DAY, ActionTaken("a", "lift")))
    assert (lifted.closed_cases_go, lifted.cases_held) == ({197003: 1}, 0)


def test_a_hold_moves_with_the_case_that_stays_and_goes_with_its_erasure() -> None:
    held = (closed("a", 0), (DAY, LegalHoldPlaced("hold", ACTOR, "b", "why")), (DAY, ActionTaken("b", "hold")))
    merged = report(*held, (2 * DAY, CasesFoundSame("e", ACTOR, "a", "b")))
    assert (merged.closed_cases_held, merged.cases_held) == (1, 1)
    gone = report(*held, (2 * DAY, CasesFoundSame("e", ACTOR, "a", "b")), (3 * DAY, CaseErased("e", ACTOR, "a")), (3 * DAY, AliasErased("b")))
    assert (gone.closed_cases_go, gone.cases_held, gone.cases_erased) == ({}, 0, 1)


def test_explanations_go_by_their_month() -> None:
    found = report(explained(0), explained(30 * DAY), explained(31 * DAY))
    assert found.explanations_go == {197002: 2, 197003: 1} and found.explanations_gone == 0
    over = report(explained(0), explained(31 * DAY), (45 * DAY, ExplanationsExpired(197001, None, ())))
    assert over.explanations_go == {197003: 1} and over.explanations_gone == 1


def test_events_may_be_trimmed_once_they_are_older_than_their_term() -> None:
    assert report(closed("a", 0), closed("b", 4 * DAY), now_ms=6 * DAY).events_may_be_trimmed == 2, "the policy and the first"
    assert report(closed("a", 0), now_ms=90 * DAY).events_may_be_trimmed == 1, "the last decided event stays, however old"
    assert report(closed("a", 0), closed("b", 4 * DAY)).events_may_be_trimmed == 0, "by the network's own clock nothing is old enough"


def test_no_term_is_no_number() -> None:
    found = report(closed("a", 0), explained(0), terms=None)
    assert (found.closed_cases_go, found.explanations_go, found.events_may_be_trimmed) == (None, None, None)
    some = report(explained(0), terms=Retention(closed_cases_ms=DAY))
    assert (some.closed_cases_go, some.explanations_go, some.events_may_be_trimmed) == ({}, None, None)
