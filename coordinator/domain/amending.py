"""Stream `transfer`, amendments: what a request needs has changed, or when somebody on the way is expected."""

from __future__ import annotations

from coordinator.domain import rights
from coordinator.domain.changing import changed
from coordinator.domain.deciding import Deciding, refused
from coordinator.domain.draft import Draft
from coordinator.domain.live import live_transfer
from coordinator.domain.settling import settle_cases
from coordinator.domain.state import Transfer
from coordinator.domain.wording import LONGEST_TEXT
from events.transfer import TransferAmended, TransferRequested
from events.verdict import Refused
from events.vocabulary import Escalation, Level, RefusalCode, Role, TransferStage

LONGEST_JOURNEY_MS = 30 * 86_400_000
_ASKED_ANEW = frozenset({Escalation.NO_PLACE, Escalation.NO_PROJECT_ON_DUTY, Escalation.PLACES_KEPT, Escalation.REASSESS})
_BY_THE_HELPLINE = frozenset({Escalation.DISCLOSURES_USED, Escalation.DECLINES_USED, Escalation.NOT_CONFIRMED})


def evolve_transfer_amended(draft: Draft, event: TransferAmended, at_ms: int) -> None:
    """The request is this now, in its old turn. What waited for something to change has it."""
    case = draft.cases[event.case_id]
    transfer = case.transfer
    if transfer is None:
        return
    helpline = event.actor.role is Role.HELPLINE
    fallen = _ASKED_ANEW | (_BY_THE_HELPLINE if helpline else frozenset())
    if event.needed_by_ms > at_ms:
        fallen |= {Escalation.DEADLINE_PASSED}
    if event.expected_arrival_ms is not None:
        fallen |= {Escalation.ARRIVAL_OVERDUE}
    amended = changed(
        transfer,
        urgency=event.urgency,
        needed_by_ms=event.needed_by_ms,
        leaving_province=event.leaving_province,
        wished_levels=event.wished_levels,
        wished_regions=event.wished_regions,
        disclosures=0 if helpline else transfer.disclosures,
        declines=0 if helpline else transfer.declines,
        escalated=tuple(why for why in transfer.escalated if why not in fallen),
        expected_arrival_ms=transfer.expected_arrival_ms if event.expected_arrival_ms is None else event.expected_arrival_ms,
    )
    draft.put_case(changed(case, transfer=amended, parked=tuple(parked for parked in case.parked if not parked.lasts)))


def amend_transfer(entry: Deciding, event: TransferAmended) -> Refused | None:
    """What is needed has changed: a live proposal or accepted place is looked at again, and released if it no longer holds."""
    found = live_transfer(entry, event.case_id, event.transfer_id)
    if isinstance(found, Refused):
        return found
    case, transfer = found
    refusal = rights.responsible_or_helpline(entry.draft, event.actor, case) or _arrival_refused(entry, event, transfer)
    if refusal is None:
        looking = transfer.stage in (TransferStage.WAITING, TransferStage.PROPOSED)
        refusal = wishes_refused(entry, event, looking)
    if refusal is not None:
        return refusal
    entry.record(event)
    entry.to_match.add(event.case_id)
    settle_cases(entry, (event.case_id,))
    return None


def _arrival_refused(entry: Deciding, event: TransferAmended, transfer: Transfer) -> Refused | None:
    if event.expected_arrival_ms is None:
        return None
    if transfer.stage is not TransferStage.DEPARTED:
        return refused(RefusalCode.NOT_DEPARTED_YET, "expected_arrival_ms")
    if not entry.at_ms <= event.expected_arrival_ms <= entry.at_ms + LONGEST_JOURNEY_MS:
        return refused(RefusalCode.FIELD_INVALID, "expected_arrival_ms")
    return None


def wishes_refused(entry: Deciding, event: TransferRequested | TransferAmended, looking: bool) -> Refused | None:
    """Whether what is asked cannot be. `looking`: a place is still looked for, so that the request's deadline must lie ahead."""
    terms = entry.terms
    if looking and event.needed_by_ms <= entry.at_ms:
        return refused(RefusalCode.FIELD_INVALID, "needed_by_ms")
    if event.leaving_province is not None and event.leaving_province not in terms.region_of:
        return refused(RefusalCode.UNKNOWN_AREA, "leaving_province")
    if any(region not in terms.macro_area_of for region in event.wished_regions):
        return refused(RefusalCode.UNKNOWN_AREA, "wished_regions")
    if len(event.wished_levels) > len(Level):
        return refused(RefusalCode.FIELD_INVALID, "wished_levels")
    return refused(RefusalCode.TOO_LARGE, "note") if len(event.note) > LONGEST_TEXT else None
