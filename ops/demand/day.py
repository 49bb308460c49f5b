"""The simulated day: people who report, wait, answer and change their minds, driven by what the network answers.

Use: send everything of `before`, then take `next_event()` until it is None, and hand each ledger answer back with `answered`. The same seed and the
same answers give the same events, to the byte.
"""

from __future__ import annotations

from collections.abc import Sequence

from events.fact import Actor
from events.facts import Event, Outcome
from events.inquiry import InquiryEnded, InquiryOpened
from events.network import ClockAdvanced
from events.person import CaseErased
from events.question import HoldDeadlineMoved
from events.referral import ReferralRouted
from events.transfer import (
    DepartureConfirmed,
    NotificationDue,
    PlaceHeld,
    PlaceKept,
    PlaceKeptFor,
    PlaceOccupied,
    PlaceReleased,
    PlaceReserved,
    ProposalEnded,
    ProposalMade,
    TransferAmended,
    TransferClosed,
    TransferEscalated,
    TransferRequested,
)
from events.two_people import ConfirmationAwaited
from events.verdict import Duplicate, Recorded
from events.vocabulary import Role
from ops.demand import amendments, contacts, counts, handovers, inquiries, lowered, reactions, referrals, reports
from ops.demand.agenda import Agenda, Answer, Timed
from ops.demand.answers import quiet_projects
from ops.demand.calls import CasePlan, demand_of
from ops.demand.chance import event_id
from ops.demand.hours import DAY_MS, DAY_STARTS_AT_MS, HOUR_MS, MINUTE_MS
from ops.demand.opening import before_the_day
from ops.demand.people import who_must_agree
from ops.demand.play import Play
from ops.demand.units import units_of
from ops.demand.world import CaseNow, World
from ops.networks.loading import Network

DEFAULT_SEED = 1
DEFAULT_DAYS = 7
DEFAULT_HEAVINESS = 4.0
"""How many ordinary days of the real network one simulated day is worth."""
_CLOCK_WAITS_MS = 20_000
"""The clock speaks where no other event follows a deadline within this; a tick of the service is a minute."""
_SHARE_SENT_TWICE = 0.01
_SHARE_ASKING_TO_BE_FORGOTTEN = 0.06
"""Of new cases that need no transfer; one or two a day."""
WINDS_DOWN_MS = 12 * HOUR_MS
"""After the last day new demand stops, and what is open is played on until the next evening."""


