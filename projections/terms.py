"""What will go when: closed cases, explanations and events by the terms of the policy in force. A pure fold over accepted entries; counts alone.

Like the monitoring indicators it stores nothing and is folded when it is asked for. Months are of UTC. Contacts and access records are under the
network's key, which has no term: they are named in the report by their reader, not counted as if they had one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from events.entry import Locked
from events.facts import Event, Outcome
from events.network import PolicyAdopted, Retention
from events.period import period_ends_ms, period_of
from events.person import AliasErased, CaseErased, CaseExpired, CasesFoundSame, ExplanationsExpired, LegalHoldLifted, LegalHoldPlaced
from events.referral import ReferralClosed
from events.transfer import MatchExplained
from events.two_people import ActionTaken
from projections.reported import EVENT_INDEX, Effects


@dataclass(frozen=True, slots=True)
class Terms:
    """The report. Maps are by month (`yyyymm`), sorted, without zeros; a null map means that the policy sets no such term."""

    sequence: int
    """The last entry that it takes into account."""
    at_ms: int
    """Now, or on a network with its own clock the time of that entry."""
    closed_cases_go: Mapping[int, int] | None
    """Closed cases by the month in which their keys are destroyed."""
    closed_cases_held: int
    """Closed cases that a legal hold keeps, whatever their month."""
    cases_held: int
    """Legal holds that stand, of closed cases and others."""
    cases_expired: int
    cases_erased: int
    explanations_go: Mapping[int, int] | None
    """Explanations given in months that have not expired, by the month in which their keys are destroyed at the latest: those of a case that is erased, or
    whose term is over, went with it."""
    explanations_gone: int
    """Given in months that have expired; those of cases under a hold at that time are kept all the same."""
    events_may_be_trimmed: int | None
    """Entries whose own record in the events topic is past its term (`staffetta trim-events`), by the ledger alone: what was trimmed already is counted too,
    and the last decided event, which always stays, is not. null: no term."""


class TermsFold:
    """Takes every entry's effects in order, from the first; `report` may be asked at any time."""

    def __init__(self) -> None:
        self._sequence = -1
        self._at_ms = 0
        self._retention: Retention | None = None
        self._closed: dict[str, int] = {}
        self._asked: dict[str, LegalHoldPlaced | LegalHoldLifted] = {}
        self._held: set[str] = set()
        self._expired = self._erased = 0
        self._explained: Counter[int] = Counter()
        self._expired_through = 0
        self._decided_ms: list[int] = []

    def take(self, effects: Effects) -> None:
        """The effects of the next entry."""
        self._sequence, self._at_ms = effects.sequence, effects.at_ms
        if effects.facts or effects.event is not None:
            self._decided_ms.append(effects.at_ms)
        for index, fact in effects.facts:
            if isinstance(fact, Locked | MatchExplained):
                name = fact.name if isinstance(fact, Locked) else MatchExplained.__name__
                if name == MatchExplained.__name__ and index != EVENT_INDEX:
                    self._explained[period_of(effects.at_ms)] += 1
            else:
                self._take(fact, effects.at_ms)

    def _take(self, fact: Event | Outcome, at_ms: int) -> None:
        match fact:
            case PolicyAdopted():
                self._retention = fact.retention
            case ReferralClosed():
                self._closed[fact.case_id] = at_ms
            case CaseErased():
                self._erased += 1
                self._forget(fact.case_id)
            case AliasErased():
                self._forget(fact.case_id)
            case CaseExpired():
                self._expired += 1
                self._forget(fact.case_id)
            case CasesFoundSame():
                if fact.other_case_id in self._held:
                    self._held.discard(fact.other_case_id)
                    self._held.add(fact.case_id)
            case LegalHoldPlaced() | LegalHoldLifted():
                self._asked[fact.event_id] = fact
            case ActionTaken():
                self._taken(fact.action_id)
            case ExplanationsExpired() if fact.only is None:
                self._expired_through = max(self._expired_through, fact.period)
            case _:
                pass

    def _taken(self, action_id: str) -> None:
        match self._asked.pop(action_id, None):
            case LegalHoldPlaced(case_id=case_id):
                self._held.add(case_id)
            case LegalHoldLifted(case_id=case_id):
                self._held.discard(case_id)
            case None:
                pass

    def _forget(self, case_id: str) -> None:
        self._closed.pop(case_id, None)
        self._held.discard(case_id)

    def report(self, now_ms: int | None) -> Terms:
        """What goes when, as of the last entry taken. `now_ms` None: the time of that entry is now."""
        at_ms = self._at_ms if now_ms is None else now_ms
        terms = self._retention
        free = [closed_ms for case_id, closed_ms in self._closed.items() if case_id not in self._held]
        living = {period: number for period, number in self._explained.items() if period > self._expired_through}
        closed_go = None if terms is None else Counter(period_of(closed_ms + terms.closed_cases_ms) for closed_ms in free)
        explained_go: Counter[int] | None = None
        if terms is not None and terms.explanations_ms is not None:
            explained_go = Counter()
            for period, number in living.items():
                explained_go[period_of(period_ends_ms(period) + terms.explanations_ms)] += number
        trimmable = None
        if terms is not None and terms.events_ms is not None:
            oldest_kept_ms = at_ms - terms.events_ms
            trimmable = sum(decided_ms < oldest_kept_ms for decided_ms in self._decided_ms[:-1])
        return Terms(
            sequence=self._sequence,
            at_ms=at_ms,
            closed_cases_go=None if closed_go is None else dict(sorted(closed_go.items())),
            closed_cases_held=len(self._closed) - len(free),
            cases_held=len(self._held),
            cases_expired=self._expired,
            cases_erased=self._erased,
            explanations_go=None if explained_go is None else dict(sorted(explained_go.items())),
            explanations_gone=sum(self._explained.values()) - sum(living.values()),
            events_may_be_trimmed=trimmable,
        )
