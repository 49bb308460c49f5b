"""Matching waiting requests to places, and what follows from the answers.

A request is looked at against every place when something about itself changed, and against a place when something about the place changed: all
other pairs were found impossible before, and time alone makes nothing possible that is not on the agenda.
"""

from __future__ import annotations

from collections.abc import Mapping

from coordinator.domain.deciding import Deciding
from coordinator.domain.draft import Draft
from coordinator.domain.explaining import explained_in
from coordinator.domain.inquiry import ask
from coordinator.domain.offering import offer
from coordinator.domain.requests import request_of
from coordinator.domain.state import Case, Transfer
from coordinator.matching.best_place import Answer
from coordinator.matching.household import Household
from coordinator.matching.place import Place
from coordinator.matching.request import Request, looked_for
from coordinator.matching.safety import could_host, excluded_among
from coordinator.matching.scarcity import pricing_of
from events.transfer import MOST_TRUST_TOLD, MatchExplained, ScarcityTold, Scored, TrustTold
from events.vocabulary import Escalation, Rule

_FITS = (None,)
_WOULD_FIT = (None, Rule.ON_DUTY)
"""What the rules say of a place that is possible now, or once its project is on duty; the latter is news only to whom nobody on duty was told of yet."""

NOBODY: Mapping[str, int] = {}


def propose(entry: Deciding) -> None:
    """Match every waiting request that anything since the last call may have made possible, in the order in which requests are served.

    Where one entry has room for no more proposals, the next one goes on (`State.crowded`).
    """
    if not entry.to_match and not entry.changed_units:
        return
    draft = entry.draft
    to_match, units = entry.to_match, sorted(entry.changed_units)
    entry.to_match, entry.changed_units = set(), set()
    changed = [place for unit_id in units if (place := draft.places.get(unit_id)) is not None and place.free > 0]
    if not to_match and not changed:
        return
    requests: list[Request] = []
    for *_, case_id in _to_look_at(draft, to_match, bool(changed)):
        case = draft.cases[case_id]
        if case_id in draft.look_again or (case_id not in to_match and not _may_fit(draft.households[case_id], changed)):
            continue
        transfer = case.transfer
        assert transfer is not None
        request = request_of(draft, case, entry.terms, entry.at_ms)
        if _for_a_person(entry, case, transfer, request):
            continue
        news = _FITS if Escalation.NO_PROJECT_ON_DUTY in transfer.escalated else _WOULD_FIT
        if case_id in to_match:
            requests.append(request)
        elif only := _possible(request, changed, entry, news):
            # what was kept from a request may be kept no longer, with what falls free beside it
            requests.append(request if Escalation.PLACES_KEPT in transfer.escalated else looked_for(request, only))
    if not requests:
        return
    for answer in [answer for answer in _matched(entry, requests) if not _answered(entry, answer)]:
        _answered(entry, answer, all_others_answered=True)


def _matched(entry: Deciding, requests: list[Request]) -> tuple[Answer, ...]:
    """Answers to these requests, or to the first of them, in order of service: as many as this entry has room for proposals. The next one goes on."""
    units, loads = entry.draft.open_units, loads_of(entry.draft)
    if entry.room:
        return entry.matcher(requests, units, entry.at_ms, entry.terms, loads, entry.room)
    alone = [entry.matcher([request], units, entry.at_ms, entry.terms, loads)[0] for request in requests]
    return tuple(answer for answer in alone if answer.best is None)


def _to_look_at(draft: Draft, to_match: set[str], everybody: bool) -> list[tuple[int, int, str, str]]:
    if everybody:
        return list(draft.waiting)
    return [key for key in draft.waiting if key[3] in to_match] if to_match else []


def _possible(request: Request, places: list[Place], entry: Deciding, news: tuple[Rule | None, ...]) -> tuple[str, ...]:
    """The units of which the rules say this of a request."""
    rules = excluded_among(request, places, entry.at_ms, entry.terms)
    return tuple([place.unit_id for place, rule in zip(places, rules, strict=True) if rule in news])


def _may_fit(household: Household, places: list[Place]) -> bool:
    """A quick no for most: whether any of these places could hold such a household."""
    size = household.size
    for place in places:
        if size <= place.free and could_host(household, place):
            return True
    return False


def _for_a_person(entry: Deciding, case: Case, transfer: Transfer, request: Request) -> bool:
    """Whether a person has to act before anything can be proposed; that person is told, once."""
    policy = entry.policy
    if transfer.needed_by_ms <= entry.at_ms:  # it passed while a place was accepted that is lost now
        entry.escalate(case, Escalation.DEADLINE_PASSED)
        return True
    if transfer.declines >= policy.max_declines:
        entry.escalate(case, Escalation.DECLINES_USED)
        return True
    if transfer.disclosures >= policy.max_disclosures:
        entry.escalate(case, Escalation.DISCLOSURES_USED)
        return True
    if request.household.unaccompanied:
        _escalate_explained(entry, case, transfer, Escalation.MINOR)
        return True
    until = request.agreed_until_ms
    if until is None or until - entry.at_ms < policy.minimum_agreement_left_ms:
        _escalate_explained(entry, case, transfer, Escalation.AGREEMENT_MISSING)
        return True
    return False


