"""A state being changed: the working copy inside one `decide` or one `evolve`, and the one place that keeps derived fields true.

Nobody outside this package holds a draft. It starts from a state, which stays as it was, and may be frozen into the next one.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from coordinator.domain.agenda import Kind, scheduled, unscheduled
from coordinator.domain.changing import changed
from coordinator.domain.days import after_ms, first_ms
from coordinator.domain.state import (
    OPERATOR_DECIDES,
    AnswerClock,
    Awaited,
    Case,
    Counted,
    DutyHours,
    Hold,
    OpenReview,
    Project,
    State,
    Transfer,
    Unit,
    WaitingKey,
)
from coordinator.matching.household import household_of
from coordinator.matching.place import Place, shared
from coordinator.matching.request import URGENCY_RANK
from coordinator.matching.terms import terms_of
from events.answers import Answers
from events.fact import Danger
from events.network import PolicyAdopted
from events.period import period_ends_ms
from events.vocabulary import Escalation, HoldStage, Programme, TransferStage, Urgency


class Draft:
    """Fields of `State`, changeable."""

    __slots__ = State.__slots__

    def __init__(self, state: State) -> None:
        self.network = state.network
        self.sequence = state.sequence
        self.at_ms = state.at_ms
        self.rules_version = state.rules_version
        self.policy = state.policy
        self.projects = state.projects
        self.duty = state.duty
        self.units = state.units
        self.holds = state.holds
        self.crowded = state.crowded
        self.seen_ids = state.seen_ids
        self.answers = state.answers
        self.corrected = state.corrected
        self.explained_from = state.explained_from
        self.approved_policy = state.approved_policy
        self.unit_dangers = state.unit_dangers
        self.erased = state.erased
        self.links = state.links
        self.cases = state.cases
        self.awaited = state.awaited
        self.reviews = state.reviews
        self.legal_holds = state.legal_holds
        self.closed = state.closed
        self.aliases = state.aliases
        self.look_again = state.look_again
        self.seen_by_network = state.seen_by_network
        self.seen_by_case = state.seen_by_case
        self.terms = state.terms
        self.places = state.places
        self.open_units = state.open_units
        self.capacity = state.capacity
        self.taken = state.taken
        self.holds_in = state.holds_in
        self.owners = state.owners
        self.transfers = state.transfers
        self.households = state.households
        self.waiting = state.waiting
        self.agenda = state.agenda

    def frozen(self) -> State:
        """The state that this draft has become: the very object, of the same fields, so that none is copied. Nothing may be asked of the draft any more."""
        becoming: Any = self
        becoming.__class__ = State
        state: State = becoming
        return state

    def put_policy(self, policy: PolicyAdopted) -> None:
        """A policy comes into force."""
        for project_id in sorted(self.projects):
            project = self.projects[project_id]
            self._reschedule(Kind.PROGRAMME, project_id, _turns_ms(project, self.policy), _turns_ms(project, policy))
        self.policy = policy
        self.terms = terms_of(policy, self.duty, self.answers)

    def put_project(self, project: Project) -> None:
        """A project is new or changed."""
        was, now = _turns_ms(self.projects.get(project.project_id), self.policy), _turns_ms(project, self.policy)
        self._reschedule(Kind.PROGRAMME, project.project_id, was, now)
        self.projects = self.projects.set(project.project_id, project)
        for place in self.open_units:
            if place.project_id == project.project_id:
                self._place(self.units[place.unit_id])

    def put_duty(self, duty: DutyHours) -> None:
        """The duty hours of a project are these now."""
        self.duty = self.duty.set(duty.project_id, duty)
        if self.terms is not None:
            self.terms = replace(self.terms, clockwork=self.terms.clockwork.with_duty(duty.project_id, duty))

    def put_answers(self, answers: Answers) -> None:
        """The answers of a project are these now."""
        self.answers = self.answers.set(answers.project_id, answers)
        if self.terms is not None and self.terms.trust is not None:
            self.terms = replace(self.terms, trust=self.terms.trust.with_answers(self.answers, answers.project_id))

    def put_unit(self, unit: Unit) -> None:
        """A unit is new or changed."""
        before = self.units.get(unit.unit_id)
        self.units = self.units.set(unit.unit_id, unit)
        was, now = _free_from(before), _free_from(unit)
        if was != now:
            self._reschedule(Kind.FREE_FROM, unit.unit_id, was, now)
        place = self.places.get(unit.unit_id)
        if before is not None and _same_place(before, unit):
            if place is not None and before.counted is not unit.counted:
                self._put_place(_recounted(place, unit.counted, runs=self._runs(unit)))
        else:
            self._place(unit)

    def pass_unit(self, unit_id: str, project_id: str, body: str) -> None:
        """A unit belongs to another project, with what is held in it."""
        unit = self.units[unit_id]
        places, taken = unit.places if unit.is_open else 0, sum(self.holds[hold_id].places for hold_id in self.holds_in.get(unit_id, ()))
        for owner, sign in ((unit.project_id, -1), (project_id, 1)):
            self._weigh(owner, sign * places, sign * taken)
        self.units = self.units.set(unit_id, changed(unit, project_id=project_id, body=body))
        if unit.is_open:
            self._put_place(place_of(self, self.units[unit_id]))

    def put_unit_dangers(self, unit_id: str, dangers: tuple[Danger, ...]) -> None:
        """The dangers to a unit or its residents are these now."""
        if dangers:
            self.unit_dangers = self.unit_dangers.set(unit_id, dangers)
        elif unit_id in self.unit_dangers:
            self.unit_dangers = self.unit_dangers.delete(unit_id)
        self._place(self.units[unit_id])

    def put_hold(self, hold: Hold) -> None:
        """A hold is new or changed."""
        before = self.holds.get(hold.hold_id)
        if before is None:
            self.holds_in = self.holds_in.set(hold.unit_id, _with(self.holds_in.get(hold.unit_id, ()), hold.hold_id))
            self._take(hold, hold.places)
        self.holds = self.holds.set(hold.hold_id, hold)
        self._reschedule_kept_for_nobody(hold.hold_id, before, hold)

    def drop_hold(self, hold_id: str) -> None:
        """A hold is over. One that is not there already is."""
        before = self.holds.get(hold_id)
        if before is None:
            return
        left = tuple(other for other in self.holds_in[before.unit_id] if other != hold_id)
        self.holds_in = self.holds_in.set(before.unit_id, left) if left else self.holds_in.delete(before.unit_id)
        self.holds = self.holds.delete(hold_id)
        self._take(before, -before.places)
        self._reschedule_kept_for_nobody(hold_id, before, None)

    def put_case(self, case: Case) -> None:
        """A case is new or changed."""
        before = self.cases.get(case.case_id)
        self.cases = self.cases.set(case.case_id, case)
        self._reindex(case.case_id, before, case)

    def drop_case(self, case_id: str, *, keep_reviews: bool = False) -> None:
        """A case is forgotten, with its links. One that is not there already is. `keep_reviews`: what another body has to look at stays due."""
        before = self.cases.get(case_id)
        if before is not None:
            self.cases = self.cases.delete(case_id)
            self._reindex(case_id, before, None)
        for other in self.links.get(case_id, ()):
            left = tuple(linked for linked in self.links[other] if linked != case_id)
            self.links = self.links.set(other, left) if left else self.links.delete(other)
        if case_id in self.links:
            self.links = self.links.delete(case_id)
        self.look_again = tuple(other for other in self.look_again if other != case_id)
        for action_id in sorted(action_id for action_id, awaited in self.awaited.items() if awaited.event.case_id == case_id):
            self.put_awaited(action_id, None)
        for action_id in sorted(action_id for action_id, review in self.reviews.items() if review.case_id == case_id and not keep_reviews):
            self.put_review(action_id, None)

    def put_closed(self, case_id: str, closed_at_ms: int | None) -> None:
        """A case is closed; None: it is forgotten."""
        was = self._expires_from(case_id)
        if closed_at_ms is not None:
            self.closed = self.closed.set(case_id, closed_at_ms)
        elif case_id in self.closed:
            self.closed = self.closed.delete(case_id)
        self._reschedule(Kind.CLOSED_CASE, case_id, was, self._expires_from(case_id))

    def put_legal_hold(self, case_id: str, stands: bool) -> None:
        """Nothing of a case may be destroyed, or it may again."""
        was = self._expires_from(case_id)
        if stands:
            self.legal_holds = self.legal_holds.set(case_id, True)
        elif case_id in self.legal_holds:
            self.legal_holds = self.legal_holds.delete(case_id)
        self._reschedule(Kind.CLOSED_CASE, case_id, was, self._expires_from(case_id))

    def put_explained_from(self, period: int) -> None:
        """Explanations of the months before have no keys any more."""
        before, self.explained_from = self.explained_from, period
        self._reschedule(Kind.EXPLANATIONS, "", None if before is None else period_ends_ms(before), period_ends_ms(period))

    def _expires_from(self, case_id: str) -> int | None:
        """Since when the term of a closed case runs; None: it is not closed, or may not be destroyed."""
        return None if case_id in self.legal_holds else self.closed.get(case_id)

    def put_awaited(self, action_id: str, awaited: Awaited | None) -> None:
        """An action waits for its second person; None: it no longer does."""
        before = self.awaited.get(action_id)
        if awaited is not None:
            self.awaited = self.awaited.set(action_id, awaited)
        elif before is not None:
            self.awaited = self.awaited.delete(action_id)
        was, now = (None if item is None else item.until_ms for item in (before, awaited))
        self._reschedule(Kind.AWAITED, action_id, was, now)

    def put_review(self, action_id: str, review: OpenReview | None) -> None:
        """An action is to be reviewed; None: it was, or need not be."""
        before = self.reviews.get(action_id)
        if review is not None:
            self.reviews = self.reviews.set(action_id, review)
        elif before is not None:
            self.reviews = self.reviews.delete(action_id)
        was, now = (None if item is None or item.overdue else item.due_at_ms for item in (before, review))
        self._reschedule(Kind.REVIEW, action_id, was, now)

    def unlink(self, one: str, other: str) -> None:
        """Two cases are no longer kept apart. Two that were not stay as they are."""
        for case_id, linked in ((one, other), (other, one)):
            left = tuple(each for each in self.links.get(case_id, ()) if each != linked)
            if left:
                self.links = self.links.set(case_id, left)
            elif case_id in self.links:
                self.links = self.links.delete(case_id)

    def link(self, one: str, other: str) -> None:
        """Two cases are kept apart."""
        self.links = self.links.set(one, _with(self.links.get(one, ()), other))
        self.links = self.links.set(other, _with(self.links.get(other, ()), one))

    def rebuild_derived(self) -> None:
        """Fill every derived field from the others; they must be empty. For a state that comes from a snapshot."""
        if self.policy is not None:
            self.terms = terms_of(self.policy, self.duty, self.answers)
        for hold_id in sorted(self.holds):
            hold = self.holds[hold_id]
            self.holds_in = self.holds_in.set(hold.unit_id, _with(self.holds_in.get(hold.unit_id, ()), hold_id))
            self._take(hold, hold.places)
            self._reschedule_kept_for_nobody(hold_id, None, hold)
        for project_id in sorted(self.projects):
            self._reschedule(Kind.PROGRAMME, project_id, None, _turns_ms(self.projects[project_id], self.policy))
        for unit_id in sorted(self.units):
            unit = self.units[unit_id]
            self._reschedule(Kind.FREE_FROM, unit_id, None, _free_from(unit))
            self._place(unit)
        for case_id in sorted(self.cases):
            self._reindex(case_id, None, self.cases[case_id])
        for case_id in sorted(self.closed):
            self._reschedule(Kind.CLOSED_CASE, case_id, None, self._expires_from(case_id))
        if self.explained_from is not None:
            self._reschedule(Kind.EXPLANATIONS, "", None, period_ends_ms(self.explained_from))
        for action_id in sorted(self.awaited):
            self._reschedule(Kind.AWAITED, action_id, None, self.awaited[action_id].until_ms)
        for action_id in sorted(self.reviews):
            review = self.reviews[action_id]
            self._reschedule(Kind.REVIEW, action_id, None, None if review.overdue else review.due_at_ms)

    def _place(self, unit: Unit) -> None:
        unit_id = unit.unit_id
        before = self.places.get(unit_id)
        now = unit.places if unit.is_open else 0
        was = before.places if before is not None else 0
        if now != was:
            self._weigh(unit.project_id, now - was, 0)
        if not unit.is_open:
            if before is not None:
                self.places = self.places.delete(unit_id)
                self.open_units = self.open_units.without(unit_id)
            return
        self._put_place(place_of(self, unit))

    def _put_place(self, place: Place) -> None:
        self.places = self.places.set(place.unit_id, place)
        self.open_units = self.open_units.put(place)

    def _runs(self, unit: Unit) -> bool:
        return self.projects[unit.project_id].programme is Programme.RUNNING

    def _take(self, hold: Hold, people: int) -> None:
        self._weigh(self.units[hold.unit_id].project_id, 0, people)

    def _weigh(self, project_id: str, places: int, people: int) -> None:
        if places:
            self.capacity = self.capacity.set(project_id, self.capacity.get(project_id, 0) + places)
        if people:
            taken = self.taken.get(project_id, 0) + people
            self.taken = self.taken.set(project_id, taken) if taken else self.taken.delete(project_id)

    def _reindex(self, case_id: str, before: Case | None, after: Case | None) -> None:
        if _told_by(before) == _told_by(after):
            return
        was, now = _waiting_key(before), _waiting_key(after)
        if was != now:
            if was is not None:
                index = bisect_left(self.waiting, was)
                self.waiting = (*self.waiting[:index], *self.waiting[index + 1 :])
            if now is not None:
                self.waiting = _with_key(self.waiting, now)
        self._reindex_transfer(case_id, before, after)
        self._reindex_deadlines(case_id, before, after)
        self._reindex_holds(case_id, before, after)
        self._reindex_majorities(case_id, before, after)

    def _reindex_deadlines(self, case_id: str, before: Case | None, after: Case | None) -> None:
        if (before.transfer if before is not None else None) is not (after.transfer if after is not None else None):
            for kind, was, now in zip(_TRANSFER_DEADLINES, _deadlines(before), _deadlines(after), strict=True):
                self._reschedule(kind, case_id, was, now)
            self._reschedule_all(Kind.REMINDER, case_id, _reminders(before), _reminders(after))
            self._reschedule_all(Kind.INQUIRY, case_id, _inquiries(before), _inquiries(after))
        self._reschedule_all(Kind.PARKED, case_id, _parked(before), _parked(after))
        self._reschedule_all(Kind.NOTIFICATION, case_id, _notifications(before), _notifications(after))

    def _reindex_majorities(self, case_id: str, before: Case | None, after: Case | None) -> None:
        was, now = _majorities(before), _majorities(after)
        if was == now:
            return
        for person in sorted(was.keys() | now.keys()):
            self._reschedule(Kind.MAJORITY, f"{case_id} {person}", was.get(person), now.get(person))

    def _reindex_transfer(self, case_id: str, before: Case | None, after: Case | None) -> None:
        was = before.transfer.transfer_id if before is not None and before.transfer is not None else None
        now = after.transfer.transfer_id if after is not None and after.transfer is not None else None
        if was == now:
            if now is not None and before is not None and after is not None and before.household != after.household:
                self.households = self.households.set(case_id, household_of(after.household))
            return
        if was is not None:
            self.transfers = self.transfers.delete(was)
            self.households = self.households.delete(case_id)
        if now is not None and after is not None:
            self.transfers = self.transfers.set(now, case_id)
            self.households = self.households.set(case_id, household_of(after.household))

    def _reindex_holds(self, case_id: str, before: Case | None, after: Case | None) -> None:
        if before is not None and after is not None and before.kept == after.kept and _held_for(before) == _held_for(after):
            return
        old, new = _own_holds(before), _own_holds(after)
        for hold_id in old.keys() - new.keys():
            self.owners = self.owners.delete(hold_id)
        for hold_id in new.keys() - old.keys():
            self.owners = self.owners.set(hold_id, case_id)
        for hold_id in sorted(old.keys() | new.keys()):
            self._reschedule(Kind.KEPT, hold_id, old.get(hold_id), new.get(hold_id))
            hold = self.holds.get(hold_id)
            if hold is not None and hold.stage is HoldStage.KEPT:
                was = None if hold_id in old else hold.since_ms
                now = None if hold_id in new else hold.since_ms
                self._reschedule(Kind.KEPT_FOR_NOBODY, hold_id, was, now)

    def _reschedule_kept_for_nobody(self, hold_id: str, before: Hold | None, after: Hold | None) -> None:
        if hold_id not in self.owners:
            self._reschedule(Kind.KEPT_FOR_NOBODY, hold_id, _left_at(before), _left_at(after))

    def _reschedule_all(self, kind: Kind, item_id: str, old: tuple[int, ...], new: tuple[int, ...]) -> None:
        if old == new:
            return
        for at_ms in old:
            self.agenda = unscheduled(self.agenda, kind, (at_ms, item_id))
        for at_ms in new:
            self.agenda = scheduled(self.agenda, kind, (at_ms, item_id))

    def _reschedule(self, kind: Kind, item_id: str, was: int | None, now: int | None) -> None:
        if was == now:
            return
        if was is not None:
            self.agenda = unscheduled(self.agenda, kind, (was, item_id))
        if now is not None:
            self.agenda = scheduled(self.agenda, kind, (now, item_id))


def place_of(draft: Draft, unit: Unit) -> Place:
    """A unit as the matcher and the rules see it."""
    project = draft.projects.get(unit.project_id)
    return Place(
        unit_id=unit.unit_id,
        project_id=unit.project_id,
        body=unit.body,
        bodies=shared(project.bodies) if project is not None else frozenset(),
        region=unit.region,
        level=unit.level,
        places=unit.places,
        hosts=shared(unit.hosts),
        offers=shared(unit.offers),
        languages=shared(unit.languages),
        dangers=draft.unit_dangers.get(unit.unit_id, ()),
        accepting=unit.counted.accepting and project is not None and project.programme is Programme.RUNNING,
        free=unit.counted.free,
        observed_at_ms=unit.counted.observed_at_ms,
    )


def _recounted(place: Place, now: Counted, *, runs: bool) -> Place:
    """The same place with another count; its sets are kept."""
    return changed(place, accepting=now.accepting and runs, free=now.free, observed_at_ms=now.observed_at_ms)


def operator_decides(transfer: Transfer) -> bool:
    """Whether an operator was called in who decides from here, so that nothing is proposed automatically."""
    return any(why in OPERATOR_DECIDES for why in transfer.escalated)


def _with(items: tuple[str, ...], item: str) -> tuple[str, ...]:
    """Sorted items with one more, each once."""
    index = bisect_left(items, item)
    if index < len(items) and items[index] == item:
        return items
    return (*items[:index], item, *items[index:])


def _with_key(keys: tuple[WaitingKey, ...], key: WaitingKey) -> tuple[WaitingKey, ...]:
    items = list(keys)
    insort(items, key)
    return tuple(items)


def _told_by(case: Case | None) -> tuple[object, ...]:
    """What the derived fields about a case follow from."""
    if case is None:
        return (None, (), (), (), (), ())
    return case.transfer, case.kept, case.parked, case.notifications, case.household, case.majorities


def _waiting_key(case: Case | None) -> WaitingKey | None:
    if case is None or case.transfer is None or case.transfer.stage is not TransferStage.WAITING or operator_decides(case.transfer):
        return None
    transfer = case.transfer
    return URGENCY_RANK[transfer.urgency], transfer.requested_at_ms, transfer.transfer_id, case.case_id


_TRANSFER_DEADLINES = (Kind.PROPOSAL, Kind.NEEDED_BY, Kind.ARRIVAL, Kind.PAUSE, Kind.WAITED)
_NO_DEADLINES = (None, None, None, None, None)


def _deadlines(case: Case | None) -> tuple[int | None, int | None, int | None, int | None, int | None]:
    """The instants of `_TRANSFER_DEADLINES` for a case; None: there is none."""
    if case is None or case.transfer is None:
        return _NO_DEADLINES
    transfer, proposal = case.transfer, case.transfer.proposal
    match transfer.stage:
        case TransferStage.WAITING:
            waits = transfer.urgency is not Urgency.IMMEDIATE and _waiting_key(case) is not None
            return None, _needed_by(transfer), None, None, transfer.needed_by_ms if waits else None
        case TransferStage.PROPOSED:
            answer_by = resumes = None
            if proposal is not None:
                answer_by, resumes = proposal.deadline_at_ms, proposal.clock.resumes_at_ms if proposal.clock is not None else None
            return answer_by, _needed_by(transfer), None, resumes, None
        case TransferStage.DEPARTED:
            return None, None, None if Escalation.ARRIVAL_OVERDUE in transfer.escalated else transfer.expected_arrival_ms, None, None
        case _:
            return _NO_DEADLINES


def _needed_by(transfer: Transfer) -> int | None:
    return None if Escalation.DEADLINE_PASSED in transfer.escalated else transfer.needed_by_ms


def _asked_clock(case: Case | None) -> AnswerClock | None:
    """The clock of a proposal that waits for an answer."""
    transfer = case.transfer if case is not None else None
    if transfer is None or transfer.proposal is None or transfer.stage is not TransferStage.PROPOSED:
        return None
    return transfer.proposal.clock


def _reminders(case: Case | None) -> tuple[int, ...]:
    clock = _asked_clock(case)
    return clock.reminders_at_ms if clock is not None else ()


def _majorities(case: Case | None) -> dict[str, int]:
    """When those turn eighteen for whom no review was asked for yet."""
    return {} if case is None or not case.majorities else {each.person: each.adult_from_ms for each in case.majorities if not each.review_due}


def _parked(case: Case | None) -> tuple[int, ...]:
    """Since when units are parked, where that can end a wait."""
    if case is None or not case.parked or _waiting_key(case) is None:
        return ()
    return tuple(parked.since_ms for parked in case.parked if not parked.lasts)


def _inquiries(case: Case | None) -> tuple[int, ...]:
    """When open inquiries run out, each instant once."""
    if case is None or case.transfer is None or not case.transfer.inquiries:
        return ()
    return tuple(sorted({inquiry.deadline_at_ms for inquiry in case.transfer.inquiries}))


def _notifications(case: Case | None) -> tuple[int, ...]:
    """By when the authority has to be notified, each instant once."""
    return () if case is None or not case.notifications else tuple(sorted({due.deadline_at_ms for due in case.notifications if not due.overdue}))


def _held_for(case: Case) -> str | None:
    """The hold of the live proposal or accepted place."""
    return case.transfer.proposal.hold_id if case.transfer is not None and case.transfer.proposal is not None else None


def _own_holds(case: Case | None) -> dict[str, int | None]:
    """The holds of a case with the instant at which a kept one ends."""
    if case is None:
        return {}
    holds: dict[str, int | None] = {kept.hold_id: kept.until_ms for kept in case.kept}
    if case.transfer is not None and case.transfer.proposal is not None:
        holds[case.transfer.proposal.hold_id] = None
    return holds


def _left_at(hold: Hold | None) -> int | None:
    return hold.since_ms if hold is not None and hold.stage is HoldStage.KEPT else None


def _same_place(one: Unit, other: Unit) -> bool:
    """Whether the matcher sees no difference between two states of a unit but in what is counted."""
    return (
        one.is_open is other.is_open
        and one.places == other.places
        and one.hosts is other.hosts
        and one.offers is other.offers
        and one.languages is other.languages
        and one.level is other.level
    )


def _turns_ms(project: Project | None, policy: PolicyAdopted | None) -> int | None:
    """When a project's programme next turns by the clock; None: never."""
    if project is None:
        return None
    match project.programme:
        case Programme.AHEAD:
            return first_ms(project.valid_from, policy)
        case Programme.RUNNING:
            return after_ms(project.valid_to, policy)
        case Programme.OVER | Programme.ENDED:
            return None


def _free_from(unit: Unit | None) -> int | None:
    return unit.published.free_from_ms if unit is not None and unit.published is not None and unit.is_open else None


def with_danger(dangers: Iterable[Danger], danger: Danger) -> tuple[Danger, ...]:
    """Sorted dangers with one more, each once."""
    return tuple(sorted({*dangers, danger}, key=lambda item: (item.kind.value, item.value)))
