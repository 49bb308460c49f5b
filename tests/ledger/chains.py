"""Building ledger records by hand, right and wrong."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from events.codec import encode_body
from events.entry import Body, Decided, Genesis
from events.envelope import GENESIS_PREVIOUS_HASH, Envelope, hash_of, seal_envelope

GENESIS_BODY = Genesis("cluster", "events-id", "ledger-id", 0, 1000)


def genesis_value(network: str = "it") -> bytes:
    return seal_envelope(Envelope(network, 0, GENESIS_PREVIOUS_HASH, -1, 1000, encode_body(GENESIS_BODY)))


@dataclass
class HandChain:
    """A growing chain of right records."""

    network: str = "it"
    values: list[bytes] = field(default_factory=list)
    event_offset: int = -1
    time_ms: int = 1000

    def __post_init__(self) -> None:
        self.values.append(genesis_value(self.network))

    def next_envelope(self, body: Body | None = None) -> Envelope:
        """The envelope that would be accepted next."""
        chosen = body or Decided(f"event {self.event_offset + 1}".encode(), (), None, None)
        return Envelope(self.network, len(self.values), hash_of(self.values[-1]), self.event_offset + 1, self.time_ms + 1, encode_body(chosen))

    def add(self, body: Body | None = None) -> bytes:
        """Append the next record."""
        envelope = self.next_envelope(body)
        self.values.append(seal_envelope(envelope))
        self.event_offset, self.time_ms = envelope.event_offset, envelope.event_time_ms
        return self.values[-1]


def wrong_records(chain: HandChain) -> dict[str, bytes]:
    """Records that each break exactly one condition of the acceptance rule, by the condition's name."""
    right = chain.next_envelope()
    other_body = encode_body(Decided(b"another", (), None, None))
    return {
        "unreadable_envelope": seal_envelope(right) + b"\0",
        "other_network": seal_envelope(replace(right, network="fr", body=other_body)),
        "sequence": seal_envelope(replace(right, sequence=right.sequence + 1, body=other_body)),
        "previous_hash": seal_envelope(replace(right, previous_hash=bytes(32), body=other_body)),
        "event_offset": seal_envelope(replace(right, event_offset=right.event_offset + 1, body=other_body)),
        "event_time": seal_envelope(replace(right, event_time_ms=chain.time_ms - 1, body=other_body)),
    }
