"""Rule 8, a missing minor: the authority has to be notified, and people are called in where nobody did in time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ops.checker.breach import Breach
from ops.checker.cases import UNDER_AGE, Case
from ops.checker.entry import Entry, Fact


@dataclass(slots=True)
class Duty:
    """A minor is missing and the authority does not know yet."""

    case_id: str
    deadline_ms: int | None = None
    overdue_said: bool = False


@dataclass(slots=True)
class Missing:
    """Duties to notify, by transfer."""

    tick_ms: int
    duties: dict[str, Duty] = field(default_factory=dict)

    def report(self, event: Fact, case: Case | None, policy: dict[str, Any] | None) -> None:
        """Somebody is missing, or the authority was told."""
        minor = case is not None and any(member["age_group"] in UNDER_AGE for member in case.household)
        if event.name == "TransferEnded" and event["how"] == "missing" and minor and (policy or {}).get("transfers") is not None:
            self.duties[event["transfer_id"]] = Duty(event["case_id"])
        elif event.name == "AuthorityNotified":
            self.duties.pop(event["transfer_id"], None)
        elif event.name == "CaseErased":
            self.duties = {of: duty for of, duty in self.duties.items() if duty.case_id != event["case_id"]}

    def follow(self, outcome: Fact) -> None:
        """The duty is said, or that it was not met."""
        duty = self.duties.get(outcome["transfer_id"])
        if duty is not None:
            duty.deadline_ms = outcome["deadline_at_ms"]
            duty.overdue_said |= outcome["overdue"]

    def late(self, entry: Entry) -> Iterator[Breach]:
        """What was not said in its time; asked when an entry has been taken in."""
        for transfer_id, duty in self.duties.items():
            if duty.deadline_ms is None:
                yield Breach(entry.sequence, "missing_minor", f"a minor of transfer {transfer_id} is missing and nobody has to notify the authority")
                duty.deadline_ms = entry.event_time_ms
            elif not duty.overdue_said and duty.deadline_ms + self.tick_ms < entry.event_time_ms:
                yield Breach(
                    entry.sequence, "missing_minor", f"nobody notified the authority in time and nobody is called in: transfer {transfer_id}"
                )
                duty.overdue_said = True
