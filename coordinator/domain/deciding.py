"""One entry in the making: the draft it works on, the outcomes so far, and what has to be looked at again because of them."""

from __future__ import annotations

from collections.abc import Callable

from coordinator.domain.draft import Draft
from coordinator.domain.state import Case, Counted, Proposal, Unit
from coordinator.matching.best_place import Answer, Matcher, match
from coordinator.matching.terms import Terms
from events.availability import CapacityChanged
from events.facts import Event, Outcome
from events.ids import derived_id
from events.network import PolicyAdopted
from events.transfer import MatchExplained, PlaceReleased, ProposalEnded, TransferEscalated
from events.verdict import Recorded, Refused
from events.vocabulary import Escalation, HoldStage, Programme, ProposalEnd, RefusalCode

Apply = Callable[[Draft, Event | Outcome, int, int], None]
"""(draft, fact, sequence, instant): what `evolve` does for one fact of an entry."""

MOST_SECOND_LOOKS = 4
"""Each is a search through all units, and time alone seldom makes one worth asking."""


class Deciding:
    """One entry in the making. Every outcome is applied to the draft as `evolve` will apply it."""

    __slots__ = (
        "_apply",
        "_born",
        "asks",
        "at_ms",
        "changed_units",
        "draft",
        "explained",
        "matcher",
        "outcomes",
        "room",
        "second_looks",
        "sequence",
        "size_bytes",
        "to_match",
    )

    def __init__(self, draft: Draft, at_ms: int, apply: Apply, matcher: Matcher = match) -> None:
        self.draft = draft
        self.matcher = matcher
        """Ranks places for requests."""
        self.at_ms = at_ms
        self.sequence = draft.sequence
        self.outcomes: list[Outcome] = []
        self.to_match: set[str] = set()
        """Cases for which any place may have become possible."""
        self.changed_units: set[str] = set()
        """Units that may have become possible for any case."""
        self.room = most_at_once(len(draft.units))
        """Proposals that this entry may still make."""
        self.asks = self.room
        """Requests for which this entry may still open inquiries."""
        self.second_looks = MOST_SECOND_LOOKS
        """Requests with no inquiry open for which this entry may still look for units to ask, though nothing about them has changed but time."""
        self.size_bytes = 0
        """Estimate, never below the true size, of the outcomes so far on the wire."""
        self.explained: list[tuple[MatchExplained, Answer]] = []
        """Explanations given so far, with what the matcher had answered."""
        self._apply = apply
        self._born = 0

    @property
    def policy(self) -> PolicyAdopted:
        """The policy in force; only asked for once there is one."""
        assert self.draft.policy is not None
        return self.draft.policy

    @property
    def terms(self) -> Terms:
        """The terms in force; only asked for once there is a policy."""
        assert self.draft.terms is not None
        return self.draft.terms

    def emit(self, outcome: Outcome) -> None:
        """Add an outcome, and let it take effect."""
        self.outcomes.append(outcome)
        self.size_bytes += wire_size(outcome)
        self._apply(self.draft, outcome, self.sequence, self.at_ms)

    def record(self, event: Event) -> None:
        """Accept the event as a fact, and let it take effect."""
        self.emit(Recorded())
        self._apply(self.draft, event, self.sequence, self.at_ms)

    def new_id(self) -> str:
        """The id of the next thing born in this entry."""
        self._born += 1
        return derived_id(self.draft.network, self.sequence, self._born)

    def recount(self, unit_id: str) -> None:
        """Say what the network now counts on in a unit, where that changed."""
        unit = self.draft.units[unit_id]
        before, now = unit.counted, counted(self.draft, unit, self.at_ms)
        if now == before:
            return
        self.emit(
            CapacityChanged(unit_id, now.places, now.occupied, now.reserved, now.held, now.free, now.accepting, now.observed_at_ms, now.over_capacity)
        )
        if now.free and (now.free > before.free or now.observed_at_ms != before.observed_at_ms):
            self.changed_units.add(unit_id)

    def escalate(self, case: Case, why: Escalation) -> None:
        """Call in an operator for the live transfer of a case, unless that stands already."""
        transfer = case.transfer
        assert transfer is not None
        if why not in transfer.escalated:
            self.emit(TransferEscalated(case.case_id, transfer.transfer_id, why))

    def release(self, case: Case, how: ProposalEnd) -> None:
        """End the live proposal or accepted place of a case; its places are free again, and the case waits."""
        transfer = case.transfer
        assert transfer is not None and transfer.proposal is not None
        self.end_proposal(case.case_id, transfer.transfer_id, transfer.proposal, how)
        self.to_match.add(case.case_id)
        self.moved(case.case_id)

    def end_proposal(self, case_id: str, transfer_id: str, proposal: Proposal, how: ProposalEnd) -> None:
        """End a proposal or accepted place, and let its places go."""
        self.emit(ProposalEnded(case_id, transfer_id, proposal.proposal_id, proposal.hold_id, how))
        self.let_go(proposal.hold_id)

    def let_go(self, hold_id: str) -> None:
        """A hold is over; its unit is counted again."""
        hold = self.draft.holds[hold_id]
        self.emit(PlaceReleased(hold.hold_id, hold.unit_id, hold.places))
        self.recount(hold.unit_id)

    def moved(self, case_id: str) -> None:
        """A case is no longer somewhere: whoever is kept apart from it may fit there now."""
        self.to_match.update(self.draft.links.get(case_id, ()))


