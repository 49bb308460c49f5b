"""How each bug is planted. Every function gives a block in which the product has the bug."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any

from coordinator.domain import (
    agenda,
    answering,
    explaining,
    network,
    on_duty,
    proposing,
    requests,
    rights,
    same_case,
    seen_events,
    settling,
    snapshot,
    transfer,
    two_people,
    weights_end,
)
from coordinator.domain.agenda import Kind
from coordinator.domain.deciding import Deciding
from coordinator.domain.draft import Draft
from coordinator.ledger.deciding import Deciding as DecidingEvents
from coordinator.ledger.events_source import EventsSource
from coordinator.ledger.fold import Folding
from coordinator.ledger.state_hash import StateHasher
from coordinator.ledger.trimming import _Records
from coordinator.matching import accounting, assignment, best_place, competition, open_units, scarcity, score, worth
from coordinator.matching.terms import Terms
from events import acceptance, envelope, seal
from events.acceptance import Ignored, Position
from events.answers import summed
from events.availability import CapacityChanged
from events.codec import split
from events.envelope import Envelope
from events.errors import EnvelopeUnreadable
from events.facts import Outcome
from events.referral import ReferralReceived
from events.transfer import PlaceReleased
from events.trust import TrustTable
from events.vocabulary import Escalation, ScarcityStanding
from projections import actions, capacity, owed, transfers
from projections.hand_over import HandOver
from projections.schema import channel_of
from projections.store import _POSITION as POSITION
from projections.store import Stand, Store
from reading import erasure, keys, sealing, vault
from reading.keyring import Keyring
from reading.keys import Gone, Key, KeyStore, new_key
from reading.keys_memory import MemoryKeyStore
from reading.ledger_chain import Chain
from reading.ledger_follower import LedgerFollower
from reading.vault import Vault
from tests.planted.swapping import both, instead, patched

Plant = Callable[[], AbstractContextManager[None]]


def nothing(*_: Any, **__: Any) -> None:
    """What a broken check says."""


async def nothing_later(*_: Any, **__: Any) -> None:
    """The same, awaited."""


# The acceptance rule.


def rule_without(**right: Callable[[Position], Any]) -> Plant:
    """The rule with conditions forgotten: these fields of an envelope are taken to be what they should be."""

    def broken(position: Position, record: Envelope) -> Ignored | None:
        return acceptance_rule(position, replace(record, **{name: value(position) for name, value in right.items()}))

    acceptance_rule = acceptance.why_ignored
    return lambda: instead(acceptance.why_ignored, broken)


def any_later_event_offset() -> AbstractContextManager[None]:
    """`>` instead of `==`."""
    rule = acceptance.why_ignored

    def broken(position: Position, record: Envelope) -> Ignored | None:
        later = record.event_offset > position.event_offset
        return rule(position, replace(record, event_offset=position.event_offset + 1) if later else record)

    return instead(rule, broken)


def anything_after_the_envelope() -> AbstractContextManager[None]:
    """Bytes after an envelope are passed over."""
    strict = envelope.open_envelope

    def broken(value: bytes) -> Envelope:
        try:
            return strict(value)
        except EnvelopeUnreadable:
            return strict(value[:-1])

    return instead(strict, broken)


def genesis_without(**right: object) -> Plant:
    """A genesis is recognised without looking at these fields."""
    strict = acceptance.is_genesis

    def broken(network: str, record: Envelope) -> bool:
        fields = {name: network if value is None else value for name, value in right.items()}
        return strict(network, replace(record, **fields))  # type: ignore[arg-type]

    return lambda: instead(strict, broken)


def genesis_of_any_body() -> AbstractContextManager[None]:
    """What looks like a genesis from outside is one."""

    def take(self: Chain, offset: int, value: bytes, record: Envelope, headers: Any) -> Any:
        if not acceptance.is_genesis(self.network, record):
            return Ignored.GENESIS
        before = Position(self.network, self.topic_id, -1, -1, bytes(32), -2, record.event_time_ms)
        return self._accept(before, offset, value, record, self._body(offset, record), headers)

    return patched(Chain, "_take_genesis", take)


# The rules of safety, and what keeps them.


def excludes_nothing(predicate: Callable[..., object]) -> Plant:
    """A named predicate lets every place pass."""
    return lambda: instead(predicate, nothing)


def lets_every_place_pass(question: Callable[..., bool]) -> Plant:
    """What the arranged units and a predicate both ask of a place is always answered with yes."""
    return lambda: instead(question, lambda *_: True)


def minors_placed_by_the_machine() -> AbstractContextManager[None]:
    """Nobody is left to a person: neither rule 10 nor what stands before it."""
    from coordinator.matching import safety

    return both(lambda: instead(safety.people_decide, nothing), lambda: instead(proposing._for_a_person, lambda *_: False))


def agreement_of_everybody() -> AbstractContextManager[None]:
    """Rule 7 with what it asks: everybody has agreed for ever."""
    from coordinator.matching import safety

    return both(lambda: instead(safety.agreement, nothing), lambda: instead(requests.agreed_until_ms, lambda *_: 1 << 60))


def a_second_proposal() -> AbstractContextManager[None]:
    """Rule 8 with what stands before it: whoever has a place proposed is looked at as if they waited."""
    from coordinator.matching import safety

    def everybody(draft: Draft, *_: object) -> list[tuple[int, int, str, str]]:
        return [(0, 0, transfer_id, draft.transfers[transfer_id]) for transfer_id in sorted(draft.transfers)]

    return both(lambda: instead(safety.one_live_proposal, nothing), lambda: instead(proposing._to_look_at, everybody))


def left_unsaid(*kinds: type[Outcome]) -> Plant:
    """Outcomes of these kinds are never given."""
    emit = Deciding.emit

    def broken(self: Deciding, outcome: Outcome) -> None:
        if not isinstance(outcome, kinds):
            emit(self, outcome)

    return lambda: patched(Deciding, "emit", broken)


def said_twice(kind: type[Outcome]) -> Plant:
    """Outcomes of this kind are given twice."""
    emit = Deciding.emit

    def broken(self: Deciding, outcome: Outcome) -> None:
        for _ in range(1 + isinstance(outcome, kind)):
            emit(self, outcome)

    return lambda: patched(Deciding, "emit", broken)


def never_due(*kinds: Kind) -> Plant:
    """Deadlines of these kinds never come."""
    due = agenda.due

    def broken(*arguments: Any) -> list[tuple[int, str, Kind]]:
        return [item for item in due(*arguments) if item[2] not in kinds]

    return lambda: instead(due, broken)


def nobody_comes_on_duty() -> AbstractContextManager[None]:
    """Duty hours begin unnoticed."""
    return instead(on_duty.next_opening_ms, lambda *_: None)


def weights_never_end() -> AbstractContextManager[None]:
    """Scarcity weights expire unnoticed."""
    return instead(weights_end.weights_end_ms, lambda *_: None)


def nobody_settles() -> AbstractContextManager[None]:
    """A danger, a link or a withdrawn agreement changes nothing for a place already held."""
    return instead(settling.settle_cases, nothing)


def anybody_may_ask() -> AbstractContextManager[None]:
    """Whoever asks is taken to be responsible."""
    return instead(rights.responsible_or_helpline, nothing)


def anybody_may_accept() -> AbstractContextManager[None]:
    """Whoever accepts is taken to be asked."""
    return instead(rights.asked, nothing)


def one_body_suffices() -> AbstractContextManager[None]:
    """Whoever reported an action confirms it."""
    return instead(two_people._second_refused, nothing)


def never_shut() -> AbstractContextManager[None]:
    """What was opened once stays open."""
    return instead(actions.is_open, lambda action, _: action.open_until_ms is not None)


def open_to_anybody() -> AbstractContextManager[None]:
    """What one person opened is open to all."""
    strict = actions.opens

    def broken(action: Any, purpose: Any, case_id: Any, person: Any, body: Any, role: Any, at_ms: int) -> bool:
        by = action.event.actor
        return strict(action, purpose, case_id, by.person, by.body, by.role, at_ms)

    return instead(strict, broken)


def closing_ends_reviews() -> AbstractContextManager[None]:
    """A case that is closed takes with it what another body had to look at."""
    drop = Draft.drop_case
    return patched(Draft, "drop_case", lambda self, case_id, **_: drop(self, case_id))


def let_go_at_arrival() -> AbstractContextManager[None]:
    """The place left is released in the entry that shows where somebody arrived."""

    def broken(entry: Deciding, case: Any, of: Any, until_ms: int) -> None:
        for kept in case.kept:
            entry.let_go(kept.hold_id)

    return instead(transfer._keep_until, broken)


def never_waits() -> AbstractContextManager[None]:
    """Nothing is kept from anybody for others."""
    return instead(worth.may_wait, lambda *_: False)


def nothing_is_taken() -> AbstractContextManager[None]:
    """Each answer of a decision looks past what the others are given."""
    return instead(best_place._beside_the_others, lambda weighed, *_: weighed)


def taken_without_takers() -> AbstractContextManager[None]:
    """Every place counts as taken, and nobody has it."""

    def broken(weighed: Any, *_: Any) -> Any:
        return competition.Given({}, {fitting.place.unit_id: fitting.place.free for each in weighed for fitting in each.fitting}, {})

    return instead(competition.given, broken)


def as_they_come() -> AbstractContextManager[None]:
    """Requests are served as they come in."""
    return instead(competition.order_of_service, lambda _: 0)


def only_place_as_they_come() -> AbstractContextManager[None]:
    """Of those whom one place alone fits, the first in the list have it."""
    return instead(competition._best, lambda rivals, most, _: list(rivals[:most]))


def never_counted_are_seen() -> AbstractContextManager[None]:
    """Units that were never counted are taken for counted now, so that nobody asks them."""
    by_hosts = open_units._by_hosts
    return instead(by_hosts, lambda places: by_hosts([place for place in places if place.observed_at_ms is not None]))


def in_turn() -> AbstractContextManager[None]:
    """Whoever competes is served in turn; nothing better is looked for."""
    return patched(assignment._Search, "_branches", lambda *_: [])


def households_part() -> AbstractContextManager[None]:
    """Nobody looks whether a household has all its places in one unit, or two who are kept apart come near each other."""
    return patched(assignment._Search, "_torn", lambda *_: [])


def ties_by_place() -> AbstractContextManager[None]:
    """Of equal assignments the one whose places come first is taken."""
    staged = assignment._staged

    def broken(group: Any, number_of: Any) -> Any:
        named = {
            index: replace(seeker, choices=tuple(replace(choice, tie_break=choice.place.to_bytes(2)) for choice in seeker.choices))
            for index, seeker in group.items()
        }
        return staged(named, number_of)

    return instead(staged, broken)


def one_exclusion_forgotten() -> AbstractContextManager[None]:
    """An explanation leaves out one unit."""
    told = accounting._excluded

    def broken(name: str, groups: Any, *, whole: bool) -> Any:
        group = told(name, groups, whole=whole)
        return replace(group, units=group.units[1:])

    return instead(told, broken)


def dangers_of_the_other_name_lost() -> AbstractContextManager[None]:
    """Of two cases found the same, only the one that stays keeps its dangers."""
    whole = same_case._as_both
    return instead(whole, lambda stays, other: replace(whole(stays, other), dangers=stays.dangers))


def responsible_though_ended() -> AbstractContextManager[None]:
    """Whoever arrives in a project is its own, though its programme was ended."""
    return instead(transfer._responsible_at, lambda _, project_id: project_id)


def silence_is_an_answer() -> AbstractContextManager[None]:
    """Whatever ends a hold that waits for an answer counts as one that its place is not free."""

    def broken(draft: Draft, outcome: PlaceReleased) -> None:
        draft.corrected = outcome.unit_id
        answered(draft, outcome)

    answered = answering.evolve_answered_not_free
    return instead(answered, broken)


def answers_of_others() -> AbstractContextManager[None]:
    """The answers of any project are taken for one's own."""
    return patched(TrustTable, "_given_by", lambda self, _, since, to: summed(self._totals[since:to]))