class Day:
    """Some simulated days of a network, from `before` to the last event."""

    def __init__(
        self,
        network: Network,
        seed: int = DEFAULT_SEED,
        days: int = DEFAULT_DAYS,
        heaviness: float = DEFAULT_HEAVINESS,
        start_ms: int = DAY_STARTS_AT_MS,
    ) -> None:
        self._again = (network, seed, days, heaviness, start_ms)
        units = units_of(network, seed)
        self.demand = demand_of(network, units, seed, start_ms, days, heaviness)
        self.units = units
        world = World(network, units, self.demand)
        self.play = Play(world, Agenda(), seed, start_ms, days, start_ms + days * DAY_MS + WINDS_DOWN_MS, quiet_projects(network, seed))
        self.before: tuple[Timed, ...] = before_the_day(world, units, self.demand.residents, seed, start_ms)
        """What was reported before the first morning, in order; nobody waits for its answers."""
        self.now_ms = start_ms
        self._deadlines: dict[tuple[str, str], int] = {}
        counts.plan_rounds(self.play)
        contacts.plan_contacts(self.play)
        for case in (*self.demand.residents, *self.demand.new_cases):
            self._plan_case(case)
        for link in self.demand.links:
            self.play.agenda.plan(max(start_ms, link.at_ms), reports.linked(self.play, link))

    def again(self) -> Day:
        """The same days, not yet played."""
        return Day(*self._again)

    def _plan_case(self, plan: CasePlan) -> None:
        play = self.play
        case = play.world.cases[plan.case_id]
        if plan.project is None:
            play.agenda.plan(plan.at_ms, reports.referred(play, case))
            referrals.plan_moving_date(play, case)
            referrals.plan_found_same(play, case)
        request = plan.request
        if request is None:
            draw = play.draw("forget", plan.case_id)
            if draw.random() < _SHARE_ASKING_TO_BE_FORGOTTEN:
                play.agenda.plan(plan.at_ms + draw.randrange(1, 9) * HOUR_MS, reports.erased(play, case))
            return
        known_at = max(plan.at_ms, play.start_ms) + MINUTE_MS
        for number, danger in enumerate(request.dangers):
            play.agenda.plan(max(known_at, request.at_ms - (10 - number) * MINUTE_MS), reports.endangered(play, case, danger))
        if request.agreed_before:
            for number, member in enumerate(who_must_agree(plan.household)):
                play.agenda.plan(max(known_at, request.at_ms - (5 - number) * MINUTE_MS), reports.agreed(play, case, member.person))
        play.agenda.plan(max(known_at + 6 * MINUTE_MS, request.at_ms), reports.requested(play, case))
        amendments.plan_moving_arrival(play, case)

    def next_event(self) -> Timed | None:
        """The next report, and the simulated instant of it, never before the last one; None: the days are over."""
        while True:
            planned_at = self.play.agenda.next_at_ms()
            deadline = min(self._deadlines.values(), default=None)
            if deadline is not None and (planned_at is None or planned_at > deadline + _CLOCK_WAITS_MS):
                if deadline + _CLOCK_WAITS_MS >= self.play.end_ms:
                    return None
                return self._clock(deadline)
            if planned_at is None or planned_at >= self.play.end_ms:
                return None
            at_ms, make = self.play.agenda.take()
            self.now_ms = max(self.now_ms, at_ms)
            event = make(self.now_ms)
            if event is not None:
                self._forget_deadlines()
                return Timed(self.now_ms, event)

    def _clock(self, deadline_at_ms: int) -> Timed:
        self.now_ms = max(self.now_ms, deadline_at_ms + 1_000)
        self._forget_deadlines()
        draw = self.play.draw("clock", deadline_at_ms)
        actor = Actor("clock", self.play.world.network.helpline_body, Role.CLOCK)
        return Timed(self.now_ms, ClockAdvanced(event_id(draw, self.now_ms), actor, deadline_at_ms))

    def _forget_deadlines(self) -> None:
        """Any event makes what is due happen, so the clock need not speak for it."""
        self._deadlines = {about: at_ms for about, at_ms in self._deadlines.items() if at_ms > self.now_ms}

    def answered(self, timed: Timed, answer: Answer) -> None:
        """What the ledger made of an event; the people of the day react to it."""
        play = self.play
        play.sequence = max(play.sequence, answer.sequence)
        if isinstance(answer.verdict, Duplicate):
            return
        for outcome in answer.outcomes:
            self._learn(outcome)
        if isinstance(answer.verdict, Recorded):
            self._note_deadlines(timed.event)
            reactions.after_recorded(play, timed.at_ms, timed.event)
            self._maybe_send_twice(timed)
        self._react(timed.at_ms, answer.outcomes)

    def _learn(self, outcome: Outcome) -> None:
        """Which places the network holds, and until when."""
        units, holds = self.play.world.units, self.play.world.holds
        match outcome:
            case PlaceHeld(hold_id=hold_id, unit_id=unit_id, places=places, until_ms=until_ms):
                holds[hold_id] = unit_id
                units[unit_id].held[hold_id] = places
                self._deadlines["hold", hold_id] = until_ms
            case PlaceReserved(hold_id=hold_id):
                self._deadlines.pop(("hold", hold_id), None)
            case PlaceKept(hold_id=hold_id, unit_id=unit_id, places=places):
                holds[hold_id] = unit_id
                units[unit_id].held[hold_id] = places
            case PlaceKeptFor(hold_id=hold_id, until_ms=until_ms) if until_ms is not None:
                self._deadlines["hold", hold_id] = until_ms
            case HoldDeadlineMoved(hold_id=hold_id, until_ms=until_ms):
                self._deadlines["hold", hold_id] = until_ms
            case InquiryOpened(inquiry_id=inquiry_id, deadline_at_ms=deadline_at_ms):
                self._deadlines["inquiry", inquiry_id] = deadline_at_ms
            case InquiryEnded(inquiry_id=inquiry_id):
                self._deadlines.pop(("inquiry", inquiry_id), None)
            case NotificationDue(transfer_id=transfer_id, deadline_at_ms=deadline_at_ms, overdue=False):
                self._deadlines["notify", transfer_id] = deadline_at_ms
            case PlaceReleased(hold_id=hold_id) | PlaceOccupied(hold_id=hold_id):
                self._deadlines.pop(("hold", hold_id), None)
                if (unit := holds.pop(hold_id, None)) is not None:
                    units[unit].held.pop(hold_id, None)
            case _:
                pass

    def _note_deadlines(self, event: Event) -> None:
        match event:
            case (
                TransferRequested(transfer_id=transfer_id, needed_by_ms=needed_by_ms)
                | TransferAmended(transfer_id=transfer_id, needed_by_ms=needed_by_ms)
            ):
                self._deadlines["needed", transfer_id] = needed_by_ms
            case DepartureConfirmed(transfer_id=transfer_id, expected_arrival_ms=expected_ms):
                self._deadlines.pop(("needed", transfer_id), None)
                overdue = int(self.play.world.network.policy["overdue_after_hours"] * HOUR_MS)
                self._deadlines["overdue", transfer_id] = expected_ms + overdue
            case CaseErased(case_id=case_id):
                request = self.play.world.cases[case_id].plan.request
                if request is not None:
                    self._transfer_over(request.transfer_id)
            case _:
                pass

    def _transfer_over(self, transfer_id: str) -> None:
        self._deadlines.pop(("needed", transfer_id), None)
        self._deadlines.pop(("overdue", transfer_id), None)

    def _react(self, at_ms: int, outcomes: Sequence[Outcome]) -> None:
        for outcome in outcomes:
            match outcome:
                case ReferralRouted():
                    referrals.after_routed(self.play, at_ms, outcome)
                case ProposalEnded():
                    reactions.after_proposal_ended(self.play, outcome)
                case ProposalMade():
                    reactions.after_proposal(self.play, at_ms, outcome)
                case TransferEscalated():
                    reactions.after_escalation(self.play, at_ms, outcome)
                case TransferClosed(transfer_id=transfer_id):
                    self._transfer_over(transfer_id)
                    reactions.after_closed(self.play, at_ms, outcome)
                case InquiryOpened():
                    inquiries.after_inquiry(self.play, at_ms, outcome)
                case InquiryEnded():
                    inquiries.after_inquiry_ended(self.play, outcome)
                case ConfirmationAwaited():
                    lowered.after_confirmation_awaited(self.play, at_ms, outcome)
                case NotificationDue():
                    handovers.after_notification_due(self.play, at_ms, outcome)
                case _:
                    pass

    def _maybe_send_twice(self, timed: Timed) -> None:
        """A connection breaks and somebody's form is sent again: the same event under the same id."""
        draw = self.play.draw("twice", timed.event.event_id)
        if draw.random() < _SHARE_SENT_TWICE:
            self.play.agenda.plan(timed.at_ms + draw.randrange(1_000, 30_000), lambda _: timed.event)

    def case(self, case_id: str) -> CaseNow:
        """A case as its people see it now."""
        return self.play.world.cases[case_id]
