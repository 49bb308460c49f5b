"""Stream `person`: agreement, dangers, keep-apart links, erasure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from events.fact import Actor, Danger, SealedUnder
from events.vocabulary import KeepApart


@dataclass(frozen=True, slots=True)
class AgreementGiven:
    """One adult (or a guardian for a minor) agrees to move, until an instant."""

    sealed_under: ClassVar = SealedUnder.CASE
    event_id: str
    actor: Actor
    case_id: str
    person: str
    """`Member.person` for whom the agreement is given."""
    until_ms: int


@dataclass(frozen=True, slots=True)
class AgreementWithdrawn:
    """The agreement of one adult ends; holds are released at once, unless already on the way."""

    sealed_under: ClassVar = SealedUnder.CASE
    event_id: str
    actor: Actor
    case_id: str
    person: str


@dataclass(frozen=True, slots=True)
class DangerDeclared:
    """A place or organisation is dangerous for the case. A hold towards it is released at once."""

    sealed_under: ClassVar = SealedUnder.CASE
    event_id: str
    actor: Actor
    case_id: str
    danger: Danger


@dataclass(frozen=True, slots=True)
class KeepApartDeclared:
    """Two cases must never be near each other. Sealed once under each case's key."""

    sealed_under: ClassVar = SealedUnder.CASE
    event_id: str
    actor: Actor
    case_id: str
    other_case_id: str
    why: KeepApart


@dataclass(frozen=True, slots=True)
class SafetyLowered:
    """A danger to the case, or a link that keeps it apart, is removed. Takes effect when a second person of another body confirms it, never before."""

    sealed_under: ClassVar = SealedUnder.CASE
    event_id: str
    actor: Actor
    case_id: str
    danger: Danger | None
    """The danger that is there no longer; null: a link is removed. Exactly one of the two is given."""
    other_case_id: str | None
    """The case from which this one is no longer kept apart; null: a danger is removed."""
    why: str
    """For the second person; needed, at most 4,000 characters."""


@dataclass(frozen=True, slots=True)
class CaseErased:
    """The person's data go: state forgets the case, then its keys are destroyed. Live transfer and holds end first.

    Sealed under the network's key: it must stay readable after the case's key is gone, being the list of destroyed keys.
    """

    sealed_under: ClassVar = SealedUnder.NETWORK
    event_id: str
    actor: Actor
    case_id: str


@dataclass(frozen=True, slots=True)
class CasesFoundSame:
    """Two cases are one person, or one household: the first stays, the second becomes another name of it. Sealed once under each case's key."""

    sealed_under: ClassVar = SealedUnder.CASE
    event_id: str
    actor: Actor
    case_id: str
    """The case that stays."""
    other_case_id: str
    """Nothing may be reported about this one any more."""


@dataclass(frozen=True, slots=True)
class AliasErased:
    """(outcome) A case found the same as the one that this entry erases goes with it. Under the network's key, as `CaseErased` is."""

    sealed_under: ClassVar = SealedUnder.NETWORK
    case_id: str