def ties_by_chance() -> AbstractContextManager[None]:
    """The core is not pure."""
    return instead(score.tie_break, lambda *_: secrets.token_bytes(8))


# Idempotency.


def nothing_remembered() -> AbstractContextManager[None]:
    """Ids that were decided are not remembered."""
    return instead(seen_events.remember_event, nothing)


class _Alike:
    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = None  # type: ignore[assignment]


def any_content_is_a_repeat() -> AbstractContextManager[None]:
    """A known id is a repeat, whatever it brings."""
    return instead(seen_events._hash_of, lambda *_: _Alike())


def content_hash_of_clear_fields() -> AbstractContextManager[None]:
    """What is sealed does not count as content."""
    whole = seal.content_hash
    return instead(whole, lambda secret, name, clear, _private: whole(secret, name, clear, None))


def content_hash_of_each_send() -> AbstractContextManager[None]:
    """Each send counts as other content."""
    return instead(seal.content_hash, lambda *_: secrets.token_bytes(seal.CONTENT_HASH_BYTES))


# Sealing.


def referrals_in_the_open() -> AbstractContextManager[None]:
    """One kind of event goes out with its private part as it is."""
    from events.codec import Sealed, encode_fact
    from reading.sealing import SealedFact

    whole = sealing._sealed

    def broken(fact: Any, copies: Any) -> SealedFact:
        done = whole(fact, copies)
        if not isinstance(fact, ReferralReceived):
            return done
        clear, private = split(fact)
        open_copies = tuple(Sealed(ref, key.version, private or b"") for ref, key, _ in copies)
        return SealedFact(encode_fact(type(fact).__name__, clear, open_copies), done.refs)

    return instead(whole, broken)


