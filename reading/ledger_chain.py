"""Which records of a ledger partition are its entries: the acceptance rule applied record by record. Pure; every reader uses it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from events import errors as facts
from events.acceptance import Ignored, Position, advance, is_genesis, why_ignored
from events.codec import decode_body
from events.entry import Body, Decided, Genesis, NoEvent, SourceChanged
from events.envelope import Envelope, open_envelope
from events.quick import quick
from reading.errors import BodyUnreadable

Headers = tuple[tuple[str, bytes], ...]
Rule = Callable[[Position, Envelope], Ignored | None]


@quick
@dataclass(frozen=True, slots=True)
class AcceptedRecord:
    """An entry: a ledger record that the acceptance rule let pass, with its body opened (what is sealed inside stays sealed)."""

    position: Position
    """Where a reader stands after it; `position.offset` is its own ledger offset."""
    value: bytes
    """The whole record value: what is hashed, relayed and kept by the views."""
    envelope: Envelope
    body: Body
    headers: Headers
    """Who wrote it (`worker`, `build`); outside the hash, so only a hint."""


class Chain:
    """Follows one network's chain. Feed it the records of the partition in offset order.

    `position` is None until the genesis was taken. The rule is a parameter for tests that break it on purpose; no setting reaches it.
    """

    def __init__(self, network: str, topic_id: str, anchor: Position | None = None, *, rule: Rule = why_ignored) -> None:
        self.network = network
        self.topic_id = topic_id
        self.position = anchor
        self._rule = rule

    def take(self, offset: int, value: bytes | None, headers: Headers = ()) -> AcceptedRecord | Ignored:
        """The record as the next entry, or why it is not.

        Raises BodyUnreadable where the envelope is accepted and the body cannot be read or contradicts it; the position then stays before it.
        """
        try:
            envelope = open_envelope(value or b"")
        except facts.EnvelopeUnreadable:
            return Ignored.ENVELOPE
        if self.position is None:
            return self._take_genesis(offset, value or b"", envelope, headers)
        ignored = self._rule(self.position, envelope)
        if ignored is not None:
            return ignored
        body = self._body(offset, envelope)
        contradiction = _contradiction(envelope, body)
        if contradiction:
            raise BodyUnreadable(self.network, envelope.sequence, offset, contradiction)
        return self._accept(self.position, offset, value or b"", envelope, body, headers)

    def _take_genesis(self, offset: int, value: bytes, envelope: Envelope, headers: Headers) -> AcceptedRecord | Ignored:
        if not is_genesis(self.network, envelope):
            return Ignored.GENESIS
        body = self._body(offset, envelope)
        if not isinstance(body, Genesis):
            return Ignored.GENESIS
        before = Position(self.network, self.topic_id, -1, -1, bytes(32), -2, envelope.event_time_ms)
        return self._accept(before, offset, value, envelope, body, headers)

    def _body(self, offset: int, envelope: Envelope) -> Body:
        try:
            return decode_body(envelope.body)
        except facts.BodyUnreadable as unreadable:
            raise BodyUnreadable(self.network, envelope.sequence, offset, str(unreadable)) from None

    def _accept(self, before: Position, offset: int, value: bytes, envelope: Envelope, body: Body, headers: Headers) -> AcceptedRecord:
        self.position = advance(before, offset, value, envelope, body)
        return AcceptedRecord(self.position, value, envelope, body, headers)


def _contradiction(envelope: Envelope, body: Body) -> str | None:
    """What in an operator's body cannot stand in its envelope; None where all is well."""
    match body:
        case Decided():
            return None
        case NoEvent(first_offset=first, last_offset=last):
            return None if envelope.event_offset == first <= last else "the offsets of NoEvent do not begin at the envelope's"
        case SourceChanged(last_old_offset=last, first_new_offset=first):
            return None if last == envelope.event_offset - 1 and first >= 0 else "the last old offset is not the one before the envelope's"
        case Genesis():
            return "a second genesis"


def accepted_records(
    network: str, records: Iterable[tuple[int, bytes | None]], anchor: Position | None = None, *, rule: Rule = why_ignored
) -> Iterator[AcceptedRecord]:
    """The entries among `records` (ledger offset, value), in order: the reader for exports, archives and tests. Raises BodyUnreadable."""
    chain = Chain(network, anchor.topic_id if anchor else "", anchor, rule=rule)
    for offset, value in records:
        taken = chain.take(offset, value)
        if isinstance(taken, AcceptedRecord):
            yield taken
