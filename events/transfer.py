"""Stream `transfer`: a case needs a place elsewhere, until somebody has arrived or it ended otherwise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from events.fact import Actor, SealedUnder
from events.vocabulary import DeclineCode, Escalation, Level, OverrideCode, ProposalEnd, Reason, Rule, ScarcityStanding, TransferEnd, Urgency


@dataclass(frozen=True, slots=True)
class TransferRequested:
    """The responsible project, or the helpline, asks for a place elsewhere. One live transfer a case."""

    sealed_under: ClassVar = SealedUnder.CASE
    event_id: str
    actor: Actor
    case_id: str
    transfer_id: str
    """Random UUID chosen by whoever asks."""
    reason: Reason
    urgency: Urgency
    needed_by_ms: int
    """The request's own deadline."""
    leaving_province: str | None
    """Territory being left; excluded when the reason is safety."""
    wished_levels: tuple[Level, ...]
    wished_regions: tuple[str, ...]
    note: str


@dataclass(frozen=True, slots=True)
class TransferAmended:
    """What a transfer needs has changed: everything here takes the place of what was asked. A proposal that no longer holds is released.

    Where the helpline amends, the request is asked anew: earlier disclosures and declines no longer count.
    """

    sealed_under: ClassVar = SealedUnder.CASE
    event_id: str
    actor: Actor
    case_id: str
    transfer_id: str
    urgency: Urgency
    needed_by_ms: int
    leaving_province: str | None
    wished_levels: tuple[Level, ...]
    wished_regions: tuple[str, ...]
    expected_arrival_ms: int | None
    """For whoever is on the way; null: unchanged."""
    note: str


@dataclass(frozen=True, slots=True)
class TransferWithdrawn:
    """Whoever asked no longer does; a hold is released. Not possible after departure."""

    sealed_under: ClassVar = SealedUnder.CASE
    event_id: str
    actor: Actor
    case_id: str
    transfer_id: str


@dataclass(frozen=True, slots=True)
class ProposalConfirmed:
    """The helpline confirms a prepared proposal: from here on the project knows of it and has its time to answer."""

    sealed_under: ClassVar = SealedUnder.CASE
    event_id: str
    actor: Actor
    case_id: str
    transfer_id: str
    proposal_id: str | None
    """null: whichever is prepared."""


@dataclass(frozen=True, slots=True)
class MatchOverridden:
    """The helpline proposes a unit of its choice. Where the matcher ranks others before it, that takes two people of different bodies."""

    sealed_under: ClassVar = SealedUnder.CASE
    event_id: str
    actor: Actor
    case_id: str
    transfer_id: str
    unit_id: str
    code: OverrideCode
    """Why this one; why the better ones are skipped, where there are any."""
    text: str
    """In words; needed, at most 4,000 characters."""
    emergency: str
    """Why one body alone must do; empty: it need not."""


@dataclass(frozen=True, slots=True)
class ProposalAccepted:
    """The receiving project says yes before the deadline."""

    sealed_under: ClassVar = SealedUnder.CASE
    event_id: str
    actor: Actor
    case_id: str
    transfer_id: str
    proposal_id: str | None
    """null: the transfer's live proposal."""


@dataclass(frozen=True, slots=True)
class ProposalDeclined:
    """The receiving project says no, with a code; the next place is proposed in the same entry."""

    sealed_under: ClassVar = SealedUnder.CASE
    event_id: str
    actor: Actor
    case_id: str
    transfer_id: str
    proposal_id: str | None
    code: DeclineCode
    text: str
    """Needed for `OTHER`; at most 4,000 characters."""


@dataclass(frozen=True, slots=True)
class DepartureConfirmed:
    """The person has left for the accepted place."""

    sealed_under: ClassVar = SealedUnder.CASE
    event_id: str
    actor: Actor
    case_id: str
    transfer_id: str
    expected_arrival_ms: int


@dataclass(frozen=True, slots=True)
class ArrivalConfirmed:
    """The receiving project confirms that the person is there; responsibility passes."""

    sealed_under: ClassVar = SealedUnder.CASE
    event_id: str
    actor: Actor
    case_id: str
    transfer_id: str


@dataclass(frozen=True, slots=True)
class TransferEnded:
    """The transfer ended without an arrival."""

    sealed_under: ClassVar = SealedUnder.CASE
    event_id: str
    actor: Actor
    case_id: str
    transfer_id: str
    how: TransferEnd
    """One of returned (after departure), left, missing, placed_outside, unmatched (the helpline alone, of a request that waits)."""


@dataclass(frozen=True, slots=True)
class AuthorityNotified:
    """The authority was notified that a minor is missing."""

    sealed_under: ClassVar = SealedUnder.CASE
    event_id: str
    actor: Actor
    case_id: str
    transfer_id: str
    """In which the minor went missing."""


