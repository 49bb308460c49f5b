"""One right story, told entry by entry: a woman leaves Torino for Roma, with everything that must be said on the way. Tests break it."""

from __future__ import annotations

from dataclasses import replace

from events.availability import AvailabilityPublished, CapacityChanged
from events.explanation import explanation_digest
from events.fact import Actor, Danger
from events.network import Area, PolicyAdopted, ProjectRegistered, ProposalDeadline, UnitOpened, Weights
from events.person import AgreementGiven, DangerDeclared
from events.referral import Member, ReferralAccepted, ReferralReceived, ReferralRouted, ResponsibilityPassed
from events.transfer import (
    ArrivalConfirmed,
    DepartureConfirmed,
    Excluded,
    MatchExplained,
    PlaceHeld,
    PlaceKept,
    PlaceKeptFor,
    PlaceOccupied,
    PlaceReserved,
    ProposalAccepted,
    ProposalEnded,
    ProposalMade,
    Scored,
    TransferClosed,
    TransferRequested,
)
from events.verdict import Recorded
from events.vocabulary import (
    AgeGroup,
    DangerKind,
    DeclineCode,
    Gender,
    Host,
    Level,
    Need,
    ProposalEnd,
    Reason,
    Role,
    Source,
    TransferEnd,
    Urgency,
)
from tests.checker.book import START_MS, Step, case_id, event_id

MINUTE = 60_000
HOUR = 60 * MINUTE
CASE, OTHER = case_id(1), case_id(2)
TRANSFER, PROPOSAL, HOLD, KEPT = case_id(11), case_id(12), case_id(13), case_id(14)
ADMIN = Actor("adm", "numero-verde", Role.ADMINISTRATOR)
HELPLINE = Actor("hl", "numero-verde", Role.HELPLINE)
PARTS = (30, 0, 0, 0, 40, 10, 0, -4, -1)


def staff(project: str) -> Actor:
    """Somebody of the project's lead body."""
    return Actor(f"{project}-1", f"{project}-body", Role.PROJECT)


def woman(**changes: object) -> Member:
    """One adult woman who speaks English."""
    fields: dict[str, object] = {
        "person": "a",
        "age_group": AgeGroup.ADULT,
        "gender": Gender.WOMAN,
        "parent": False,
        "essential_needs": (),
        "preferred_needs": (),
        "languages": ("eng",),
        "only_language": False,
    }
    return Member(**{**fields, **changes})  # type: ignore[arg-type]


def policy() -> PolicyAdopted:
    """Three regions, one province each."""
    return PolicyAdopted(
        event_id=event_id(1),
        actor=ADMIN,
        version=1,
        areas=(Area("NA", "15", "sud"), Area("RM", "12", "centro"), Area("TO", "01", "nord-ovest")),
        fresh_for_ms=48 * HOUR,
        ageing_for_ms=120 * HOUR,
        proposal_deadlines=tuple(ProposalDeadline(urgency, HOUR) for urgency in Urgency),
        max_disclosures=3,
        max_declines=3,
        kept_after_arrival_ms=72 * HOUR,
        overdue_after_ms=HOUR,
        decline_parks_for_ms=168 * HOUR,
        minimum_agreement_left_ms=24 * HOUR,
        near_is_same_project=True,
        near_is_same_region=True,
        weights=Weights(1, 1, 1, 1, 1, 1, 1, 1, 1),
        not_free_codes=(DeclineCode.PROVIDER_NOT_FREE,),
        clocks=None,
    )


def unit(number: int, project: str, region: str, **changes: object) -> UnitOpened:
    """A unit for women, of three places."""
    fields: dict[str, object] = {
        "event_id": event_id(20 + number),
        "actor": staff(project),
        "unit_id": f"{project}-{number}",
        "project_id": project,
        "body": f"{project}-body",
        "region": region,
        "level": Level.FIRST,
        "places": 3,
        "hosts": (Host.WOMEN,),
        "offers": (Need.PREGNANCY_CARE,),
        "languages": ("eng", "ita"),
        "dangers": (),
    }
    return UnitOpened(**{**fields, **changes})  # type: ignore[arg-type]


def count(number: int, unit_id: str, occupied: int, as_of: int = 0, at_ms: int = START_MS) -> AvailabilityPublished:
    """A count of three places."""
    return AvailabilityPublished(event_id(100 + number, at_ms), staff(unit_id[:-2]), unit_id, at_ms, 3, occupied, 0, True, None, as_of)


def capacity(unit_id: str, occupied: int, held: int, at_ms: int = START_MS) -> CapacityChanged:
    """What follows from a count of three places."""
    return CapacityChanged(unit_id, 3, occupied, 0, held, 3 - occupied - held, True, at_ms, over_capacity=False)


def project(number: int, name: str, province: str) -> ProjectRegistered:
    """A project of one province."""
    body = f"{name}-body"
    return ProjectRegistered(event_id(10 + number), ADMIN, name, name.title(), body, (body,), (province,), "2022-01-01", "2024-12-31")


