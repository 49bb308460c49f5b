"""Stream `transfer`, a missing minor: the authority has to be notified, and an operator is called in where nobody did in time."""

from __future__ import annotations

from coordinator.domain import rights
from coordinator.domain.changing import changed
from coordinator.domain.deciding import Deciding, refused
from coordinator.domain.draft import Draft
from coordinator.domain.state import Case, Notification
from events.transfer import AuthorityNotified, NotificationDue
from events.verdict import Refused
from events.vocabulary import AgeGroup, RefusalCode


def evolve_notification_due(draft: Draft, outcome: NotificationDue) -> None:
    """The authority has to be notified; or had to."""
    case = draft.cases[outcome.case_id]
    others = tuple(due for due in case.notifications if due.transfer_id != outcome.transfer_id)
    due = Notification(outcome.transfer_id, outcome.deadline_at_ms, outcome.overdue)
    draft.put_case(changed(case, notifications=(*others, due)))


def evolve_authority_notified(draft: Draft, event: AuthorityNotified) -> None:
    """The duty is done."""
    case = draft.cases[event.case_id]
    draft.put_case(changed(case, notifications=tuple(due for due in case.notifications if due.transfer_id != event.transfer_id)))


def owe_notification(entry: Deciding, case: Case, transfer_id: str) -> None:
    """Somebody went missing: where a minor is among them, the authority has to be told."""
    policy = entry.policy.transfers
    if policy is not None and any(member.age_group is not AgeGroup.ADULT for member in case.household):
        entry.emit(NotificationDue(case.case_id, transfer_id, entry.at_ms + policy.notify_missing_minor_within_ms, overdue=False))


def notification_overdue(entry: Deciding, case: Case) -> None:
    """The time to notify has passed."""
    for due in case.notifications:
        if not due.overdue and due.deadline_at_ms <= entry.at_ms:
            entry.emit(NotificationDue(case.case_id, due.transfer_id, due.deadline_at_ms, overdue=True))


def notify_authority(entry: Deciding, event: AuthorityNotified) -> Refused | None:
    """Whoever is responsible, or the helpline, has notified the authority; late is better than never."""
    case = entry.draft.cases.get(event.case_id)
    if case is None:
        return refused(RefusalCode.UNKNOWN_CASE, "case_id")
    refusal = rights.responsible_or_helpline(entry.draft, event.actor, case)
    if refusal is None and all(due.transfer_id != event.transfer_id for due in case.notifications):
        refusal = refused(RefusalCode.NO_NOTIFICATION_DUE, "transfer_id")
    if refusal is not None:
        return refusal
    entry.record(event)
    return None
