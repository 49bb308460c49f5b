"""Stream `referral`: somebody signals a possible victim; a project takes responsibility."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from events.fact import Actor, SealedUnder
from events.vocabulary import AgeGroup, Gender, Need, Source


@dataclass(frozen=True, slots=True)
class Member:
    """One person of a household, without a name."""

    person: str
    """Slug unique within the case: `a`, `b`, ..."""
    age_group: AgeGroup
    gender: Gender
    parent: bool
    """Is parent of the minors in this household."""
    essential_needs: tuple[Need, ...]
    preferred_needs: tuple[Need, ...]
    languages: tuple[str, ...]
    """ISO 639-3, sorted."""
    only_language: bool
    """Nobody else could be understood: one of `languages` is essential."""


@dataclass(frozen=True, slots=True)
class ReferralReceived:
    """A possible victim, or a household moving together, becomes known. The case id is random."""

    sealed_under: ClassVar = SealedUnder.CASE
    event_id: str
    actor: Actor
    case_id: str
    source: Source
    province: str | None
    """Where the person is; null: not said. Routes to the competent project; uncovered territory: the helpline."""
    household: tuple[Member, ...]
    note: str
    """Free text, at most 4,000 characters."""


@dataclass(frozen=True, slots=True)
class ReferralAccepted:
    """A project takes the case in charge (*presa in carico*)."""

    sealed_under: ClassVar = SealedUnder.CASE
    event_id: str
    actor: Actor
    case_id: str
    project_id: str
    hosted_unit_id: str | None
    """The unit of the project where the household lives; null: elsewhere."""


@dataclass(frozen=True, slots=True)
class ReferralRouted:
    """(outcome) To whom a referral goes."""

    sealed_under: ClassVar = SealedUnder.CASE
    case_id: str
    project_id: str | None
    """Competent project; null: the helpline."""


@dataclass(frozen=True, slots=True)
class ResponsibilityPassed:
    """(outcome) Who is responsible for the case from here on; never empty."""

    sealed_under: ClassVar = SealedUnder.CASE
    case_id: str
    project_id: str | None
    """null: the helpline."""