def opening() -> list[Step]:
    """Policy, three projects, a unit each with one place free."""
    steps = [Step(START_MS, policy(), [Recorded()])]
    places = (("north", "TO", "01"), ("centre", "RM", "12"), ("south", "NA", "15"))
    for number, (name, province, _) in enumerate(places):
        steps.append(Step(START_MS, project(number, name, province), [Recorded()]))
    for number, (name, _, region) in enumerate(places, 1):
        steps.append(Step(START_MS, unit(number, name, region), [Recorded(), _uncounted(f"{name}-{number}")]))
    for number, (name, _, _) in enumerate(places, 1):
        steps.append(Step(START_MS, count(number, f"{name}-{number}", 2), [Recorded(), capacity(f"{name}-{number}", 2, 0)]))
    return steps


def _uncounted(unit_id: str) -> CapacityChanged:
    return CapacityChanged(unit_id, 3, 0, 0, 0, 0, accepting=False, observed_at_ms=None, over_capacity=False)


REFERRED, IN_CHARGE, AGREED, ENDANGERED, REQUESTED, ACCEPTED, DEPARTED, ARRIVED, COUNTED = range(10, 19)
"""Index of each step of the story."""


def explained(*, scored: tuple[Scored, ...] | None = None, excluded: tuple[Excluded, ...] | None = None) -> MatchExplained:
    """Torino is being left and Napoli is dangerous: Roma it is."""
    return MatchExplained(
        CASE,
        TRANSFER,
        PROPOSAL,
        1,
        (Excluded("safety", ("north-1", "south-3")),) if excluded is None else excluded,
        (Scored("centre-2", PARTS, sum(PARTS), START_MS),) if scored is None else scored,
        (),
    )


def in_short(counted: dict[str, int] | None = None) -> MatchExplained:
    """The same where the two units are counted alone, as many are."""
    whole = explained(excluded=(Excluded("one_place_one_case", ("north-1",)), Excluded("safety", ("south-3",))))
    groups = tuple(Excluded(rule, (), count) for rule, count in (counted or {"one_place_one_case": 1, "safety": 1}).items())
    return replace(whole, excluded=groups, digest=explanation_digest(whole.excluded, whole.scored))


def story() -> list[Step]:
    """Every step is right."""
    at = START_MS + HOUR
    deadline = at + 10 * MINUTE + HOUR
    arrival = at + 4 * HOUR
    eid = iter(range(1000, 2000))

    def new_id(when: int) -> str:
        return event_id(next(eid), when)

    referred = ReferralReceived(new_id(at), HELPLINE, CASE, Source.SELF, "TO", (woman(),), "Chiama la sera, parla inglese.")
    requested = TransferRequested(
        new_id(at), staff("north"), CASE, TRANSFER, Reason.SAFETY, Urgency.IMMEDIATE, at + 12 * HOUR, "TO", (), (), "Un'auto sotto casa."
    )
    proposal = ProposalMade(CASE, TRANSFER, PROPOSAL, HOLD, "centre-2", "centre", deadline, sum(PARTS), 1)
    return [
        *opening(),
        Step(at, referred, [Recorded(), ReferralRouted(CASE, "north"), ResponsibilityPassed(CASE, None)]),
        Step(at + MINUTE, ReferralAccepted(new_id(at), staff("north"), CASE, "north", "north-1"), [Recorded(), ResponsibilityPassed(CASE, "north")]),
        Step(at + 2 * MINUTE, AgreementGiven(new_id(at), staff("north"), CASE, "a", at + 720 * HOUR), [Recorded()]),
        Step(at + 3 * MINUTE, DangerDeclared(new_id(at), staff("north"), CASE, Danger(DangerKind.PROVINCE, "NA")), [Recorded()]),
        Step(
            at + 10 * MINUTE,
            requested,
            [Recorded(), PlaceHeld(HOLD, "centre-2", 1, deadline), capacity("centre-2", 2, 1), proposal, explained()],
        ),
        Step(
            at + 30 * MINUTE,
            ProposalAccepted(new_id(at), staff("centre"), CASE, TRANSFER, PROPOSAL),
            [Recorded(), PlaceReserved(HOLD, "centre-2", 1), ProposalEnded(CASE, TRANSFER, PROPOSAL, HOLD, ProposalEnd.ACCEPTED)],
        ),
        Step(
            at + 60 * MINUTE,
            DepartureConfirmed(new_id(at), staff("north"), CASE, TRANSFER, arrival),
            [Recorded(), PlaceKept(KEPT, "north-1", 1), PlaceKeptFor(CASE, TRANSFER, KEPT, None), capacity("north-1", 2, 0)],
        ),
        Step(
            arrival,
            ArrivalConfirmed(new_id(at), staff("centre"), CASE, TRANSFER),
            [
                Recorded(),
                PlaceOccupied(HOLD, "centre-2", 1),
                capacity("centre-2", 3, 0),
                ResponsibilityPassed(CASE, "centre"),
                PlaceKeptFor(CASE, TRANSFER, KEPT, arrival + 72 * HOUR),
                TransferClosed(CASE, TRANSFER, TransferEnd.ARRIVED),
            ],
        ),
        Step(
            arrival + HOUR,
            count(50, "centre-2", 3, as_of=ARRIVED + 1, at_ms=arrival + HOUR),
            [Recorded(), capacity("centre-2", 3, 0, arrival + HOUR)],
        ),
    ]
