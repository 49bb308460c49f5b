"""A state as records, and back: the clear half, the network's part of the sealed half, and one record a case.

Equal states give equal bytes in any process. Where the state is only to be hashed, full runs of seen ids are represented by their SHA-256: they never
change, and a hash every thousand entries need not read two weeks of them again. Whoever makes parts again and again keeps what a part was made of with its
bytes (`Made`): most cases are as they were a thousand entries ago.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from immutables import Map

from coordinator.domain.draft import Draft
from coordinator.domain.seen import ID_BYTES, SeenDay
from coordinator.domain.seen_events import HASH_BYTES, SEQUENCE_BYTES
from coordinator.domain.state import ApprovedPolicy, Awaited, Case, DutyHours, Hold, OpenReview, Project, State, Unit, initial_state
from events.answers import Answers
from events.codec import decode_fact, decode_record, encode_fact, encode_record, join, split
from events.errors import Undecodable
from events.fact import Actor, Danger
from events.facts import TwoPersonEvent
from events.network import PolicyAdopted


@dataclass(frozen=True, slots=True)
class SeenBucket:
    """The event ids of one day, with what is remembered of each."""

    day: int
    """Days since 1970-01-01 of the instants inside the ids."""
    runs: tuple[bytes, ...]
    """Full runs, each sorted: id (16 bytes) and value, one after the other; in a state that is only hashed the SHA-256 of each."""
    newest: bytes
    """The ids since the last full run, sorted, in the same form."""


@dataclass(frozen=True, slots=True)
class ClearHalf:
    """What follows from the clear fields of the ledger alone."""

    network: str
    sequence: int
    """The last entry taken in."""
    at_ms: int
    """Time of the last decided entry, in milliseconds."""
    rules_version: int
    policy: PolicyAdopted | None
    """The policy in force, its event id and actor blanked; null: none yet."""
    projects: tuple[Project, ...]
    """Projects, sorted by id."""
    units: tuple[Unit, ...]
    """Units, open and closed, sorted by id."""
    holds: tuple[Hold, ...]
    """Holds that are not over, sorted by id."""
    crowded: bool
    """Whether the last entry made as many proposals as one may."""
    seen: tuple[SeenBucket, ...]
    """Event id -> sequence (8 bytes, big-endian), sorted by day."""
    duty: tuple[DutyHours, ...]
    """Published duty hours, sorted by project."""
    explained_from: int | None
    """The first month, year times 100 and month, whose explanations may still have keys; null: they have had no term so far."""
    answers: tuple[Answers, ...] = ()
    """What projects answered when their published places were offered, sorted by project."""


@dataclass(frozen=True, slots=True)
class UnitDangers:
    """Dangers to a unit or its residents."""

    unit_id: str
    dangers: tuple[Danger, ...]


@dataclass(frozen=True, slots=True)
class ErasedCase:
    """A case erased in the last 14 days."""

    case_id: str
    at_ms: int
    """When it was erased, in milliseconds."""


@dataclass(frozen=True, slots=True)
class AwaitedAction:
    """An action that was reported and waits for a second person."""

    clear: bytes
    """The clear record of the event, without sealed copies."""
    private: bytes
    """The private record of the event."""
    until_ms: int | None
    """When it lapses."""
    confirmed_by: Actor | None
    """Who confirmed it; null between two entries."""


@dataclass(frozen=True, slots=True)
class NetworkHalf:
    """What follows from facts under the network's key."""

    unit_dangers: tuple[UnitDangers, ...]
    """Dangers to units and their residents, sorted by unit."""
    erased: tuple[ErasedCase, ...]
    """Cases erased not long ago, sorted by id."""
    seen: tuple[SeenBucket, ...]
    """Event id -> content hash (16 bytes), sorted by day."""
    awaited: tuple[AwaitedAction, ...]
    """Actions about no case that wait for a second person, sorted by id."""
    reviews: tuple[OpenReview, ...]
    """Reviews that are due of actions about no case, sorted by action."""
    approved_policy: ApprovedPolicy | None = None
    """The policy that two bodies want and nobody has adopted yet."""


