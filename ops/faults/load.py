"""The load during the faults: a simulated day of the network, one event after the other, with bursts of referrals and repeated sends in between.

Every event is sent until its append is acknowledged; what was acknowledged is written down here, outside everything that can break.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random

from coordinator.intake.append import BrokersSilent
from coordinator.intake.door import Gone, Intake, Lagging, NotYet, Told
from events.entry import Locked
from events.fact import Actor
from events.facts import Event, Outcome
from events.referral import Member, ReferralReceived
from events.vocabulary import AgeGroup, Gender, Role, Source
from ops.demand.agenda import Answer, Timed
from ops.demand.chance import event_id, random_uuid
from ops.demand.day import Day

ANSWER_WITHIN = timedelta(seconds=3)
AGAIN_AFTER_S = 0.2
BURST = (20, 60)
BURST_EVERY = 40
REPEAT_EVERY = 25


@dataclass(slots=True)
class Sent:
    """The harness's own account."""

    acknowledged: set[str] = field(default_factory=set)
    """Ids of events whose append was acknowledged at least once."""
    answers: dict[str, int] = field(default_factory=dict)
    """Sequence of the accepted entry that answered an event id; a later answer must name the same."""
    contradicted: int = 0
    """Answers that named another sequence than an earlier one for the same id."""
    repeated: int = 0
    bursts: int = 0
    last_answer_s: float = 0.0
    """Monotonic instant at which the latest event was sent that has been decided since."""
    last_answer_sequence: int = -1


class Load:
    """Plays a day through the network's intake until told to stop."""

    def __init__(self, intake: Intake, day: Day, seed: int) -> None:
        self.sent = Sent()
        self._intake = intake
        self._day = day
        self._draw = Random(seed)
        self._stop = False
        self._recent: list[Timed] = []
        self._actor: Actor | None = None

    def stop(self) -> None:
        """End after the event in hand."""
        self._stop = True

    async def open(self) -> None:
        """What was reported before the day: projects, units, cases, availability."""
        timed = list(self._day.before)
        for start in range(0, len(timed), 200):
            await self._send_all(timed[start : start + 200])

    async def run(self) -> None:
        """The day, until it is over or `stop` is called."""
        number = 0
        while not self._stop:
            timed = self._day.next_event()
            if timed is None:
                return
            (told,) = await self._send_all([timed])
            if told is not None:
                self._day.answered(timed, Answer(told.sequence, told.verdict, _plain(told)))
            self._recent = [*self._recent[-50:], timed]
            number += 1
            if number % BURST_EVERY == 0:
                self.sent.bursts += 1
                await self._send_all([self._referral(timed.at_ms) for _ in range(self._draw.randint(*BURST))])
            if number % REPEAT_EVERY == 0:
                self.sent.repeated += 1
                again = self._draw.choice(self._recent)
                await self._send_all([Timed(timed.at_ms, again.event)])

    async def _send_all(self, timed: list[Timed]) -> list[Told | None]:
        """Send until all are answered; None where the case is erased."""
        began = time.monotonic()
        while True:
            try:
                answers = await self._intake.submit([each.event for each in timed], ANSWER_WITHIN, [each.at_ms for each in timed])
            except (BrokersSilent, Lagging):
                await asyncio.sleep(AGAIN_AFTER_S)
                continue
            for answer in answers:
                if isinstance(answer, NotYet):
                    self.sent.acknowledged.add(answer.event_id)
            if any(isinstance(answer, NotYet) for answer in answers):
                continue
            return [self._note(each.event, answer, began) for each, answer in zip(timed, answers, strict=True)]

    def _note(self, event: Event, answer: Told | NotYet | Gone, began: float) -> Told | None:
        if not isinstance(answer, Told):
            return None
        self.sent.acknowledged.add(event.event_id)
        if self.sent.answers.setdefault(event.event_id, answer.sequence) != answer.sequence:
            self.sent.contradicted += 1
        if not answer.repeated:  # a repeated send is answered from what is known, with no worker alive
            self.sent.last_answer_s = max(self.sent.last_answer_s, began)
            self.sent.last_answer_sequence = max(self.sent.last_answer_sequence, answer.sequence)
        return answer

    def _referral(self, at_ms: int) -> Timed:
        """A referral of one adult, by the helpline."""
        actor = Actor("op-burst", self._day.play.world.network.helpline_body, Role.HELPLINE)
        member = Member("a", AgeGroup.ADULT, Gender.WOMAN, False, (), (), ("eng",), False)
        case = random_uuid(self._draw)
        return Timed(at_ms, ReferralReceived(event_id(self._draw, at_ms), actor, case, Source.NGO, None, (member,), ""))


def _plain(told: Told) -> tuple[Outcome, ...]:
    return tuple(outcome for outcome in told.decision.outcomes if not isinstance(outcome, Locked))
