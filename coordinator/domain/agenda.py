"""What the clock has to make happen, earliest first. Derived from the state; holds no decisions.

An item is (base instant in ms, id); it is due at its base plus what the policy in force adds for its kind. Kinds that leave no trace in the state
when they happen (`EDGES`) are due only while the last decided entry lies before them: an entry at or after them has taken them into account.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from enum import IntEnum, unique

from events.network import PolicyAdopted

Item = tuple[int, str]
Agenda = tuple[tuple[Item, ...], ...]
"""One sorted tuple of items a kind, in the order of `Kind`."""


@unique
class Kind(IntEnum):
    """Kinds of deadline; at one instant they happen in order of id, then of kind."""

    PROPOSAL = 0
    """A proposal runs out; id: case."""
    NEEDED_BY = 1
    """A request's own deadline; id: case."""
    ARRIVAL = 2
    """The expected arrival; overdue after what the policy allows; id: case."""
    KEPT = 3
    """A kept place ends; id: hold."""
    KEPT_FOR_NOBODY = 4
    """A kept place whose case was erased; base: when it was left; id: hold."""
    FREE_FROM = 5
    """A unit's free places can be entered; id: unit."""
    PARKED = 6
    """A unit may be offered again to a case that it declined; base: the decline; id: case."""
    AWAITED = 7
    """An action that nobody confirmed lapses; id: action."""
    REVIEW = 8
    """A review that is due is not there; id: action."""
    INQUIRY = 9
    """An inquiry runs out; id: case."""
    NOTIFICATION = 10
    """The authority has to have been notified of a missing minor; id: case."""
    ON_DUTY = 11
    """A project comes on duty while immediate requests wait; stands in no agenda, for it follows from calendar and instant; id: empty."""
    PROGRAMME = 12
    """A project's programme begins, or its last day has passed; id: project."""
    REMINDER = 13
    """A project is reminded that it has still to answer; id: case."""
    PAUSE = 14
    """A proposal's clock goes on by itself; id: case."""
    CLOSED_CASE = 16
    """The term of a closed case is over, where the policy has one; base: its closure; id: case."""
    MAJORITY = 15
    """A minor turns eighteen; id: case, a space, person."""
    WAITED = 18
    """A request may wait no longer for a better place, where the policy lets any; base: its own deadline; id: case."""
    WEIGHTS_END = 19
    """Scarcity weights expire while requests wait for a better place; stands in no agenda, for it follows from the policy and instant; id: empty."""
    EXPLANATIONS = 17
    """The term of a month's explanations is over, where the policy has one; base: the month's end; id: empty."""


EDGES = frozenset({Kind.FREE_FROM, Kind.PARKED, Kind.ON_DUTY, Kind.WAITED, Kind.WEIGHTS_END})
_ADDED_TO = frozenset({Kind.ARRIVAL, Kind.KEPT_FOR_NOBODY, Kind.PARKED, Kind.CLOSED_CASE, Kind.EXPLANATIONS, Kind.WAITED})
"""Kinds to whose base the policy adds."""
_KINDS = tuple((kind, kind in EDGES, kind in _ADDED_TO) for kind in Kind)
NO_AGENDA: Agenda = ((),) * len(Kind)


def scheduled(agenda: Agenda, kind: Kind, item: Item) -> Agenda:
    """The agenda with one more item. An item that is there already stands twice."""
    items = list(agenda[kind])
    insort(items, item)
    return (*agenda[:kind], tuple(items), *agenda[kind + 1 :])


def unscheduled(agenda: Agenda, kind: Kind, item: Item) -> Agenda:
    """The agenda without one such item. It must be there."""
    items = agenda[kind]
    index = bisect_left(items, item)
    assert items[index] == item
    return (*agenda[:kind], (*items[:index], *items[index + 1 :]), *agenda[kind + 1 :])


def stands(agenda: Agenda, kind: Kind, item: Item) -> bool:
    """Whether such an item is on the agenda."""
    items = agenda[kind]
    index = bisect_left(items, item)
    return index < len(items) and items[index] == item


def added_ms(kind: Kind, policy: PolicyAdopted | None) -> int:
    """What the policy adds to the base of a kind."""
    if kind not in _ADDED_TO:
        return 0
    if policy is None:
        return _NEVER_MS if kind in _BY_POLICY_ALONE else 0
    match kind:
        case Kind.ARRIVAL:
            return policy.overdue_after_ms
        case Kind.KEPT_FOR_NOBODY:
            return policy.kept_after_arrival_ms
        case Kind.PARKED:
            return policy.decline_parks_for_ms
        case Kind.CLOSED_CASE:
            return policy.retention.closed_cases_ms if policy.retention is not None else _NEVER_MS
        case Kind.EXPLANATIONS:
            term_ms = policy.retention.explanations_ms if policy.retention is not None else None
            return _NEVER_MS if term_ms is None else term_ms
        case Kind.WAITED:
            hold_back = policy.matching.hold_back if policy.matching is not None else None
            return _NEVER_MS if hold_back is None else -hold_back.until_before_deadline_ms
        case _:
            return 0


def due(agenda: Agenda, last_at_ms: int, at_ms: int, policy: PolicyAdopted | None) -> list[tuple[int, str, Kind]]:
    """Everything due at `at_ms`, as (due instant, id, kind), in the order in which it happens. `last_at_ms`: time of the last decided entry."""
    found: list[tuple[int, str, Kind]] = []
    for kind, is_edge, is_added_to in _KINDS:
        items = agenda[kind]
        if not items:
            continue
        added = added_ms(kind, policy) if is_added_to else 0
        if items[0][0] + added > at_ms:
            continue
        first = bisect_right(items, (last_at_ms - added, _AFTER_EVERY_ID)) if is_edge else 0
        for index in range(first, len(items)):
            base, item_id = items[index]
            if base + added > at_ms:
                break
            found.append((base + added, item_id, kind))
    found.sort()
    return found


def next_ms(agenda: Agenda, last_at_ms: int, policy: PolicyAdopted | None) -> int | None:
    """The earliest deadline that has not happened; None: there is none."""
    earliest: int | None = None
    for kind, is_edge, is_added_to in _KINDS:
        items = agenda[kind]
        if not items:
            continue
        added = added_ms(kind, policy) if is_added_to else 0
        first = bisect_right(items, (last_at_ms - added, _AFTER_EVERY_ID)) if is_edge else 0
        if first < len(items) and added < _NEVER_MS and (earliest is None or items[first][0] + added < earliest):
            earliest = items[first][0] + added
    return earliest


_BY_POLICY_ALONE = frozenset({Kind.CLOSED_CASE, Kind.EXPLANATIONS, Kind.WAITED})
_NEVER_MS = 1 << 60
"""What a policy adds that has no term."""
_AFTER_EVERY_ID = "\U0010ffff"