@dataclass(frozen=True, slots=True)
class SeenAbout:
    """One event about a case, as it is recognised when it comes again."""

    day: int
    """Days since 1970-01-01 of the instant inside the id."""
    event_id: bytes
    """Id of the event, 16 bytes."""
    content_hash: bytes
    """Keyed hash of its plain content, 16 bytes."""
    other_case_id: str
    """The other cases, where the event is about several, sorted, a space between; else empty."""


@dataclass(frozen=True, slots=True)
class CaseHalf:
    """What follows from facts under one case's key."""

    case_id: str
    case: Case | None
    """The case; null: events named one that is not there."""
    keep_apart: tuple[str, ...]
    """Cases from which this one is kept apart, sorted."""
    look_again: bool
    """Whether the last entry passed over this waiting case."""
    seen: tuple[SeenAbout, ...]
    """Events seen that are about the case, sorted by day, then id."""
    awaited: tuple[AwaitedAction, ...]
    """Actions about the case that wait for a second person, sorted by id."""
    reviews: tuple[OpenReview, ...]
    """Reviews that are due of actions about the case, sorted by action."""
    closed_at_ms: int | None
    """When it was closed, in milliseconds; null: it was not."""
    aliases: tuple[str, ...]
    """Cases found to be the same as this one, sorted."""
    legal_hold: bool
    """Whether nothing of the case may be destroyed."""


Part = tuple[str, bytes]
"""(subject whose key seals it: `network` or `case:<uuid>`; a record's bytes)."""
SeenItems = tuple[tuple[bytes, bytes, str], ...]


@dataclass(frozen=True, slots=True)
class _OfCase:
    """Everything in the state that a case's record is made of, as it stands there: comparing two is comparing mostly the same objects."""

    case: Case | None
    keep_apart: tuple[str, ...]
    look_again: bool
    seen: tuple[tuple[int, SeenItems], ...]
    awaited: tuple[Awaited, ...]
    reviews: tuple[OpenReview, ...]
    closed_at_ms: int | None
    aliases: tuple[str, ...]
    legal_hold: bool


@dataclass(slots=True)
class Made:
    """What the records of cases were last made of, and their bytes, by case. Of no other use than speed: without it the same bytes are made."""

    cases: Mapping[str, tuple[_OfCase, bytes]] = field(default_factory=dict)


def parts_of(state: State, *, only_hashed: bool = False, made: Made | None = None) -> tuple[bytes, tuple[Part, ...]]:
    """The clear half, and the sealed parts sorted by subject. `only_hashed`: for a state hash; such parts cannot be read back.

    `made` takes what was made now in the place of what it held.
    """
    clear = encode_record(_clear_half(state, only_hashed))
    network = encode_record(_network_half(state, only_hashed))
    before = {} if made is None else made.cases
    now = {case_id: _case_made(case_id, of_case, before.get(case_id)) for case_id, of_case in _of_cases(state)}
    if made is not None:
        made.cases = now
    return clear, (*[(f"case:{case_id}", content) for case_id, (_, content) in now.items()], ("network", network))


def _case_made(case_id: str, of_case: _OfCase, before: tuple[_OfCase, bytes] | None) -> tuple[_OfCase, bytes]:
    return before if before is not None and before[0] == of_case else (of_case, encode_record(_case_half(case_id, of_case)))


def state_from(network: str, clear: bytes, parts: Sequence[Part]) -> State:
    """The state in these bytes, without what had belonged to subjects that are missing. Raises ValueError where they are no such parts."""
    try:
        half = decode_record(clear, ClearHalf)
        network_parts = [decode_record(content, NetworkHalf) for subject, content in parts if subject == "network"]
        cases = [decode_record(content, CaseHalf) for subject, content in parts if subject != "network"]
    except Undecodable as problem:
        raise ValueError(problem.why) from None
    if half.network != network:
        raise ValueError("another network")
    draft = Draft(initial_state(network))
    _take_clear(draft, half)
    for part in network_parts:
        draft.unit_dangers = Map({item.unit_id: item.dangers for item in part.unit_dangers})
        draft.erased = Map({item.case_id: item.at_ms for item in part.erased})
        _take_actions(draft, part.awaited, part.reviews)
        draft.approved_policy = part.approved_policy
        draft.seen_by_network = Map({bucket.day: _day(bucket, HASH_BYTES) for bucket in part.seen})
    for case in cases:
        _take_case(draft, case)
    draft.rebuild_derived()
    return draft.frozen()


