"""Stream `person`: agreement, dangers, keep-apart links, erasure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from events.fact import Actor, Danger, SealedUnder
from events.vocabulary import AgeGroup, ChildView, GivenBy, KeepApart


@dataclass(frozen=True, slots=True)
class AgreementGiven:
    """One adult agrees to move, or whoever decides for a minor, until an instant."""

    sealed_under: ClassVar = SealedUnder.CASE
    event_id: str
    actor: Actor
    case_id: str
    person: str
    """`Member.person` for whom the agreement is given."""
    until_ms: int
    given_by: GivenBy | None = None
    """null: not said; then an adult themselves, and for a minor nobody who counts."""
    view: ChildView | None = None
    """A minor's own view, needed with a guardian's or authority's agreement; null for an adult."""


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
class VitalInterestInvoked:
    """Nobody is able to decide for a person whose life or limb is at stake: they may be moved until an instant. Two people, and always reviewed."""

    sealed_under: ClassVar = SealedUnder.CASE
    event_id: str
    actor: Actor
    case_id: str
    person: str
    until_ms: int
    """At most a week ahead."""
    why: str
    """What is at stake, and why nobody can decide; needed, at most 4,000 characters."""
    emergency: str | None
    """Why one body alone must do; null: a second person confirms. At most 4,000 characters."""


@dataclass(frozen=True, slots=True)
class AgeAssessed:
    """How old a person is held to be from here on. What takes a minor's protection away takes two people, save where the review of a birthday is due."""

    sealed_under: ClassVar = SealedUnder.CASE
    event_id: str
    actor: Actor
    case_id: str
    person: str
    age_group: AgeGroup
    adult_from_ms: int | None
    """When a minor turns eighteen: the first instant of a month, never finer. null: not known, or an adult."""
    why: str
    """On what that rests; needed, at most 4,000 characters."""


@dataclass(frozen=True, slots=True)
class MajorityReviewDue:
    """(outcome) A person turned eighteen: somebody reviews where they live and what they need. Nothing else follows; `AgeAssessed` closes it."""

    sealed_under: ClassVar = SealedUnder.CASE
    case_id: str
    person: str


@dataclass(frozen=True, slots=True)
class GroupKeptApart:
    """Several cases must never be near each other, any of them any other. Sealed once under each case's key."""

    sealed_under: ClassVar = SealedUnder.CASE
    event_id: str
    actor: Actor
    case_id: str
    other_case_ids: tuple[str, ...]
    """Each once; at most 19."""
    why: KeepApart


@dataclass(frozen=True, slots=True)
class LegalHoldPlaced:
    """Nothing of a case is destroyed while the hold stands, by term or by erasure. Takes two people of different bodies."""

    sealed_under: ClassVar = SealedUnder.CASE
    event_id: str
    actor: Actor
    case_id: str
    why: str
    """Needed, at most 4,000 characters."""


@dataclass(frozen=True, slots=True)
class LegalHoldLifted:
    """A legal hold is over; terms run again. Takes two people of different bodies."""

    sealed_under: ClassVar = SealedUnder.CASE
    event_id: str
    actor: Actor
    case_id: str
    why: str
    """Needed, at most 4,000 characters."""


@dataclass(frozen=True, slots=True)
class CaseExpired:
    """(outcome) The term of a closed case is over: state and views forget it, then its keys are destroyed.

    Sealed under the network's key, like `CaseErased`: it is part of the list of destroyed keys.
    """

    sealed_under: ClassVar = SealedUnder.NETWORK
    case_id: str


@dataclass(frozen=True, slots=True)
class ExplanationsExpired:
    """(outcome) The term of explanations is over: the keys of those given in `period` or before are destroyed.

    Sealed under the network's key, like `CaseExpired`. Where a legal hold is lifted, it says so of the one case whose explanations had been kept.
    """

    sealed_under: ClassVar = SealedUnder.NETWORK
    period: int
    """A month (`events.period`)."""
    only: tuple[str, ...] | None
    """A case and its other names, sorted; null: every case that is not among the kept."""
    kept: tuple[str, ...]
    """Cases under a legal hold and their other names, sorted: nothing of theirs is destroyed."""


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