def _escalate_explained(entry: Deciding, case: Case, transfer: Transfer, why: Escalation) -> None:
    if why in transfer.escalated:
        return
    draft = entry.draft
    (answer,) = entry.matcher([request_of(draft, case, entry.terms, entry.at_ms)], draft.open_units, entry.at_ms, entry.terms, {})
    entry.escalate(case, why)
    explain(entry, case, transfer, answer, None)


def _answered(entry: Deciding, answer: Answer, *, all_others_answered: bool = False) -> bool:
    """Propose the place, or say why there is none. False, and nothing is said yet: what fits goes to somebody who is answered later."""
    draft = entry.draft
    case = draft.cases[answer.case_id]
    transfer = case.transfer
    assert transfer is not None
    best = answer.best
    if best is None:
        why = _nothing_proposed(answer)
        known = why in transfer.escalated
        if answer.weighed.request.only is not None:  # nothing about it has changed: somebody else has the place that it might have had
            if known and (why is not Escalation.NO_PLACE or transfer.inquiries or entry.second_looks == 0):
                return True
            request = request_of(draft, case, entry.terms, entry.at_ms)  # as it is now: somebody to be kept apart may have been placed
            (answer,) = entry.matcher([request], draft.open_units, entry.at_ms, entry.terms, loads_of(draft))
            best = answer.best
            if best is not None and not all_others_answered:
                return False
            entry.second_looks -= known
            why = _nothing_proposed(answer)
    if best is None:
        entry.escalate(case, why)
        asked = () if why is not Escalation.NO_PLACE else ask(entry, entry.draft.cases[case.case_id], transfer)
        if asked or not known:
            explain(entry, case, transfer, answer, None, asked)
        return True
    if entry.room == 0:  # the next entry looks at everybody
        return True
    entry.room -= 1
    unit = draft.units[best.place.unit_id]
    proposal_id = offer(entry, case, unit, best.total, confirmed=False)
    explain(entry, case, transfer, answer, proposal_id)
    entry.recount(unit.unit_id)
    return True


def _nothing_proposed(answer: Answer) -> Escalation:
    """Why the machine proposes nothing."""
    excluded = answer.weighed.excluded
    if Rule.KEPT_FOR_OTHERS in excluded:
        return Escalation.PLACES_KEPT
    return Escalation.NO_PROJECT_ON_DUTY if Rule.ON_DUTY in excluded else Escalation.NO_PLACE


def explain(entry: Deciding, case: Case, transfer: Transfer, answer: Answer, proposal_id: str | None, asked: tuple[Scored, ...] = ()) -> None:
    """Account for every unit of the network: in short, with the digest of the whole."""
    told = answer.account()
    explained = MatchExplained(
        case_id=case.case_id,
        transfer_id=transfer.transfer_id,
        proposal_id=proposal_id,
        policy_version=entry.policy.version,
        excluded=told.excluded,
        scored=told.scored,
        asked=asked,
        period=explained_in(entry),
        rest=told.rest,
        digest=told.digest,
        trust=_trust_told(entry, told.scored),
        scarcity=_scarcity_of_asked(entry, asked) if asked else answer.weighed.scarcity,
        short_by=answer.short_by,
    )
    entry.explained.append((explained, answer))
    entry.emit(explained)


def _trust_told(entry: Deciding, scored: tuple[Scored, ...]) -> tuple[TrustTold, ...]:
    """What the trust in the best units follows from, each project and range of ages once, in order of rank."""
    trust = entry.terms.trust
    if trust is None:
        return ()
    told: dict[TrustTold, None] = {}
    for each in scored[:MOST_TRUST_TOLD]:
        known = trust.known(entry.draft.units[each.unit_id].project_id, entry.at_ms - each.observed_at_ms)
        told[TrustTold(known.project_id, known.up_to_ms, known.free, known.not_free, known.permille)] = None
    return tuple(told)


def _scarcity_of_asked(entry: Deciding, asked: tuple[Scored, ...]) -> ScarcityTold | None:
    """What is said of scarcity where nothing fits and projects are asked."""
    places = entry.draft.places
    return pricing_of(entry.draft.open_units, entry.terms, entry.at_ms).told([places[scored.unit_id] for scored in asked])


def loads_of(draft: Draft, without: Mapping[str, int] = NOBODY) -> Mapping[str, int]:
    """Hundredths of each project's capacity that holds and arrivals of this network take, so many people by project left out."""
    capacity = draft.capacity
    return {
        project_id: 100 * (taken - without.get(project_id, 0)) // capacity[project_id]
        for project_id, taken in draft.taken.items()
        if capacity.get(project_id)
    }