def bound_to(**always: object) -> Plant:
    """Seals are bound to less than their place: these parts of it are always the same."""
    whole = seal.associated_data
    names = ("network", "field", "key_version", "where")

    def broken(*parts: Any) -> bytes:
        return whole(*(always.get(name, part) for name, part in zip(names, parts, strict=True)))  # type: ignore[arg-type]

    return lambda: instead(whole, broken)


def references_not_registered() -> AbstractContextManager[None]:
    """References are remembered in the process alone."""

    async def broken(self: Keyring, refs: Mapping[bytes, Key], new: Collection[Key] = ()) -> frozenset[str]:
        gone = await self._store.register({}, new)
        self._remember(key for key in new if key.subject not in gone)
        for ref, key in refs.items():
            self._refs.put(ref, key.subject)
        return gone

    return patched(Keyring, "register", broken)


def rivals_key_passed_over() -> AbstractContextManager[None]:
    """Who offers a key that is there already goes on with what was sealed under its own."""
    whole = Keyring.register

    async def broken(self: Keyring, refs: Mapping[bytes, Key], new: Collection[Key] = ()) -> frozenset[str]:
        return (await whole(self, refs, new)).difference(key.subject for key in new)

    return patched(Keyring, "register", broken)


class _Everybody(frozenset[str]):
    def __contains__(self, _: object) -> bool:
        return True


