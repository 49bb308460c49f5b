"""The whole behind an explanation in short: its entry decided again from the state before it, the matcher asked for every unit, the digests compared."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum, unique

from coordinator.domain.decide import decide_accountably
from coordinator.domain.state import State
from events.entry import Locked, OpenedDecision, Unread
from events.explanation import explanation_digest
from events.transfer import MatchExplained


@unique
class Recomputed(StrEnum):
    """What deciding an explanation's entry again found."""

    SAME = "same"
    """The same explanation, and a whole with the digest that it carries."""
    DIFFERS = "differs"
    GONE = "gone"
    """What it was decided from can no longer be read: a key is destroyed."""


@dataclass(frozen=True, slots=True)
class Whole:
    """An explanation with everything named, as far as it could be recomputed."""

    found: Recomputed
    explained: MatchExplained | None
    """Every unit named and every score told; None: the entry decided again gives no such explanation, or its event can no longer be read."""


def whole_of(before: State, entry: OpenedDecision, explained: MatchExplained) -> Whole:
    """The whole behind an explanation of this entry. `before`: the state before the entry."""
    if isinstance(entry.opened.event, Locked | Unread):
        return Whole(Recomputed.GONE, None)
    outcomes, accountable = decide_accountably(before, entry.opened, entry.event_time_ms, before.policy)
    named = (explained.case_id, explained.transfer_id, explained.proposal_id)
    again = next(((said, answer) for said, answer in accountable if (said.case_id, said.transfer_id, said.proposal_id) == named), None)
    readable = not any(isinstance(outcome, Locked) for outcome in entry.outcomes)
    if again is None:
        return Whole(Recomputed.DIFFERS if readable else Recomputed.GONE, None)
    said, answer = again
    account = answer.account(whole=True)
    told = replace(said, excluded=account.excluded, scored=account.scored, rest=None, digest=account.digest)
    agrees = account.digest == explanation_digest(told.excluded, told.scored)
    if explained.digest is None:  # an explanation of old names everything itself
        agrees &= (explained.excluded, explained.scored) == (told.excluded, told.scored)
    else:
        agrees &= explained.digest == account.digest and said == explained
    if readable:
        agrees &= outcomes == entry.outcomes
    return Whole(Recomputed.SAME if agrees else Recomputed.DIFFERS, told)
