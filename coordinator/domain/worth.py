"""Whether what a policy says a placement is worth can be: values by urgency, scarcity weights, and who may wait."""

from __future__ import annotations

from coordinator.matching.kinds import is_kind
from events.network import HoldBack, Matching, ScarcityWeights
from events.vocabulary import RefusalCode, Urgency

MOST_POINTS = 1_000_000
"""No value or weight is larger."""
_MOST_KINDS = 4_096
_MOST_STOCK = 1_000
_LONGEST_TEXT = 400
_MOST_MS = 1 << 50

Wrong = tuple[RefusalCode, str]
"""Why a record cannot be, and which of its fields."""


def wrong_in(matching: Matching) -> Wrong | None:
    """The first field that cannot be; None: all can."""
    values = matching.urgency_values
    if len(values) != len(Urgency) or not all(0 <= value <= MOST_POINTS for value in values) or list(values) != sorted(values, reverse=True):
        return RefusalCode.FIELD_INVALID, "urgency_values"
    wrong = _wrong_in_scarcity(matching.scarcity) if matching.scarcity is not None else None
    return wrong or (_wrong_in_hold_back(matching.hold_back) if matching.hold_back is not None else None)


def _wrong_in_scarcity(scarcity: ScarcityWeights) -> Wrong | None:
    if not 0 < scarcity.estimated_at_ms < scarcity.valid_until_ms < _MOST_MS:
        return RefusalCode.FIELD_INVALID, "scarcity.valid_until_ms"
    for field, text in (("scarcity.method", scarcity.method), ("scarcity.sample", scarcity.sample)):
        if not text.strip() or len(text) > _LONGEST_TEXT:
            return RefusalCode.FIELD_INVALID, field
    kinds = [each.kind for each in scarcity.kinds]
    if not 0 < len(kinds) <= _MOST_KINDS or kinds != sorted(set(kinds)):
        return RefusalCode.FIELD_INVALID, "scarcity.kinds"
    if not all(map(is_kind, kinds)):
        return RefusalCode.UNKNOWN_KIND, "scarcity.kinds"
    if not all(0 < len(each.weights) <= _MOST_STOCK and all(0 <= weight <= MOST_POINTS for weight in each.weights) for each in scarcity.kinds):
        return RefusalCode.FIELD_INVALID, "scarcity.kinds.weights"
    return None


def _wrong_in_hold_back(hold_back: HoldBack) -> Wrong | None:
    if Urgency.IMMEDIATE in hold_back.urgencies:
        return RefusalCode.IMMEDIATE_NEVER_WAITS, "hold_back.urgencies"
    if not hold_back.urgencies or [urgency for urgency in Urgency if urgency in hold_back.urgencies] != list(hold_back.urgencies):
        return RefusalCode.FIELD_INVALID, "hold_back.urgencies"
    return None if 0 <= hold_back.until_before_deadline_ms < _MOST_MS else (RefusalCode.FIELD_INVALID, "hold_back.until_before_deadline_ms")
