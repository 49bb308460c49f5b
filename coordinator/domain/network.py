"""Stream `network`: projects, units, policy, rules and the clock."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from coordinator.domain import rights
from coordinator.domain.adopting import adoption_refused
from coordinator.domain.calendar import invalid_clocks_field
from coordinator.domain.changing import changed
from coordinator.domain.deciding import Deciding, refused
from coordinator.domain.draft import Draft
from coordinator.domain.programme import turn_programme
from coordinator.domain.rules import RULES
from coordinator.domain.settling import settle_holds_in
from coordinator.domain.state import Counted, Project, Unit
from coordinator.domain.wording import are_slugs, each_once
from coordinator.domain.worth import wrong_in
from coordinator.matching.danger import is_located
from coordinator.matching.terms import Terms
from events.answers import AGE_STEPS_MS
from events.fact import Actor, Danger
from events.ids import is_slug
from events.network import ClockAdvanced, PolicyAdopted, ProjectAmended, ProjectRegistered, RulesAdopted, Trust, UnitAmended, UnitClosed, UnitOpened
from events.verdict import Refused
from events.vocabulary import Host, Programme, RefusalCode, Role, Urgency

MOST_PLACES = 10_000
"""No unit has more; a larger figure is a slip of the finger."""
NOBODY = Actor("", "", Role.ADMINISTRATOR)
_NOTHING_FREE = Counted(0, 0, 0, 0, 0, False, None, False)
_MOST = 1 << 50
_MOST_POINTS = 1_000_000
_MOST_ANSWERS = 10_000
"""No number in a policy is larger, so that no sum leaves 64 bits."""

_MOST_ASKED = 10
_MOST_LOOKS = 48
_LONGEST_BREAK_GLASS_MS = 24 * 3_600_000

# State follows from these.


def evolve_project(draft: Draft, event: ProjectRegistered | ProjectAmended) -> None:
    """A project is as the event says. Where it stands in its programme stays, and `ProgrammeTurned` follows where that is no longer so."""
    before = draft.projects.get(event.project_id)
    programme = before.programme if before is not None else Programme.RUNNING
    draft.put_project(Project(event.project_id, event.lead_body, event.bodies, event.provinces, event.valid_from, event.valid_to, programme))


def evolve_unit_opened(draft: Draft, event: UnitOpened, sequence: int) -> None:
    """A unit is there, with nothing free."""
    draft.put_unit(
        Unit(
            unit_id=event.unit_id,
            project_id=event.project_id,
            body=event.body,
            region=event.region,
            level=event.level,
            places=event.places,
            hosts=tuple(sorted(event.hosts)),
            offers=tuple(sorted(event.offers)),
            languages=tuple(sorted(event.languages)),
            is_open=True,
            published=None,
            changed_sequence=sequence,
            counted=_NOTHING_FREE,
        )
    )
    draft.put_unit_dangers(event.unit_id, event.dangers)


def evolve_unit_amended(draft: Draft, event: UnitAmended, sequence: int) -> None:
    """A unit is as the event says."""
    unit = draft.units[event.unit_id]
    draft.put_unit(
        changed(
            unit,
            level=event.level,
            places=event.places,
            hosts=tuple(sorted(event.hosts)),
            offers=tuple(sorted(event.offers)),
            languages=tuple(sorted(event.languages)),
            changed_sequence=sequence,
        )
    )
    draft.put_unit_dangers(event.unit_id, event.dangers)


def evolve_unit_closed(draft: Draft, event: UnitClosed) -> None:
    """A unit takes nobody in any more."""
    draft.put_unit(changed(draft.units[event.unit_id], is_open=False))


def evolve_policy_adopted(draft: Draft, event: PolicyAdopted) -> None:
    """The policy is in force. Who adopted it, and in which event, is no part of it."""
    draft.put_policy(replace(event, event_id="", actor=NOBODY))


def evolve_rules_adopted(draft: Draft, event: RulesAdopted) -> None:
    """The rules version is in force from the next event on."""
    draft.rules_version = event.rules_version


# Decisions.


def register_project(entry: Deciding, event: ProjectRegistered) -> Refused | None:
    """A project joins, once."""
    refusal = rights.administrator(event.actor)
    if refusal is None and event.project_id in entry.draft.projects:
        refusal = refused(RefusalCode.PROJECT_EXISTS, "project_id")
    refusal = refusal or _project_refused(entry, event)
    if refusal is not None:
        return refusal
    entry.record(event)
    turn_programme(entry, event.project_id)
    return None


def amend_project(entry: Deciding, event: ProjectAmended) -> Refused | None:
    """A project changes; a body that runs an open unit of it cannot leave. A new body may be dangerous for somebody expected there."""
    refusal = rights.administrator(event.actor)
    if refusal is None and event.project_id not in entry.draft.projects:
        refusal = refused(RefusalCode.UNKNOWN_PROJECT, "project_id")
    if refusal is None and entry.draft.projects[event.project_id].programme is Programme.ENDED:
        refusal = refused(RefusalCode.PROGRAMME_OVER, "project_id")
    refusal = refusal or _project_refused(entry, event)
    if refusal is not None:
        return refusal
    places = [place for place in entry.draft.open_units if place.project_id == event.project_id]
    units = [place.unit_id for place in places]
    if any(place.body not in event.bodies for place in places):
        return refused(RefusalCode.UNIT_IN_USE, "bodies")
    entry.record(event)
    turn_programme(entry, event.project_id)
    for unit_id in units:
        settle_holds_in(entry, unit_id)
    entry.changed_units.update(units)
    return None


def _project_refused(entry: Deciding, event: ProjectRegistered | ProjectAmended) -> Refused | None:
    if not is_slug(event.project_id):
        return refused(RefusalCode.ID_MALFORMED, "project_id")
    if not event.name.strip() or len(event.name) > 200:
        return refused(RefusalCode.FIELD_INVALID, "name")
    if not are_slugs(event.bodies) or not each_once(event.bodies) or event.lead_body not in event.bodies:
        return refused(RefusalCode.FIELD_INVALID, "bodies")
    try:
        if date.fromisoformat(event.valid_from) > date.fromisoformat(event.valid_to):
            return refused(RefusalCode.FIELD_INVALID, "valid_to")
    except ValueError:
        return refused(RefusalCode.FIELD_INVALID, "valid_from")
    if entry.draft.terms is None:
        return refused(RefusalCode.NO_POLICY)
    if not event.provinces or any(province not in entry.draft.terms.region_of for province in event.provinces):
        return refused(RefusalCode.UNKNOWN_AREA, "provinces")
    return None


def open_unit(entry: Deciding, event: UnitOpened) -> Refused | None:
    """A unit joins a project, once; its id is never used again."""
    draft = entry.draft
    if not is_slug(event.unit_id):
        return refused(RefusalCode.ID_MALFORMED, "unit_id")
    project = draft.projects.get(event.project_id)
    if project is None:
        return refused(RefusalCode.UNKNOWN_PROJECT, "project_id")
    refusal = rights.administrator_or_project(draft, event.actor, project.project_id)
    if refusal is not None:
        return refusal
    if event.unit_id in draft.units:
        return refused(RefusalCode.UNIT_EXISTS, "unit_id")
    if project.programme is Programme.ENDED:
        return refused(RefusalCode.PROGRAMME_OVER, "project_id")
    if event.body not in project.bodies:
        return refused(RefusalCode.FIELD_INVALID, "body")
    if draft.terms is None:
        return refused(RefusalCode.NO_POLICY)
    if event.region not in draft.terms.macro_area_of:
        return refused(RefusalCode.UNKNOWN_AREA, "region")
    refusal = _unit_refused(draft.terms, event)
    if refusal is not None:
        return refusal
    entry.record(event)
    entry.recount(event.unit_id)
    return None


def amend_unit(entry: Deciding, event: UnitAmended) -> Refused | None:
    """A unit changes. Proposals that it can no longer host are released and proposed elsewhere; an accepted place stays and is flagged."""
    draft = entry.draft
    refusal = _own_open_unit(draft, event.actor, event.unit_id)
    if refusal is None and draft.terms is None:
        refusal = refused(RefusalCode.NO_POLICY)
    refusal = refusal or _unit_refused(entry.terms, event)
    if refusal is not None:
        return refusal
    entry.record(event)
    settle_holds_in(entry, event.unit_id)
    entry.recount(event.unit_id)
    entry.changed_units.add(event.unit_id)
    return None


def close_unit(entry: Deciding, event: UnitClosed) -> Refused | None:
    """A unit leaves. Its proposals are released and proposed elsewhere; an accepted place stays and is flagged."""
    refusal = _own_open_unit(entry.draft, event.actor, event.unit_id)
    if refusal is not None:
        return refusal
    entry.record(event)
    settle_holds_in(entry, event.unit_id)
    entry.recount(event.unit_id)
    return None


def _own_open_unit(draft: Draft, actor: Actor, unit_id: str) -> Refused | None:
    unit = draft.units.get(unit_id)
    if unit is None:
        return refused(RefusalCode.UNKNOWN_UNIT, "unit_id")
    refusal = rights.administrator_or_project(draft, actor, unit.project_id)
    if refusal is None and not unit.is_open:
        refusal = refused(RefusalCode.UNIT_CLOSED, "unit_id")
    return refusal


def _unit_refused(terms: Terms, event: UnitOpened | UnitAmended) -> Refused | None:
    if not 0 < event.places <= MOST_PLACES:
        return refused(RefusalCode.FIELD_INVALID, "places")
    if not each_once(event.hosts) or not event.hosts or (Host.UNACCOMPANIED_MINORS in event.hosts and len(event.hosts) > 1):
        return refused(RefusalCode.FIELD_INVALID, "hosts")
    if not each_once(event.offers):
        return refused(RefusalCode.FIELD_INVALID, "offers")
    if not each_once(event.languages):
        return refused(RefusalCode.FIELD_INVALID, "languages")
    if not all(_is_danger(terms, danger) for danger in event.dangers):
        return refused(RefusalCode.UNKNOWN_AREA, "dangers")
    return None


def _is_danger(terms: Terms, danger: Danger) -> bool:
    return bool(danger.value) and is_located(danger, terms)


def adopt_policy(entry: Deciding, event: PolicyAdopted) -> Refused | None:
    """A newer policy comes into force; every waiting request is looked at again under it. Holds keep the deadlines they were made with."""
    refusal = rights.administrator(event.actor)
    if refusal is not None:
        return refusal
    refusal = policy_refused(entry.draft, event)
    if refusal is not None:
        return refusal
    refusal = adoption_refused(entry, event)
    if refusal is not None:
        return refusal
    entry.record(event)
    entry.to_match.update(case_id for *_, case_id in entry.draft.waiting)
    return None


def policy_refused(draft: Draft, event: PolicyAdopted) -> Refused | None:
    """Whether such a policy could never come into force here, whoever adopts it."""
    in_force = draft.policy
    if event.version <= (in_force.version if in_force is not None else 0):
        return refused(RefusalCode.POLICY_NOT_NEWER, "version")
    field = _invalid_policy_field(event)
    if field is not None:
        return refused(RefusalCode.FIELD_INVALID, field)
    wrong = wrong_in(event.matching) if event.matching is not None else None
    if wrong is not None:
        code, field = wrong
        return refused(code, f"matching.{field}")
    regions = {area.region for area in event.areas}
    provinces = {area.province for area in event.areas}
    projects = draft.projects
    if any(place.region not in regions for place in draft.open_units):
        return refused(RefusalCode.UNKNOWN_AREA, "areas")
    if any(province not in provinces for project in projects.values() for province in project.provinces):
        return refused(RefusalCode.UNKNOWN_AREA, "areas")
    return None


def _invalid_policy_field(event: PolicyAdopted) -> str | None:
    macro_areas: dict[str, str] = {}
    consistent = all(macro_areas.setdefault(area.region, area.macro_area) == area.macro_area for area in event.areas)
    if not event.areas or not consistent or len({area.province for area in event.areas}) != len(event.areas):
        return "areas"
    if tuple(deadline.urgency for deadline in event.proposal_deadlines) != tuple(Urgency):
        return "proposal_deadlines"
    if not all(0 < deadline.answer_within_ms < _MOST for deadline in event.proposal_deadlines):
        return "proposal_deadlines"
    at_least_one = {
        "fresh_for_ms": event.fresh_for_ms,
        "ageing_for_ms": event.ageing_for_ms,
        "max_disclosures": event.max_disclosures,
        "max_declines": event.max_declines,
    }
    at_least_none = {
        "kept_after_arrival_ms": event.kept_after_arrival_ms,
        "overdue_after_ms": event.overdue_after_ms,
        "decline_parks_for_ms": event.decline_parks_for_ms,
        "minimum_agreement_left_ms": event.minimum_agreement_left_ms,
    }
    for field, number in at_least_one.items():
        if not 1 <= number < _MOST:
            return field
    for field, number in at_least_none.items():
        if not 0 <= number < _MOST:
            return field
    retention = event.retention
    if retention is not None and not all(
        term is None or 0 < term < _MOST for term in (retention.closed_cases_ms, retention.explanations_ms, retention.events_ms)
    ):
        return "retention"
    decisions = event.decisions
    if decisions is not None and not all(0 < number < _MOST for number in (decisions.confirm_within_ms, decisions.review_within_ms)):
        return "decisions"
    duty = _invalid_duty(event)
    if duty is not None:
        return duty
    of_clocks = invalid_clocks_field(event.clocks) if event.clocks is not None else None
    if of_clocks is not None:
        return f"clocks.{of_clocks}"
    weights = event.weights
    parts = (
        weights.language,
        weights.preferred_need,
        weights.level,
        weights.wished_region,
        weights.distance_from_danger,
        weights.fresh,
        weights.thrift_per_offer,
        weights.thrift_per_spare_place,
        weights.fairness,
    )
    if not all(0 <= part <= _MOST_POINTS for part in parts):
        return "weights"
    return None if event.trust is None or _valid_trust(event.trust) else "trust"


def _valid_trust(trust: Trust) -> bool:
    """Whether its bands end at the ages by which answers are counted, the last with no end, and its numbers can be."""
    ends = [band.up_to_ms for band in trust.bands]
    bounded = [end for end in ends[:-1] if end is not None]
    return (
        0 <= trust.weight <= _MOST_POINTS
        and 1 <= trust.prior_answers <= _MOST_ANSWERS
        and 1 <= trust.network_answers <= _MOST_ANSWERS
        and len(ends) == len(bounded) + 1
        and ends[-1] is None
        and all(end in AGE_STEPS_MS for end in bounded)
        and bounded == sorted(set(bounded))
        and all(0 <= band.prior_permille <= 1000 for band in trust.bands)
    )


def _invalid_duty(event: PolicyAdopted) -> str | None:
    sight = event.sight
    if sight is not None and not (
        1 <= sight.few_up_to < _MOST
        and 0 < sight.batch_ms < _MOST
        and 0 <= sight.delay_ms < _MOST
        and 1 <= sight.looks <= _MOST_LOOKS
        and 0 <= sight.blur < _MOST
        and 0 < sight.break_glass_ms <= _LONGEST_BREAK_GLASS_MS
    ):
        return "sight"
    inquiries, transfers = event.inquiries, event.transfers
    if inquiries is not None and not (1 <= inquiries.max_at_once <= _MOST_ASKED and 0 < inquiries.answer_within_ms < _MOST):
        return "inquiries"
    if transfers is not None and not (0 < transfers.confirm_within_ms < _MOST and 0 < transfers.notify_missing_minor_within_ms < _MOST):
        return "transfers"
    return None


def adopt_rules(entry: Deciding, event: RulesAdopted) -> Refused | None:
    """A version of the decision rules comes into force, if this release carries it."""
    refusal = rights.administrator(event.actor)
    if refusal is None and event.rules_version not in RULES:
        refusal = refused(RefusalCode.RULES_NOT_CARRIED, "rules_version")
    if refusal is not None:
        return refusal
    entry.record(event)
    return None


def advance_clock(entry: Deciding, event: ClockAdvanced) -> Refused | None:
    """A deadline has passed. What was due has happened already, as before every event; nothing else follows."""
    if event.actor.role is not Role.CLOCK:
        return refused(RefusalCode.ROLE_NOT_ALLOWED, "actor")
    if event.deadline_at_ms > entry.at_ms:
        return refused(RefusalCode.DEADLINE_NOT_REACHED, "deadline_at_ms")
    entry.record(event)
    return None