@dataclass(frozen=True, slots=True)
class SafeStopAgreed:
    """On the way, a safe stop was agreed: people no longer agree to move, or cannot go on. The journey ends there and the hold is released."""

    sealed_under: ClassVar = SealedUnder.CASE
    event_id: str
    actor: Actor
    case_id: str
    transfer_id: str


@dataclass(frozen=True, slots=True)
class PlaceHeld:
    """(outcome) Places of one unit are held until a deadline; nobody else can be proposed them. Clear."""

    sealed_under: ClassVar = SealedUnder.NOBODY
    hold_id: str
    unit_id: str
    places: int
    until_ms: int


@dataclass(frozen=True, slots=True)
class PlaceReserved:
    """(outcome) The hold no longer runs out: its project accepted. Clear."""

    sealed_under: ClassVar = SealedUnder.NOBODY
    hold_id: str
    unit_id: str
    places: int


@dataclass(frozen=True, slots=True)
class PlaceOccupied:
    """(outcome) The held places are occupied; the hold ends when a published count takes this entry into account. Clear."""

    sealed_under: ClassVar = SealedUnder.NOBODY
    hold_id: str
    unit_id: str
    places: int


@dataclass(frozen=True, slots=True)
class PlaceKept:
    """(outcome) The place being left stays held, so that a person can come back. Clear; in the departure's entry, which names no destination."""

    sealed_under: ClassVar = SealedUnder.NOBODY
    hold_id: str
    unit_id: str
    places: int


@dataclass(frozen=True, slots=True)
class PlaceReleased:
    """(outcome) The hold is over and its places are counted as before it. Clear; why is sealed in the outcome beside it."""

    sealed_under: ClassVar = SealedUnder.NOBODY
    hold_id: str
    unit_id: str
    places: int


@dataclass(frozen=True, slots=True)
class ProposalMade:
    """(outcome) One place is offered to one project until a deadline."""

    sealed_under: ClassVar = SealedUnder.CASE
    case_id: str
    transfer_id: str
    proposal_id: str
    hold_id: str
    unit_id: str
    project_id: str
    deadline_at_ms: int
    score: int
    policy_version: int
    reminders_at_ms: tuple[int, ...] = ()
    """When the project is reminded, in order."""


@dataclass(frozen=True, slots=True)
class ProposalPrepared:
    """(outcome) One place is held for a case and will be offered to its project once the helpline has confirmed; `ProposalMade` under the same id then."""

    sealed_under: ClassVar = SealedUnder.CASE
    case_id: str
    transfer_id: str
    proposal_id: str
    hold_id: str
    unit_id: str
    project_id: str
    deadline_at_ms: int
    """Until when the helpline may confirm."""
    score: int
    policy_version: int


@dataclass(frozen=True, slots=True)
class OutOfOrder:
    """(outcome) People proposed a unit before others that the matcher ranks higher; reported with the code they gave."""

    sealed_under: ClassVar = SealedUnder.CASE
    case_id: str
    transfer_id: str
    proposal_id: str
    rank: int
    """Of the chosen unit, 1 the best; one more than there are where it had declined before."""
    better: tuple[str, ...]
    """Units ranked higher, best first."""
    code: OverrideCode


@dataclass(frozen=True, slots=True)
class ProposalEnded:
    """(outcome) The proposal is no longer live."""

    sealed_under: ClassVar = SealedUnder.CASE
    case_id: str
    transfer_id: str
    proposal_id: str
    hold_id: str
    how: ProposalEnd


@dataclass(frozen=True, slots=True)
class ProposalPassed:
    """(outcome) An accepted place is another project's from here on, with its unit (`UnitPassed`)."""

    sealed_under: ClassVar = SealedUnder.CASE
    case_id: str
    transfer_id: str
    proposal_id: str
    project_id: str


@dataclass(frozen=True, slots=True)
class PlaceKeptFor:
    """(outcome) Whose place a kept hold is, and until when; beside `PlaceKept`, and again at arrival with the final instant."""

    sealed_under: ClassVar = SealedUnder.CASE
    case_id: str
    transfer_id: str
    hold_id: str
    until_ms: int | None
    """null: until arrival is known."""


@dataclass(frozen=True, slots=True)
class TransferEscalated:
    """(outcome) An operator decides from here: nobody is refused by a machine."""

    sealed_under: ClassVar = SealedUnder.CASE
    case_id: str
    transfer_id: str
    why: Escalation


@dataclass(frozen=True, slots=True)
class TransferClosed:
    """(outcome) The transfer is over."""

    sealed_under: ClassVar = SealedUnder.CASE
    case_id: str
    transfer_id: str
    how: TransferEnd