def most_at_once(units: int) -> int:
    """How many proposals one entry may make, and how many deadlines may happen in it, so that their explanations stay small beside a record's limit."""
    return max(8, min(128, _EXPLANATIONS_BYTES // (_EXPLAINED_UNIT_BYTES * max(1, units))))


def refused(code: RefusalCode, field: str = "") -> Refused:
    """A refusal, naming the offending field where there is one."""
    return Refused(code, field)


def counted(draft: Draft, unit: Unit, at_ms: int) -> Counted:
    """What the network counts on in a unit at an instant.

    An arrival counts on top of the published figure until a count takes its entry into account; a kept place counts once a count takes the
    departure into account, for until then whoever left is still in the published figure.
    """
    published = unit.published
    as_of = published.as_of_sequence if published is not None else -1
    arrived = held = 0
    for hold_id in draft.holds_in.get(unit.unit_id, ()):
        hold = draft.holds[hold_id]
        if hold.stage is HoldStage.OCCUPIED:
            arrived += hold.places if hold.sequence > as_of else 0
        elif hold.stage is not HoldStage.KEPT or hold.sequence <= as_of:
            held += hold.places
    if published is None:
        return Counted(unit.places, arrived, 0, held, 0, False, None, arrived + held > unit.places)
    places = min(published.places, unit.places)
    occupied = published.occupied + arrived
    taken = occupied + published.reserved + held
    accepting = unit.is_open and published.accepting
    running = draft.projects[unit.project_id].programme is Programme.RUNNING
    enterable = published.free_from_ms is None or published.free_from_ms <= at_ms
    free = max(0, places - taken) if accepting and running and enterable else 0
    return Counted(places, occupied, published.reserved, held, free, accepting, published.observed_at_ms, taken > places)


_EXPLANATIONS_BYTES = 2 * 1024 * 1024
_EXPLAINED_UNIT_BYTES = 160
"""A unit in an explanation, scored, padded."""

_PLAIN_OUTCOME_BYTES = 640
"""Covers the largest outcome that is no explanation: two sealed ids and slugs, padded, with reference and tag."""


def wire_size(outcome: Outcome) -> int:
    """An upper estimate of an outcome's bytes in the entry."""
    if not isinstance(outcome, MatchExplained):
        return _PLAIN_OUTCOME_BYTES
    names = sum(2 * len(group.units) + sum(map(len, group.units)) for group in outcome.excluded)
    scores = sum([16 + len(scored.unit_id) + 6 * len(scored.parts) for scored in (*outcome.scored, *outcome.asked)])
    told = sum([32 + len(trust.project_id) for trust in outcome.trust])
    kinds = 0 if outcome.scarcity is None else sum([16 + len(kind.kind) for kind in outcome.scarcity.kinds])
    return 2 * (names + scores + told + kinds) + _PLAIN_OUTCOME_BYTES
