"""Failures of reading. A record that is not the next entry is no failure: it is ignored (`events.acceptance.Ignored`).

    ReadingError
    +-- TopicMissing              the topic does not exist, or may not be described
    +-- ReadingStopped            reading must not go on until a person has looked; each says what was found and what to do
        +-- LedgerStopped
        |   +-- LedgerTailLost       the record at the reader's tip is gone or another one: the log lost its tail
        |   +-- LedgerHeadTrimmed    the log begins after the place where reading must begin
        |   +-- BodyUnreadable       an accepted entry whose body cannot be read, or contradicts its envelope
        |   +-- StateDiverged        the fold differs from the hash that the ledger carries
        +-- TopicChanged             the topic is another one of the same name (deleted and created again)
        +-- EventsStopped
            +-- EventsTopicChanged   the events topic is not the one that the ledger names
            +-- EventsTruncated      the events topic ends before the last event that the ledger has decided
            +-- EventDiffers         the event at a decided offset is not the one that the ledger holds
            +-- EventsHole           there is no event at the next offset, but later ones exist
            +-- EventFromFuture      an event's time is too far ahead of this machine's clock
            +-- EventKeyMissing      no key opens an event that a door of ours sealed, and none was destroyed that did

A broker that does not answer is not a failure: readers wait for it.
"""

from __future__ import annotations

from events import errors as facts

HEAL = "Run `staffetta heal` before any worker proposes."


class ReadingError(Exception):
    """The root of this tree."""


class TopicMissing(ReadingError):
    """The topic does not exist."""

    def __init__(self, topic: str) -> None:
        super().__init__(f"Topic {topic} does not exist, or may not be described. Create it with `staffetta network create`.")
        self.topic = topic


class ReadingStopped(ReadingError):
    """Reading must not go on until a person has looked. Starting again does not help."""


class LedgerStopped(ReadingStopped):
    """Something is wrong with a ledger partition."""


class LedgerTailLost(LedgerStopped):
    """The record at the reader's tip is gone, or is another one."""

    def __init__(self, network: str, sequence: int, offset: int, found: str) -> None:
        super().__init__(f"The ledger of {network} lost its tail: entry {sequence} stood at offset {offset}; {found}. {HEAL}")
        self.network = network
        self.sequence = sequence
        self.offset = offset


class LedgerHeadTrimmed(LedgerStopped):
    """The log begins after the place where reading must begin."""

    def __init__(self, network: str, needed: int, start: int) -> None:
        super().__init__(
            f"The ledger of {network} begins at offset {start}; reading must begin at {needed}. Restore it, or start from a later anchor."
        )
        self.network = network
        self.needed = needed
        self.start = start


class BodyUnreadable(LedgerStopped, facts.BodyUnreadable):
    """An accepted entry's body cannot be read, or contradicts its envelope."""

    def __init__(self, network: str, sequence: int, offset: int, why: str) -> None:
        super().__init__(
            f"Entry {sequence} of {network} (ledger offset {offset}) is accepted but its body is not usable: {why}. Use a release that knows it."
        )
        self.network = network
        self.sequence = sequence
        self.offset = offset


class StateDiverged(LedgerStopped):
    """The fold of the ledger differs from the hash that an accepted entry carries."""

    def __init__(self, network: str, sequence: int, half: str) -> None:
        super().__init__(f"The {half} half of the state of {network} before entry {sequence} differs from the hash in that entry.")
        self.network = network
        self.sequence = sequence
        self.half = half


class TopicChanged(ReadingStopped):
    """A topic of the same name, but another one."""

    def __init__(self, topic: str, expected: str, found: str) -> None:
        super().__init__(f"Topic {topic} has id {found}, and {expected} was expected: it was deleted and created again, or this is another cluster.")
        self.topic = topic
        self.expected = expected
        self.found = found


class EventsStopped(ReadingStopped):
    """Something is wrong with an events partition; no event is decided until it is understood."""


class EventsTopicChanged(EventsStopped, TopicChanged):
    """The events topic is not the one that the ledger names."""


class EventsTruncated(EventsStopped):
    """The events topic ends before the last event that the ledger has decided."""

    def __init__(self, network: str, decided: int, end: int) -> None:
        super().__init__(f"The events of {network} end at offset {end}, and the ledger has decided offset {decided}: the events topic lost its tail.")
        self.network = network
        self.decided = decided
        self.end = end


class EventDiffers(EventsStopped):
    """The event at a decided offset is not the one that the ledger holds."""

    def __init__(self, network: str, offset: int) -> None:
        super().__init__(
            f"The event of {network} at offset {offset} is not the one that the ledger holds: the events topic was truncated or replaced."
        )
        self.network = network
        self.offset = offset


class EventsHole(EventsStopped):
    """There is no event at the next offset, but later ones exist."""

    def __init__(self, network: str, first: int, last: int) -> None:
        super().__init__(
            f"The events of {network} have no record at offsets {first} to {last}. If that is right, append a NoEvent entry; if not, restore them."
        )
        self.network = network
        self.first = first
        self.last = last


class EventFromFuture(EventsStopped):
    """An event's time is too far ahead of this machine's clock: one broker with a wrong year would expire every hold for good."""

    def __init__(self, network: str, offset: int, ahead_ms: int) -> None:
        super().__init__(
            f"The event of {network} at offset {offset} is {ahead_ms} ms ahead of this machine's clock. Check the brokers' clocks and this one."
        )
        self.network = network
        self.offset = offset
        self.ahead_ms = ahead_ms


class EventKeyMissing(EventsStopped):
    """No key opens an event that a door of this network sealed, and it was not destroyed either: the key store is older than the event."""

    def __init__(self, network: str, offset: int) -> None:
        super().__init__(
            f"No key of this store opens the event of {network} at offset {offset}, and the store knows of no such key that was destroyed: it was "
            "restored from a copy older than the event. Restore a later copy. Where there is none, "
            f"`staffetta accept-loss {offset} --network {network}` has the event refused for good; then start the worker again."
        )
        self.network = network
        self.offset = offset