@dataclass(frozen=True, slots=True)
class NotificationDue:
    """(outcome) A minor is missing: the authority has to be notified. Once more where nobody did in time, and an operator is called in."""

    sealed_under: ClassVar = SealedUnder.CASE
    case_id: str
    transfer_id: str
    deadline_at_ms: int
    overdue: bool


PART_OF_SCARCITY = "scarcity"
"""The score part after those of `Weights` where the policy has a `matching` record: what the place is worth to those who may still need it."""


@dataclass(frozen=True, slots=True)
class KindTold:
    """A kind of request that would lose most by some place, as the matcher priced it."""

    kind: str
    """As it stands in the policy."""
    free: int
    """How many such requests the fresh free places of the network could serve."""
    weight: int
    """Points a person and place."""


@dataclass(frozen=True, slots=True)
class ScarcityTold:
    """Whether scarcity weights played a part in a match, and which."""

    standing: ScarcityStanding
    kinds: tuple[KindTold, ...]
    """What the units scored are priced by, sorted by kind; empty where no weights were in force."""
    unknown: int
    """How many of the units scored could serve no kind that has weights: they cost nothing."""


@dataclass(frozen=True, slots=True)
class Excluded:
    """One rule with the units it excluded, sorted by id. Rules 2 and 3 appear together under `safety`."""

    rule: str
    """A value of `Rule`, or `safety` for `NEVER_TOWARDS_DANGER` and `NEVER_WITH_EXPLOITERS`."""
    units: tuple[str, ...]
    """Empty where they are too many to be named."""
    more: int = 0
    """Units excluded beside those named."""

    @property
    def count(self) -> int:
        """Units that the rule excluded."""
        return len(self.units) + self.more


@dataclass(frozen=True, slots=True)
class Scored:
    """A unit that fitted, with its score parts in the order of `Weights`' fields, then `PART_OF_SCARCITY` and `PART_OF_TRUST` where policy has those,
    their signs included."""

    unit_id: str
    parts: tuple[int, ...]
    total: int
    observed_at_ms: int


PART_OF_TRUST = "trust"
"""The last score part where the policy has a `trust` record: what is taken off for the chance that the place is not free after all."""


@dataclass(frozen=True, slots=True)
class TrustTold:
    """What was known of a project's published places of one range of ages, and so how far they were trusted."""

    project_id: str
    up_to_ms: int | None
    """The oldest age of the range; null: no end."""
    free: int
    """Answers by which such a place was free, in hundredths; old ones count less."""
    not_free: int
    """Answers by which it was not free after all, likewise."""
    permille: int
    """The probability that such a place is free, in thousandths."""


MOST_TRUST_TOLD = 3
"""Of so many units, the best, an explanation says what the trust in them follows from: that does not grow with the network."""


@dataclass(frozen=True, slots=True)
class Rest:
    """Units that fitted and are not scored one by one."""

    units: int
    """How many; at least one."""
    highest: int
    """Of their total scores."""
    lowest: int


@dataclass(frozen=True, slots=True)
class MatchExplained:
    """(outcome) Accounts for every unit of the network at one decision: excluded by which rule, or scored how. Beside `ProposalMade` or an escalation."""

    sealed_under: ClassVar = SealedUnder.EXPLANATION
    case_id: str
    transfer_id: str
    proposal_id: str | None
    """null: nothing fitted."""
    policy_version: int
    excluded: tuple[Excluded, ...]
    """In the order of `Rule`."""
    scored: tuple[Scored, ...]
    """The best, best first; all of them where `rest` is null."""
    asked: tuple[Scored, ...]
    """Of the excluded units those that are asked by inquiry in this entry, best first; `observed_at_ms` 0: nothing was ever published."""
    period: int | None = None
    """The month under whose key it is sealed (`events.period`); null: explanations have no term of their own, and their key goes with the case's."""
    rest: Rest | None = None
    """Those that fitted beside `scored`, all of them worse; null: there are none."""
    digest: bytes | None = None
    """SHA-256 of the whole answer (`events.explanation`); null: an entry of old, in which everything is named."""
    trust: tuple[TrustTold, ...] = ()
    """What the trust in the best of `scored` follows from (`MOST_TRUST_TOLD` units at most, each project and range once); empty where policy has no trust."""
    scarcity: ScarcityTold | None = None
    """null: the policy says nothing of scarcity."""
    short_by: int = 0
    """By how many points at most this and what was decided with it fall short of the best for all together; 0: it is proven best."""


RULES_SHOWN_AS_SAFETY = frozenset({Rule.NEVER_TOWARDS_DANGER, Rule.NEVER_WITH_EXPLOITERS})
