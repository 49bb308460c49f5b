"""From cases to what the matcher and the safety rules take."""

from __future__ import annotations

from coordinator.domain.draft import Draft, operator_decides
from coordinator.domain.state import Agreement, Case, Unit
from coordinator.matching.danger import danger_zone
from coordinator.matching.household import is_minor
from coordinator.matching.request import NOWHERE, Near, Request
from coordinator.matching.terms import Terms
from events.fact import Danger
from events.vocabulary import DangerKind, GivenBy, Reason, TransferStage


def request_of(draft: Draft, case: Case, terms: Terms, at_ms: int) -> Request:
    """The request of a case with a live transfer."""
    transfer = case.transfer
    assert transfer is not None
    household = draft.households[case.case_id]
    leaving = (Danger(DangerKind.PROVINCE, transfer.leaving_province),) if transfer.leaving_province is not None else ()
    dangerous = case.dangers + leaving if transfer.reason is Reason.SAFETY else case.dangers
    apart_from = draft.links.get(case.case_id, ())
    return Request(
        case_id=case.case_id,
        transfer_id=transfer.transfer_id,
        reason=transfer.reason,
        urgency=transfer.urgency,
        requested_at_ms=transfer.requested_at_ms,
        needed_by_ms=transfer.needed_by_ms,
        household=household,
        agreed_until_ms=agreed_until_ms(case, household.must_agree),
        zone=danger_zone(dangerous, terms),
        dangers=case.dangers + leaving,
        near=near_of(draft, apart_from, terms) if apart_from else NOWHERE,
        apart_from=frozenset(apart_from),
        lives_in=case.hosted_unit_id,
        parked=parked_units(draft, case, terms, at_ms),
        wished_levels=transfer.wished_levels,
        wished_regions=transfer.wished_regions,
        has_live_proposal=transfer.stage is not TransferStage.WAITING,
        operator_decides=operator_decides(transfer),
    )


def agreed_until_ms(case: Case, must_agree: tuple[str, ...]) -> int | None:
    """Until when everybody who must agree does; None: somebody has not agreed. For a minor counts who decides for them, once the minor was heard."""
    minors = frozenset(member.person for member in case.household if is_minor(member))
    until = {agreement.person: agreement.until_ms for agreement in case.agreements if agreement.person not in minors or _for_a_minor(agreement)}
    if not all(person in until for person in must_agree):
        return None
    return min(until[person] for person in must_agree)


def _for_a_minor(agreement: Agreement) -> bool:
    """Whether somebody decided who may decide for a minor, and the minor's own view is known."""
    if agreement.given_by is GivenBy.VITAL_INTEREST:
        return True
    return agreement.given_by in (GivenBy.GUARDIAN, GivenBy.AUTHORITY) and agreement.view is not None


def parked_units(draft: Draft, case: Case, terms: Terms, at_ms: int) -> frozenset[str]:
    """Units that declined the case and may not be offered again yet: not long ago, and nothing has changed in them since."""
    parks_for = terms.policy.decline_parks_for_ms
    return frozenset(
        parked.unit_id
        for parked in case.parked
        if (parked.lasts or parked.since_ms + parks_for > at_ms) and draft.units[parked.unit_id].changed_sequence <= parked.sequence
    )


def near_of(draft: Draft, cases: tuple[str, ...], terms: Terms) -> Near:
    """What is near any of these cases, as far as they are there."""
    units: set[str] = set()
    projects: set[str] = set()
    regions: set[str] = set()
    for case_id in cases:
        case = draft.cases.get(case_id)
        if case is None:
            continue
        for unit in _units_of(draft, case):
            units.add(unit.unit_id)
            projects.add(unit.project_id)
            regions.add(unit.region)
        if case.responsible is not None:
            projects.add(case.responsible)
    policy = terms.policy
    return Near(
        frozenset(units),
        frozenset(projects) if policy.near_is_same_project else frozenset(),
        frozenset(regions) if policy.near_is_same_region else frozenset(),
    )


def _units_of(draft: Draft, case: Case) -> list[Unit]:
    """Units where a case lives, is expected, or may come back to."""
    unit_ids = [kept.unit_id for kept in case.kept]
    if case.hosted_unit_id is not None:
        unit_ids.append(case.hosted_unit_id)
    if case.transfer is not None and case.transfer.proposal is not None:
        unit_ids.append(case.transfer.proposal.unit_id)
    return [draft.units[unit_id] for unit_id in unit_ids]