def _clear_half(state: State, only_hashed: bool) -> ClearHalf:
    return ClearHalf(
        network=state.network,
        sequence=state.sequence,
        at_ms=state.at_ms,
        rules_version=state.rules_version,
        policy=state.policy,
        projects=tuple(state.projects[project_id] for project_id in sorted(state.projects)),
        units=tuple(state.units[unit_id] for unit_id in sorted(state.units)),
        holds=tuple(state.holds[hold_id] for hold_id in sorted(state.holds)),
        crowded=state.crowded,
        seen=_buckets(state.seen_ids, only_hashed),
        duty=tuple(state.duty[project_id] for project_id in sorted(state.duty)),
        explained_from=state.explained_from,
        answers=tuple(state.answers[project_id] for project_id in sorted(state.answers)),
    )


def _network_half(state: State, only_hashed: bool) -> NetworkHalf:
    return NetworkHalf(
        unit_dangers=tuple(UnitDangers(unit_id, state.unit_dangers[unit_id]) for unit_id in sorted(state.unit_dangers)),
        erased=tuple(ErasedCase(case_id, state.erased[case_id]) for case_id in sorted(state.erased)),
        seen=_buckets(state.seen_by_network, only_hashed),
        awaited=_awaited_about(state, None),
        reviews=_reviews_about(state, None),
        approved_policy=state.approved_policy,
    )


def _awaited_about(state: State, case_id: str | None) -> tuple[AwaitedAction, ...]:
    ids = sorted(action_id for action_id, awaited in state.awaited.items() if awaited.event.case_id == case_id)
    return tuple(_awaited_action(state.awaited[action_id]) for action_id in ids)


def _awaited_action(awaited: Awaited) -> AwaitedAction:
    clear, private = split(awaited.event)
    return AwaitedAction(encode_fact(type(awaited.event).__name__, clear, ()), private or b"", awaited.until_ms, awaited.confirmed_by)


def _reviews_about(state: State, case_id: str | None) -> tuple[OpenReview, ...]:
    return tuple(state.reviews[action_id] for action_id in sorted(state.reviews) if state.reviews[action_id].case_id == case_id)


def _of_cases(state: State) -> Iterable[tuple[str, _OfCase]]:
    """Every case that has a record, sorted, with what it is made of."""
    seen: dict[str, list[tuple[int, SeenItems]]] = {}
    for day in sorted(state.seen_by_case):
        for case_id, items in state.seen_by_case[day].items():
            seen.setdefault(case_id, []).append((day, items))
    about_them_alone = {case_id for case_id, days in seen.items() if any(not other for _, items in days for _, _, other in items)}
    aliases: dict[str, list[str]] = {}
    for alias, case_id in sorted(state.aliases.items()):
        aliases.setdefault(case_id, []).append(alias)
    awaited: dict[str | None, list[Awaited]] = {}
    for action_id in sorted(state.awaited):
        waiting = state.awaited[action_id]
        awaited.setdefault(waiting.event.case_id, []).append(waiting)
    reviews: dict[str | None, list[OpenReview]] = {}
    for action_id in sorted(state.reviews):
        review = state.reviews[action_id]
        reviews.setdefault(review.case_id, []).append(review)
    look_again = frozenset(state.look_again)
    for case_id in sorted({*state.cases, *state.closed, *aliases, *about_them_alone}):
        yield (
            case_id,
            _OfCase(
                case=state.cases.get(case_id),
                keep_apart=state.links.get(case_id, ()),
                look_again=case_id in look_again,
                seen=tuple(seen.get(case_id, ())),
                awaited=tuple(awaited.get(case_id, ())),
                reviews=tuple(reviews.get(case_id, ())),
                closed_at_ms=state.closed.get(case_id),
                aliases=tuple(aliases.get(case_id, ())),
                legal_hold=case_id in state.legal_holds,
            ),
        )


