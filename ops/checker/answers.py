"""A project's time to answer: until when, when it is reminded, and how its questions stop the clock. All of it in the hours that it keeps.

A time in minutes runs in the project's duty hours, a time in working days in the part of them in the network's working hours. Without clocks in the policy
times are plain, everybody is on duty, and nothing reminds or pauses.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ops.checker import civil
from ops.checker.breach import Breach
from ops.checker.cases import Network, Transfer
from ops.checker.entry import Entry, Fact

_MINUTE_MS = 60_000
IMMEDIATE = "immediate"
ABOUT_ANSWERS = frozenset({"ReminderDue", "ProposalPaused", "ProposalResumed"})


@dataclass(slots=True)
class Waiting:
    """A proposal that its project has still to answer."""

    proposal_id: str
    reminders: list[int]
    """Instants of those still to come."""
    reminded: int = 0
    pauses: int = 0
    paused_ms: int = 0
    """Time of the project for which its clock has stood still."""
    paused_at_ms: int | None = None
    resumes_at_ms: int | None = None


@dataclass(slots=True)
class Answers:
    """Every proposal's time to answer, by transfer."""

    network: Network
    tick_ms: int
    waiting: dict[str, Waiting] = field(default_factory=dict)

    def awake(self, project_id: str, at_ms: int) -> bool:
        """Whether a project is on duty for as long as it has to answer an immediate request."""
        clocks = self._clocks
        if clocks is None:
            return True
        return civil.stays_open(clocks, civil.duty_windows(clocks, self.network.duty.get(project_id)), at_ms, self._answer_ms(clocks, IMMEDIATE))

    def proposed(self, entry: Entry, made: Fact, transfer: Transfer) -> Iterator[Breach]:
        """A project is asked (`ProposalMade`), or will be once the helpline has confirmed."""
        at_ms, deadline_ms, policy = entry.event_time_ms, made["deadline_at_ms"], self.network.policy
        if policy is None:
            return
        if made.name == "ProposalPrepared":
            self.waiting.pop(transfer.transfer_id, None)
            if policy.get("transfers") is None or deadline_ms != at_ms + policy["transfers"]["confirm_within_ms"]:
                yield Breach(
                    entry.sequence, "answer_time", f"the helpline has another time to confirm a proposal of unit {made['unit_id']} than policy says"
                )
            return
        reminders = list(made["reminders_at_ms"])
        self.waiting[transfer.transfer_id] = Waiting(made["proposal_id"], reminders)
        if (deadline_ms, reminders) != self._times(transfer.urgency, made["project_id"], at_ms):
            yield Breach(
                entry.sequence, "answer_time", f"the project of unit {made['unit_id']} has another time to answer than its hours and the policy say"
            )
        if transfer.urgency == IMMEDIATE and not self.awake(made["project_id"], at_ms):
            yield Breach(entry.sequence, "on_duty", f"unit {made['unit_id']} is proposed at once and its project is off duty before it has to answer")

    def follow(self, entry: Entry, outcome: Fact, transfer: Transfer) -> Iterator[Breach]:
        """A reminder, or a clock that stops or goes on. `transfer` as it stood before."""
        waiting = self.waiting.get(transfer.transfer_id)
        if waiting is None or waiting.proposal_id != outcome["proposal_id"] or transfer.state != "proposed":
            yield Breach(
                entry.sequence, "reminder" if outcome.name == "ReminderDue" else "pause", f"{outcome.name} of a proposal that waits for no answer"
            )
        elif outcome.name == "ReminderDue":
            yield from self._reminded(entry, outcome, waiting)
        elif outcome.name == "ProposalPaused":
            yield from self._paused(entry, outcome, waiting, transfer)
        else:
            yield from self._resumed(entry, outcome, waiting, transfer)

    def _reminded(self, entry: Entry, outcome: Fact, waiting: Waiting) -> Iterator[Breach]:
        waiting.reminded += 1
        due_ms = waiting.reminders.pop(0) if waiting.reminders else None
        if due_ms is None or due_ms > entry.event_time_ms or outcome["number"] != waiting.reminded:
            yield Breach(entry.sequence, "reminder", f"reminder {outcome['number']} is early, or out of its order")

    def _paused(self, entry: Entry, outcome: Fact, waiting: Waiting, transfer: Transfer) -> Iterator[Breach]:
        """By a question of the project, for as long as questions may still take."""
        clocks, at_ms, event = self._clocks, entry.event_time_ms, entry.recorded
        waiting.pauses += 1
        waiting.paused_at_ms, waiting.resumes_at_ms = at_ms, outcome["resumes_at_ms"]
        expected_reminders, waiting.reminders = waiting.reminders, list(outcome["reminders_at_ms"])
        if clocks is None or event is None or event.name != "InformationRequested" or event["transfer_id"] != transfer.transfer_id:
            yield Breach(entry.sequence, "pause", "a clock stops and nobody has asked, or nothing may stop it")
            return
        if not self.network.speaks_for(event["actor"], transfer.project_id):
            yield Breach(entry.sequence, "pause", "a clock stops by a question of somebody who was not asked")
        windows = self._windows(clocks, transfer)
        left_ms = self._answer_time(clocks, transfer.urgency)["pause_minutes"] * _MINUTE_MS - waiting.paused_ms
        if left_ms <= 0 or waiting.pauses > clocks["max_pauses"]:
            yield Breach(entry.sequence, "pause", "a clock stops more often, or for longer, than policy lets questions stop it")
        later = [civil.after(clocks, windows, instant_ms, left_ms) for instant_ms in (at_ms, transfer.deadline_at_ms, *expected_reminders)]
        if later != [outcome["resumes_at_ms"], outcome["deadline_at_ms"], *outcome["reminders_at_ms"]]:
            yield Breach(entry.sequence, "pause", "a clock that stops moves what is to come by another time than questions may still take")

    def _resumed(self, entry: Entry, outcome: Fact, waiting: Waiting, transfer: Transfer) -> Iterator[Breach]:
        """By itself when the time for questions is over, else with what was not needed taken off again."""
        clocks, at_ms = self._clocks, entry.event_time_ms
        paused_at_ms, resumes_at_ms = waiting.paused_at_ms, waiting.resumes_at_ms
        before = [transfer.deadline_at_ms, *waiting.reminders]
        waiting.paused_at_ms = waiting.resumes_at_ms = None
        waiting.reminders = list(outcome["reminders_at_ms"])
        if clocks is None or paused_at_ms is None or resumes_at_ms is None:
            yield Breach(entry.sequence, "pause", "a clock goes on that has not stopped")
            return
        windows = self._windows(clocks, transfer)
        until_ms = resumes_at_ms if outcome["by_itself"] else at_ms
        waiting.paused_ms += civil.between(clocks, windows, paused_at_ms, until_ms)
        if outcome["paused_ms"] != waiting.paused_ms:
            yield Breach(entry.sequence, "pause", "a clock that goes on has stood still for another time than is said")
        if outcome["by_itself"]:
            expected, wrong = before, resumes_at_ms > at_ms
        else:
            expected, wrong = [self._sooner(clocks, windows, at_ms, resumes_at_ms, instant_ms) for instant_ms in before], False
        if wrong or expected != [outcome["deadline_at_ms"], *outcome["reminders_at_ms"]]:
            yield Breach(entry.sequence, "pause", "a clock that goes on leaves the project another time than it had")

    def _sooner(self, clocks: dict[str, Any], windows: civil.Windows, at_ms: int, resumes_at_ms: int, until_ms: int) -> int:
        """An instant that lay so much of the project's time behind the clock's going on by itself, now that it goes on."""
        moved_ms = civil.after(clocks, windows, at_ms, civil.between(clocks, windows, resumes_at_ms, until_ms))
        return until_ms if moved_ms is None else min(until_ms, max(at_ms + 1, moved_ms))

    def late(self, entry: Entry, transfers: dict[str, Transfer]) -> Iterator[Breach]:
        """Whom nobody has reminded, a tick after it was time, and clocks that stand still for too long; asked when an entry has been taken in."""
        for transfer_id, waiting in list(self.waiting.items()):
            transfer = transfers.get(transfer_id)
            if transfer is None or transfer.state != "proposed" or transfer.proposal_id != waiting.proposal_id:
                del self.waiting[transfer_id]
            elif waiting.reminders and waiting.reminders[0] + self.tick_ms < entry.event_time_ms:
                yield Breach(entry.sequence, "reminder", f"nobody reminds the project that has to answer about transfer {transfer_id}")
                waiting.reminders.clear()
            elif waiting.resumes_at_ms is not None and waiting.resumes_at_ms + self.tick_ms < entry.event_time_ms:
                yield Breach(entry.sequence, "pause", f"the clock of a proposal for transfer {transfer_id} does not go on")
                waiting.resumes_at_ms = None

    @property
    def _clocks(self) -> dict[str, Any] | None:
        found: dict[str, Any] | None = None if self.network.policy is None else self.network.policy.get("clocks")
        return found

    def _answer_time(self, clocks: dict[str, Any], urgency: str) -> dict[str, Any]:
        found: dict[str, Any] = next(time for time in clocks["answer_times"] if time["urgency"] == urgency)
        return found

    def _answer_ms(self, clocks: dict[str, Any], urgency: str) -> int:
        time = self._answer_time(clocks, urgency)
        a_day = clocks["working_to_minute"] - clocks["working_from_minute"]
        return int(time["working_days"] * a_day + time["minutes"]) * _MINUTE_MS

    def _windows(self, clocks: dict[str, Any], transfer: Transfer) -> civil.Windows:
        return self._windows_of(clocks, transfer.project_id or "", transfer.urgency)

    def _windows_of(self, clocks: dict[str, Any], project_id: str, urgency: str) -> civil.Windows:
        in_days = self._answer_time(clocks, urgency)["working_days"] > 0
        return (civil.duty_at_work if in_days else civil.duty_windows)(clocks, self.network.duty.get(project_id))

    def _times(self, urgency: str, project_id: str, at_ms: int) -> tuple[int | None, list[int | None]]:
        """(deadline, reminders) of a proposal made now."""
        clocks, policy = self._clocks, self.network.policy
        if clocks is None or policy is None:
            plain = next(deadline["answer_within_ms"] for deadline in policy["proposal_deadlines"] if deadline["urgency"] == urgency) if policy else 0
            return at_ms + plain, []
        windows, amount_ms, parts = self._windows_of(clocks, project_id, urgency), self._answer_ms(clocks, urgency), clocks["reminders"] + 1
        reminders = [civil.after(clocks, windows, at_ms, amount_ms * part // parts) for part in range(1, parts)]
        return civil.after(clocks, windows, at_ms, amount_ms), reminders