def every_key_told() -> AbstractContextManager[None]:
    """No outcome's reference is registered, whoever it is about."""
    return patched(Vault, "_keys_told_by", lambda *_: _Everybody())


def no_key_told() -> AbstractContextManager[None]:
    """A reader looks for every key by its own reference, also where the event tells it."""
    return patched(vault, "key_told", lambda *_: None)


def copies_believed() -> AbstractContextManager[None]:
    """An event is taken to tell the key of everybody whom it is about, whether or not a reader can find it."""
    whole = Vault._keys_told_by

    def broken(self: Vault, value: bytes) -> frozenset[str]:
        told = whole(self, value)
        return _Everybody() if told else told

    return patched(Vault, "_keys_told_by", broken)


def told_keys_open_events() -> AbstractContextManager[None]:
    """A key that one event of a batch tells opens what another names by the same reference."""
    whole: Any = Vault._entry

    def broken(self: Vault, *given: Any) -> Any:
        *before, _, of_outcomes, secret = given
        return whole(self, *before, of_outcomes, of_outcomes, secret)

    return patched(Vault, "_entry", broken)


def lost_references_stay_lost() -> AbstractContextManager[None]:
    """What the store does not know is taken for what was erased."""

    async def broken(_: Vault, _lost: Any) -> Any:
        return {}, None

    return patched(Vault, "_found_again", broken)


def any_loss_accepted() -> AbstractContextManager[None]:
    """An acceptance of one event's loss holds for every event after it, too."""
    whole: Any = DecidingEvents.__init__

    def broken(self: Any, *given: Any) -> None:
        whole(self, *given)
        if self._keys_lost_through >= 0:
            self._keys_lost_through = 2**62

    return patched(DecidingEvents, "__init__", broken)


def refused_unread_is_read() -> AbstractContextManager[None]:
    """What was decided without being read is opened by a key that turns up later."""
    return patched(vault, "refused_unread", lambda _: False)


def lost_keys_are_erasures() -> AbstractContextManager[None]:
    """What no key opens is decided, as if its case had been erased."""

    async def broken(_: Any, _head: Any, records: Any, _opened: Any) -> int:
        return len(records)

    return patched(DecidingEvents, "_readable", broken)


def repetitions_stop() -> AbstractContextManager[None]:
    """An event that no key opens stops a network though its id was decided before."""
    return patched(DecidingEvents, "_is_old", lambda *_: False)