def _case_half(case_id: str, of_case: _OfCase) -> CaseHalf:
    return CaseHalf(
        case_id=case_id,
        case=of_case.case,
        keep_apart=of_case.keep_apart,
        look_again=of_case.look_again,
        seen=tuple(SeenAbout(day, *item) for day, items in of_case.seen for item in sorted(items)),
        awaited=tuple(_awaited_action(each) for each in of_case.awaited),
        reviews=of_case.reviews,
        closed_at_ms=of_case.closed_at_ms,
        aliases=of_case.aliases,
        legal_hold=of_case.legal_hold,
    )


def _buckets(days: Map[int, SeenDay], only_hashed: bool) -> tuple[SeenBucket, ...]:
    buckets: list[SeenBucket] = []
    for day in sorted(days):
        seen = days[day]
        runs = tuple(hashlib.sha256(run).digest() for run in seen.runs) if only_hashed else seen.runs
        buckets.append(SeenBucket(day, runs, b"".join(key + value for key, value in sorted(seen.newest.items()))))
    return tuple(buckets)


def _day(bucket: SeenBucket, width: int) -> SeenDay:
    step = ID_BYTES + width
    newest = bucket.newest
    items = {newest[at : at + ID_BYTES]: newest[at + ID_BYTES : at + step] for at in range(0, len(newest), step)}
    return SeenDay(bucket.runs, Map(items))


def _take_clear(draft: Draft, half: ClearHalf) -> None:
    draft.sequence = half.sequence
    draft.at_ms = half.at_ms
    draft.rules_version = half.rules_version
    draft.policy = half.policy
    draft.projects = Map({project.project_id: project for project in half.projects})
    draft.duty = Map({duty.project_id: duty for duty in half.duty})
    draft.units = Map({unit.unit_id: unit for unit in half.units})
    draft.holds = Map({hold.hold_id: hold for hold in half.holds})
    draft.crowded = half.crowded
    draft.explained_from = half.explained_from
    draft.answers = Map({answers.project_id: answers for answers in half.answers})
    draft.seen_ids = Map({bucket.day: _day(bucket, SEQUENCE_BYTES) for bucket in half.seen})


def _take_case(draft: Draft, half: CaseHalf) -> None:
    """Take in one case. What it shares with a case whose part is missing is entered for that one too, as a fold without its key would have it."""
    case_id = half.case_id
    if half.case is not None:
        draft.cases = draft.cases.set(case_id, half.case)
    for other in half.keep_apart:
        draft.link(case_id, other)
    if half.closed_at_ms is not None:
        draft.closed = draft.closed.set(case_id, half.closed_at_ms)
    if half.legal_hold:
        draft.legal_holds = draft.legal_holds.set(case_id, True)
    for alias in half.aliases:
        draft.aliases = draft.aliases.set(alias, case_id)
    if half.look_again:
        draft.look_again = tuple(sorted({*draft.look_again, case_id}))
    _take_actions(draft, half.awaited, half.reviews)
    for about in half.seen:
        by_case = draft.seen_by_case.get(about.day, Map())
        by_case = _seen_by(by_case, case_id, (about.event_id, about.content_hash, about.other_case_id))
        cases = (case_id, *about.other_case_id.split())
        for other in cases[1:]:
            by_case = _seen_by(by_case, other, (about.event_id, about.content_hash, " ".join(each for each in sorted(cases) if each != other)))
        draft.seen_by_case = draft.seen_by_case.set(about.day, by_case)


def _take_actions(draft: Draft, awaited: tuple[AwaitedAction, ...], reviews: tuple[OpenReview, ...]) -> None:
    """Raises ValueError where what waits is no action that takes two people."""
    for item in awaited:
        try:
            event = join(decode_fact(item.clear), item.private)
        except Undecodable as problem:
            raise ValueError(problem.why) from None
        if not isinstance(event, TwoPersonEvent):
            raise ValueError("no action that takes two people")  # noqa: TRY004 (bytes that are no such part, as everywhere here)
        draft.awaited = draft.awaited.set(event.event_id, Awaited(event, item.until_ms, item.confirmed_by))
    for review in reviews:
        draft.reviews = draft.reviews.set(review.action_id, review)


def _seen_by(by_case: Map[str, SeenItems], case_id: str, item: tuple[bytes, bytes, str]) -> Map[str, SeenItems]:
    items = by_case.get(case_id, ())
    return by_case if item in items else by_case.set(case_id, (*items, item))
