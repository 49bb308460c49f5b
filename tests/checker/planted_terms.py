"""Breaches of terms: what the clock destroys too early, or under a legal hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from events.facts import Event, Outcome
from events.network import ClockAdvanced, PolicyAdopted, Retention
from events.period import next_period, period_of
from events.person import CaseErased, CaseExpired, ExplanationsExpired, LegalHoldPlaced
from events.referral import ReferralClosed
from events.transfer import MatchExplained
from events.two_people import ActionConfirmed, ActionTaken, ConfirmationAwaited
from events.verdict import Recorded
from events.vocabulary import ReferralEnd, Role
from tests.checker.book import Step, event_id
from tests.checker.story import ADMIN, CASE, HELPLINE, HOUR, staff

DAY = 24 * HOUR
TERMS = Retention(closed_cases_ms=100 * DAY, explanations_ms=50 * DAY)
_HOLD = event_id(201)

ByStep = Callable[[list[Step]], list[Step]]


def planted_terms() -> dict[str, tuple[str, ByStep]]:
    """By what is wrong: the rule, and how it is broken."""
    return {
        "a case forgotten before its term": ("terms.early", lambda steps: _ticked(_closed(with_terms(steps)), 99 * DAY, CaseExpired(CASE))),
        "a case forgotten that nobody closed": ("terms.early", lambda steps: _ticked(with_terms(steps), 200 * DAY, CaseExpired(CASE))),
        "a case forgotten without a term": ("terms.early", lambda steps: _ticked(_closed(steps), 200 * DAY, CaseExpired(CASE))),
        "a case forgotten under a legal hold": ("terms.held", lambda steps: _ticked(_closed(held(with_terms(steps))), 200 * DAY, CaseExpired(CASE))),
        "a case erased under a legal hold": ("terms.held", lambda steps: _then(held(steps), 0, CaseErased(event_id(205), HELPLINE, CASE))),
        "explanations gone before their term": ("terms.early", lambda steps: _ticked(with_terms(steps), 51 * DAY, _gone(steps, next_month=True))),
        "explanations gone under a legal hold": ("terms.held", lambda steps: _ticked(held(with_terms(steps)), 100 * DAY, _gone(steps))),
        "explanations kept of a case that nobody holds": (
            "terms.held",
            lambda steps: _ticked(with_terms(steps), 100 * DAY, _gone(steps, kept=(CASE,))),
        ),
        "a held case's explanations let go": ("terms.held", lambda steps: _ticked(held(with_terms(steps)), 1, _gone(steps, only=(CASE,)))),
        "an explanation under the case's key": ("terms.period", lambda steps: with_terms(steps, of_its_month=False)),
    }


def with_terms(steps: list[Step], *, of_its_month: bool = True) -> list[Step]:
    """The same story under a policy with terms."""
    told: list[Step] = []
    for step in steps:
        event = replace(step.event, retention=TERMS) if isinstance(step.event, PolicyAdopted) else step.event
        month = period_of(step.at_ms) if of_its_month else None
        told.append(replace(step, event=event, outcomes=[_in(month, each) if isinstance(each, MatchExplained) else each for each in step.outcomes]))
    return told


def held(steps: list[Step]) -> list[Step]:
    """After everything, two people of two bodies hold the case."""
    at_ms = steps[-1].at_ms
    placed = Step(at_ms, LegalHoldPlaced(_HOLD, ADMIN, CASE, "a trial"), [Recorded(), ConfirmationAwaited(CASE, _HOLD, at_ms + DAY)])
    confirmed = ActionConfirmed(event_id(202), staff("centre"), CASE, _HOLD)
    return [*steps, placed, Step(at_ms, confirmed, [Recorded(), ActionTaken(CASE, _HOLD)])]


def _in(month: int | None, explained: MatchExplained) -> MatchExplained:
    return replace(explained, period=month)


def _gone(steps: list[Step], *, next_month: bool = False, only: tuple[str, ...] | None = None, kept: tuple[str, ...] = ()) -> ExplanationsExpired:
    month = period_of(steps[-1].at_ms)
    return ExplanationsExpired(next_period(month) if next_month else month, only, kept)


def _closed(steps: list[Step]) -> list[Step]:
    return _then(steps, 0, ReferralClosed(event_id(203), staff("centre"), CASE, ReferralEnd.DECLINED_HELP, ""))


def _ticked(steps: list[Step], after_ms: int, said: Outcome) -> list[Step]:
    at_ms = steps[-1].at_ms + after_ms
    return _then(steps, after_ms, ClockAdvanced(event_id(204, at_ms), replace(HELPLINE, role=Role.CLOCK), at_ms), said)


def _then(steps: list[Step], after_ms: int, event: Event, *said: Outcome) -> list[Step]:
    return [*steps, Step(steps[-1].at_ms + after_ms, event, [*said, Recorded()])]