def orphans_get_keys() -> AbstractContextManager[None]:
    """Explanations get a key although their case's is gone."""
    return patched(MemoryKeyStore, "_is_orphan", lambda *_: False)


def destroyed_and_not_remembered() -> AbstractContextManager[None]:
    """What went with its key looks like what was never there."""

    async def broken(*_: Any) -> frozenset[bytes]:
        return frozenset()

    return patched(MemoryKeyStore, "were_destroyed", broken)


def references_by_chance() -> AbstractContextManager[None]:
    """An outcome's reference is random, so that a rival seals other bytes."""
    return instead(seal.outcome_ref, lambda *_: secrets.token_bytes(seal.REF_BYTES))


def sizes_as_they_are() -> AbstractContextManager[None]:
    """What is sealed is not padded."""
    return instead(seal.padded_size, lambda plain_size: plain_size + 4)


# Hashes, snapshots and the tip.


def state_hash_not_compared() -> AbstractContextManager[None]:
    """The hash that an entry carries is not held against the fold."""
    return patched(Folding, "_compare", nothing_later)


def sealed_half_not_hashed() -> AbstractContextManager[None]:
    """Only the clear half of the state is hashed."""
    whole = StateHasher.hashes

    async def broken(self: StateHasher[Any], state: Any) -> tuple[bytes, None]:
        return (await whole(self, state))[0], None

    return patched(StateHasher, "hashes", broken)


def case_made_once() -> AbstractContextManager[None]:
    """A case whose record was made once is not made again, whatever became of it."""
    whole = snapshot._case_made
    return patched(snapshot, "_case_made", lambda case_id, of_case, before: before or whole(case_id, of_case, None))


def snapshot_believed() -> AbstractContextManager[None]:
    """An anchor (a snapshot's or a view's) is believed without its entry being looked for."""

    async def broken(_: LedgerFollower, anchor: Position) -> Position:
        return anchor

    return patched(LedgerFollower, "_where_anchor_stands", broken)


def tip_never_read_again() -> AbstractContextManager[None]:
    """A reader trusts that what it has read is still there."""
    return patched(LedgerFollower, "_check_is_due", lambda _: False)


def tip_by_its_offset() -> AbstractContextManager[None]:
    """Any record at the tip's offset will do."""
    whole = LedgerFollower._compare_tip

    async def broken(self: LedgerFollower, chain: Chain, record: Any) -> None:
        if chain.position is None or record.offset != chain.position.offset:
            await whole(self, chain, record)

    return patched(LedgerFollower, "_compare_tip", broken)


def events_not_compared() -> AbstractContextManager[None]:
    """The last decided event is not held against the ledger."""

    async def broken(_: EventsSource, records: list[Any], offset: int, *__: object) -> list[Any]:
        return [record for record in records if record.offset >= offset]

    return patched(EventsSource, "_compared", broken)


async def _as_it_should(*_: object) -> bool:
    return True


def tip_never_looked_at() -> AbstractContextManager[None]:
    """The look at the tip beside the reading finds what it should, whatever is there."""
    return patched(LedgerFollower, "_tip_stands", _as_it_should)


def events_never_looked_at() -> AbstractContextManager[None]:
    """The look at the event before the next finds what it should, whatever is there."""
    return patched(EventsSource, "_is_as_before", _as_it_should)


def any_state_hashed_ahead() -> AbstractContextManager[None]:
    """A hash that was made ahead is taken, whichever state it was of."""
    rightly = DecidingEvents._hashes

    async def hashes(self: DecidingEvents[Any], state: Any, *, beside: bool = False) -> tuple[bytes, bytes | None]:
        return await rightly(self, state if self._hashed is None else self._hashed[0], beside=beside)

    return patched(DecidingEvents, "_hashes", hashes)


def trimmed_unseen() -> AbstractContextManager[None]:
    """Events are deleted without being held against the ledger."""
    return patched(_Records, "compare", nothing_later)


# Erasure.


def no_key_destroyed() -> AbstractContextManager[None]:
    """An erasure is accepted and no key goes."""

    async def broken(_gone: Gone, _store: KeyStore) -> list[str]:
        return []

    return instead(erasure._subjects_of, broken)


