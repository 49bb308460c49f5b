"""Stream `referral`: somebody signals a possible victim; a project takes responsibility."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from events.fact import Actor, SealedUnder
from events.vocabulary import (
    AgeGroup,
    ContactChannel,
    ContactReason,
    Exploitation,
    Gender,
    GroupWish,
    Indicators,
    Need,
    ReferralDeclineCode,
    ReferralEnd,
    Relevance,
    Source,
)


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
class Announced:
    """An arrival that somebody has announced: another state (Dublin), a border."""

    by: Source
    expected_at_ms: int
    """It may move (`ReferralAmended`)."""


@dataclass(frozen=True, slots=True)
class Group:
    """People who are referred together, after an inspection or a landing; each is a case of their own."""

    group_id: str
    """UUID, the same in each of the group's referrals."""
    wish: GroupWish | None
    """null: nothing follows from being a group."""


@dataclass(frozen=True, slots=True)
class ContactLogged:
    """The helpline was called or written to. Nothing about the caller beyond what they chose to say; nothing of it stays in the state.

    Under the network's key: most contacts never become a case.
    """

    sealed_under: ClassVar = SealedUnder.NETWORK
    event_id: str
    actor: Actor
    contact_id: str
    channel: ContactChannel
    language: str | None
    """ISO 639-3; null: not said."""
    relevance: Relevance
    reason: ContactReason
    region: str | None
    """Region code; never finer; null: not said."""
    note: str


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
    contact_id: str | None = None
    """The contact that led here; null: none did."""
    group: Group | None = None
    """The people referred together with this case; null: nobody."""
    announced: Announced | None = None
    """null: the person is there."""


@dataclass(frozen=True, slots=True)
class ReferralAmended:
    """What a referral says of where and when changed; every field is the new value, and the old one falls out.

    Until somebody has accepted, another province routes the referral anew.
    """

    sealed_under: ClassVar = SealedUnder.CASE
    event_id: str
    actor: Actor
    case_id: str
    province: str | None
    announced: Announced | None


@dataclass(frozen=True, slots=True)
class ReferralDeclined:
    """The project to which a referral went does not take the case; it goes to the helpline."""

    sealed_under: ClassVar = SealedUnder.CASE
    event_id: str
    actor: Actor
    case_id: str
    project_id: str
    code: ReferralDeclineCode
    text: str


@dataclass(frozen=True, slots=True)
class ReferralAssigned:
    """The helpline sends a referral that nobody has taken in charge to a project."""

    sealed_under: ClassVar = SealedUnder.CASE
    event_id: str
    actor: Actor
    case_id: str
    project_id: str


@dataclass(frozen=True, slots=True)
class AssessmentRecorded:
    """The outcome of an identification or assessment, by whoever is responsible. For reporting alone."""

    sealed_under: ClassVar = SealedUnder.CASE
    event_id: str
    actor: Actor
    case_id: str
    indicators: Indicators
    exploitation: tuple[Exploitation, ...]
    """Sorted, each once; empty: none is known."""
    text: str


@dataclass(frozen=True, slots=True)
class ReferralClosed:
    """The case is over. It leaves the live state; when it was closed is kept for as long as its key lives."""

    sealed_under: ClassVar = SealedUnder.CASE
    event_id: str
    actor: Actor
    case_id: str
    how: ReferralEnd
    text: str


@dataclass(frozen=True, slots=True)
class ResponsibilityOffered:
    """Whoever is responsible offers responsibility to another project; it stays where it is until that one accepts. Nobody moves."""

    sealed_under: ClassVar = SealedUnder.CASE
    event_id: str
    actor: Actor
    case_id: str
    project_id: str


@dataclass(frozen=True, slots=True)
class ResponsibilityTaken:
    """The project that was asked takes responsibility over. Where the person lives stays as it is."""

    sealed_under: ClassVar = SealedUnder.CASE
    event_id: str
    actor: Actor
    case_id: str
    project_id: str


@dataclass(frozen=True, slots=True)
class ResponsibilityDeclined:
    """The project that was asked does not take responsibility over, or whoever offered it takes the offer back."""

    sealed_under: ClassVar = SealedUnder.CASE
    event_id: str
    actor: Actor
    case_id: str
    text: str


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
