"""Rule 10, what takes two people: reported by one, confirmed by another of another body; in an emergency one alone, looked at by another body after.

Which events these are stands in `TAKE_TWO`; whatever waits for a confirmation in its own entry is held to the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ops.checker.breach import Breach
from ops.checker.entry import Entry, Fact

NEVER_ALONE = frozenset({"SafetyLowered", "LegalHoldPlaced", "LegalHoldLifted"})
"""Events that no emergency lets one person do."""
TAKE_TWO = NEVER_ALONE | {"VitalInterestInvoked", "AgeAssessed", "MatchOverridden", "GlassBroken", "PolicyProposed"}
"""Events that never take effect by one person alone, unless in an emergency with a review."""
ABOUT_ACTIONS = frozenset({"ConfirmationAwaited", "ActionTaken", "ActionLapsed", "ReviewDue", "ReviewOverdue", "SightOpened"})
"""Outcomes of this stream."""
DAY_MS = 86_400_000


@dataclass(slots=True)
class Waiting:
    """An action that has been reported and has had no effect yet."""

    event: Fact
    until_ms: int | None = None
    alone: bool = False
    """Whether one person suffices this time."""


@dataclass(slots=True)
class Review:
    """Another body has to look at an action that was taken."""

    first: dict[str, Any]
    """Who reported the action."""
    case_id: str | None
    due_ms: int
    called_in: bool = False


@dataclass(slots=True)
class TwoPeople:
    """Actions that wait, and reviews that are due."""

    tick_ms: int
    waiting: dict[str, Waiting] = field(default_factory=dict)
    reviews: dict[str, Review] = field(default_factory=dict)

    def report(self, entry: Entry, event: Fact, *, alone: bool = False) -> Iterator[Breach]:
        """An event takes effect, or, where it takes two, is only said. `alone`: one person suffices this time."""
        at = entry.sequence
        if event.name in TAKE_TWO or self._said(entry, "ConfirmationAwaited", event["event_id"]):
            self.waiting[event["event_id"]] = Waiting(event, alone=alone)
        elif event.name in ("ActionConfirmed", "ActionRefused"):
            waiting = self.waiting.get(event["action_id"])
            if waiting is None:
                yield Breach(at, "two_people", f"{event.name} of an action that does not wait")
            elif event.name == "ActionConfirmed" and not _another(event["actor"], waiting.event["actor"]):
                yield Breach(at, "two_people", "an action is confirmed by the body or the person that reported it")
            elif event.name == "ActionRefused":
                del self.waiting[event["action_id"]]
        elif event.name == "ActionReviewed":
            review = self.reviews.pop(event["action_id"], None)
            if review is None or not _another(event["actor"], review.first):
                yield Breach(at, "two_people", "a review of nothing that was due, or by the body or the person that acted")

    def follow(self, entry: Entry, outcome: Fact) -> Iterator[Breach]:
        """An outcome about an action."""
        at, action_id = entry.sequence, outcome.fields.get("action_id", "")
        waiting = self.waiting.get(action_id)
        if outcome.name == "ConfirmationAwaited" and waiting is not None:
            waiting.until_ms = outcome["until_ms"]
        elif outcome.name == "ActionTaken":
            yield from self._taken(entry, action_id, waiting)
        elif outcome.name == "ActionLapsed":
            if waiting is None or waiting.until_ms is None or waiting.until_ms > entry.event_time_ms:
                yield Breach(at, "two_people", "an action lapses before its time, or does not wait")
            self.waiting.pop(action_id, None)
        elif outcome.name == "ReviewDue":
            if outcome["due_at_ms"] > entry.event_time_ms + DAY_MS:
                yield Breach(at, "two_people", "a review is due later than 24 hours after")
            if waiting is not None:
                self.reviews[action_id] = Review(waiting.event["actor"], outcome["case_id"], outcome["due_at_ms"])
        elif outcome.name == "SightOpened":
            yield from self._opened(entry, outcome)
        elif outcome.name == "ReviewOverdue" and action_id in self.reviews:
            self.reviews[action_id].called_in = True

    def _taken(self, entry: Entry, action_id: str, waiting: Waiting | None) -> Iterator[Breach]:
        event = entry.recorded
        confirmed = event is not None and event.name == "ActionConfirmed" and event["action_id"] == action_id
        if waiting is None:
            if event is None or event.fields.get("event_id") != action_id:
                yield Breach(entry.sequence, "two_people", "an action takes effect that does not wait")
        elif waiting.event.name == "VitalInterestInvoked" and not self._said(entry, "ReviewDue", action_id):
            yield Breach(entry.sequence, "two_people", "a vital interest is invoked and nobody has to look at it")
        elif not confirmed and not waiting.alone and (waiting.event.name in NEVER_ALONE or not self._said(entry, "ReviewDue", action_id)):
            yield Breach(entry.sequence, "two_people", f"{waiting.event.name} takes effect by one person")
        elif waiting.until_ms is not None and waiting.until_ms < entry.event_time_ms:
            yield Breach(entry.sequence, "two_people", "an action is confirmed after its time")
        self.waiting.pop(action_id, None)

    def _opened(self, entry: Entry, outcome: Fact) -> Iterator[Breach]:
        """What is behind glass opens where its action takes effect, and for a day at most."""
        if not self._said(entry, "ActionTaken", outcome["action_id"]):
            yield Breach(entry.sequence, "glass", "something opens that nobody confirmed")
        if not entry.event_time_ms < outcome["until_ms"] <= entry.event_time_ms + DAY_MS:
            yield Breach(entry.sequence, "glass", "something stays open for longer than a day")

    def taken(self, action_id: str) -> Fact | None:
        """The event whose action takes effect in this entry; asked before `follow`. None: it cannot be known."""
        waiting = self.waiting.get(action_id)
        return waiting.event if waiting is not None else None

    def forget(self, case_id: str, *, keep_reviews: bool = False) -> None:
        """What was about an erased case is over. `keep_reviews`: of a closed one, what another body has to look at is not."""
        for action_id in [action_id for action_id, waiting in self.waiting.items() if waiting.event.fields.get("case_id") == case_id]:
            del self.waiting[action_id]
        for action_id in [action_id for action_id, review in self.reviews.items() if review.case_id == case_id and not keep_reviews]:
            del self.reviews[action_id]

    def rename(self, case_id: str, stays: str) -> None:
        """Two cases are one: what waits about the other falls, and its reviews are the one's."""
        for action_id in [action_id for action_id, waiting in self.waiting.items() if waiting.event.fields.get("case_id") == case_id]:
            del self.waiting[action_id]
        for review in self.reviews.values():
            review.case_id = stays if review.case_id == case_id else review.case_id

    def late(self, entry: Entry) -> Iterator[Breach]:
        """What neither lapsed nor was called in for, a tick after its time; asked when an entry has been taken in."""
        for action_id, waiting in list(self.waiting.items()):
            if waiting.until_ms is None:
                yield Breach(entry.sequence, "two_people", f"{waiting.event.name} neither waits for a second person nor takes effect")
                del self.waiting[action_id]
            elif waiting.until_ms + self.tick_ms < entry.event_time_ms:
                yield Breach(entry.sequence, "two_people.late", "an action waits after its time")
                del self.waiting[action_id]
        for review in self.reviews.values():
            if not review.called_in and review.due_ms + self.tick_ms < entry.event_time_ms:
                yield Breach(entry.sequence, "two_people.late", "a review is overdue and nobody is called in")
                review.called_in = True

    def _said(self, entry: Entry, name: str, action_id: str) -> bool:
        return any(outcome.name == name and outcome.fields.get("action_id") == action_id for outcome in entry.outcomes)


def _another(second: dict[str, Any], first: dict[str, Any]) -> bool:
    """Whether these are two people of two bodies."""
    return bool(second["body"] != first["body"] and second["person"] != first["person"])