def explanations_outlive() -> AbstractContextManager[None]:
    """Only the case's own key goes; the one of its explanations stays."""

    async def broken(gone: Gone, _store: KeyStore) -> list[str]:
        return [f"case:{case_id}" for case_id in gone.cases]

    return instead(erasure._subjects_of, broken)


def months_are_not_told_apart() -> AbstractContextManager[None]:
    """Explanations of every month are sealed under one key."""
    return instead(explaining.explained_in, lambda _entry: None)


def held_explanations_go() -> AbstractContextManager[None]:
    """A legal hold does not keep explanations."""
    return instead(keys._expires, lambda expired, subject: subject.endswith(f":{expired.period}"))


def references_outlive() -> AbstractContextManager[None]:
    """A key goes and what refers to it stays."""

    async def broken(self: MemoryKeyStore, subjects: Iterable[str], *, through: Position | None, refs: Iterable[bytes] = ()) -> None:
        for subject in subjects:
            self._keys.pop(subject, None)
            self._destroyed.add(subject)

    return patched(MemoryKeyStore, "destroy", broken)


def keys_come_back() -> AbstractContextManager[None]:
    """Whoever asks for the key of an erased case gets a new one."""

    async def broken(self: MemoryKeyStore, subjects: Iterable[str], *, create: bool) -> Mapping[str, Key]:
        for subject in subjects:
            if create and subject not in self._keys:
                self._keys[subject] = new_key(subject)
        return {subject: self._keys[subject] for subject in subjects if subject in self._keys}

    return patched(MemoryKeyStore, "keys", broken)


def keys_stay_at_hand() -> AbstractContextManager[None]:
    """A process keeps the key of a case whose erasure it has read."""
    return patched(Vault, "forget", nothing)


def traces_stay_in_the_state() -> AbstractContextManager[None]:
    """Content hashes of an erased case's events stay in the state."""
    return instead(seen_events.forget_case, nothing)


def a_policy_by_one_body() -> AbstractContextManager[None]:
    """A new policy is adopted though no second body confirmed it."""
    return patched(network, "adoption_refused", nothing)


def weights_for_ever() -> AbstractContextManager[None]:
    """Scarcity weights are in force after their time."""

    def broken(terms: Terms, _at_ms: int) -> ScarcityStanding | None:
        matching = terms.policy.matching
        return None if matching is None else ScarcityStanding.MISSING if matching.scarcity is None else ScarcityStanding.IN_FORCE

    return patched(scarcity, "standing_of", broken)


# Views.


def position_not_checked() -> AbstractContextManager[None]:
    """A runner moves the position from wherever it is."""

    async def broken(self: Store, position: Position, stand: Stand) -> Stand:
        now = await self.connection.fetchrow("select sequence, hash from view_position")
        assert now is not None
        told = (position.topic_id, position.offset, position.sequence, position.hash, position.event_offset, position.event_time_ms)
        await self.connection.execute(POSITION["advance"], *told, now["sequence"], now["hash"], stand.generation)
        return Stand(position, stand.generation, stand.shape, position.sequence, position.hash)

    return patched(Store, "advance", broken)


def written_apart(*, position_first: bool) -> Plant:
    """Rows and position in a transaction each."""

    async def broken(self: Store, batch: Any, rows: Any, stand: Stand) -> Stand:
        moved = stand
        for step in ("position", "rows") if position_first else ("rows", "position"):
            async with self.connection.transaction():
                await self.connection.execute(f'set local search_path to "{self.schema}"')
                if step == "position":
                    moved = await self.advance(batch.position, stand)
                else:
                    await self.write_rows(batch, rows)
                    await self.connection.execute(POSITION["notify"], channel_of(self.network), str(batch.position.sequence))
        return moved

    return lambda: patched(Store, "write", broken)


def figures_not_wanted() -> AbstractContextManager[None]:
    """View capacity no longer asks for the counts that it is folded from."""
    return patched(capacity, "READS", capacity.READS - {CapacityChanged})


def silenced_for_good() -> AbstractContextManager[None]:
    """Any proposal ends what an operator was called in for, also what is never said again."""
    return patched(transfers, "_FALL_WITH_A_PROPOSAL", frozenset(Escalation))


def never_overdue() -> AbstractContextManager[None]:
    """That the time for a review or a notification is over is not seen."""
    return patched(owed, "_is_overdue", lambda *_: None)


def any_hand_over_complete() -> AbstractContextManager[None]:
    """An incomplete list for the hand-over is taken for a complete one."""
    return patched(HandOver, "is_complete", property(lambda _: True))
