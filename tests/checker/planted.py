"""Planted breaches: for each rule of the checker at least one way to break the story. `PLANTED` maps a name to (rule, what breaks it)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import cast

from events.availability import AvailabilityPublished
from events.envelope import Envelope, seal_envelope
from events.fact import Actor, Danger
from events.facts import Event, Outcome
from events.inquiry import InquiryAnswered, InquiryEnded, InquiryOpened
from events.network import (
    ClockAdvanced,
    Decisions,
    Inquiries,
    KindWeights,
    Matching,
    PolicyAdopted,
    PolicyProposed,
    ProgrammeEnded,
    ProgrammeTurned,
    ScarcityWeights,
    Transfers,
    Trust,
    TrustBand,
    UnitClosed,
)
from events.person import AgreementGiven, AgreementWithdrawn, CasesFoundSame, DangerDeclared, KeepApartDeclared, SafetyLowered
from events.policy_digest import policy_digest
from events.question import HoldDeadlineMoved
from events.referral import (
    Member,
    ReferralAccepted,
    ReferralAssigned,
    ReferralClosed,
    ReferralReceived,
    ReferralRouted,
    ResponsibilityPassed,
    ResponsibilityTaken,
)
from events.swap import PlaceExchanged, SwapAgreed
from events.transfer import (
    Excluded,
    KindTold,
    MatchExplained,
    MatchOverridden,
    NotificationDue,
    OutOfOrder,
    PlaceHeld,
    PlaceKept,
    PlaceReleased,
    PlaceReserved,
    ProposalDeclined,
    ProposalEnded,
    ProposalMade,
    ProposalPrepared,
    Rest,
    ScarcityTold,
    Scored,
    TransferClosed,
    TransferEnded,
    TransferEscalated,
    TransferWithdrawn,
)
from events.two_people import ActionConfirmed, ActionTaken, ConfirmationAwaited, ReviewDue
from events.verdict import Duplicate, Recorded, Refused
from events.vocabulary import (
    AgeGroup,
    DangerKind,
    DeclineCode,
    Escalation,
    Gender,
    InquiryEnd,
    KeepApart,
    Level,
    Need,
    OverrideCode,
    Programme,
    ProposalEnd,
    ReferralEnd,
    RefusalCode,
    Role,
    ScarcityStanding,
    TransferEnd,
)
from tests.checker import story as told
from tests.checker.book import START_MS, Step, Written, case_id, event_id
from tests.checker.planted_answers import planted_answers
from tests.checker.planted_terms import planted_terms
from tests.checker.story import (
    ACCEPTED,
    AGREED,
    ARRIVED,
    CASE,
    COUNTED,
    DEPARTED,
    ENDANGERED,
    HELPLINE,
    HOLD,
    HOUR,
    MINUTE,
    OTHER,
    PROPOSAL,
    REFERRED,
    REQUESTED,
    TRANSFER,
    capacity,
    count,
    explained,
    in_short,
    staff,
    woman,
)

ByStep = Callable[[list[Step]], list[Step]]
ByRecord = Callable[[list[Written]], list[Written]]
_THREE = Inquiries(3, HOUR)
UNIT_OF_ROMA, COUNT_OF_ROMA = 5, 8
"""Steps of the opening."""


def planted_steps() -> dict[str, tuple[str, ByStep]]:
    """Breaches in what is said."""
    return {
        "two verdicts": ("entry.verdict", _outcomes(AGREED, lambda said: [*said, Recorded()])),
        "no verdict": ("entry.verdict", _outcomes(AGREED, lambda _: [])),
        "an event id takes effect twice": ("entry.event_twice", lambda steps: [*steps, replace(steps[AGREED], at_ms=steps[-1].at_ms)]),
        "a duplicate of another": ("entry.duplicate", lambda steps: [*steps, Step(steps[-1].at_ms, steps[AGREED].event, [Duplicate(3)])]),
        "a refusal with effects": (
            "entry.effects",
            _outcomes(COUNTED, lambda said: [Refused(RefusalCode.FIELD_INVALID, "places"), *said[1:]]),
        ),
        "an event id of last month": ("entry.id_time", _event(AGREED, event_id=event_id(77, START_MS - 700 * HOUR))),
        "a hold nobody made is released": ("hold.unknown", _outcomes(COUNTED, lambda said: [*said, PlaceReleased(case_id(99), "south-3", 1)])),
        "a hold is reserved twice": ("hold.unknown", _outcomes(ACCEPTED, lambda said: [*said, PlaceReserved(HOLD, "centre-2", 1)])),
        "a hold begins again": (
            "hold.twice",
            _outcomes(REQUESTED, lambda said: [said[0], said[1], PlaceReleased(HOLD, "centre-2", 1), *said[1:]]),
        ),
        "a hold moves": ("hold.differs", _outcomes(ACCEPTED, lambda said: [said[0], PlaceReserved(HOLD, "south-3", 1), *said[2:]])),
        "nobody lets go at the deadline": ("hold.outlived", _after(REQUESTED, 3 * HOUR, "south-3")),
        "a hold is let go of too late": ("hold.outlived", _expired_late),
        "a withdrawal keeps the place": ("hold.orphan", _withdrawn_without_release),
        "more people than places": ("capacity.exceeded", _overfull),
        "more free than there is": ("capacity.mismatch", _outcomes(COUNTED, lambda said: [said[0], replace(capacity("centre-2", 3, 0), free=1)])),
        "an arrival is not counted": ("capacity.mismatch", _outcomes(ARRIVED, _swap(capacity("centre-2", 3, 0), capacity("centre-2", 2, 0)))),
        "a count larger than the unit": ("availability.invalid", _event(COUNTED, places=5)),
        "a count of entries to come": ("availability.invalid", _event(COUNTED, as_of_sequence=99)),
        "the clock is early": ("clock.early", _early_clock),
        "nobody is responsible on arrival": ("responsibility.empty", _outcomes(ARRIVED, _without(ResponsibilityPassed))),
        "responsibility passes to two": ("responsibility.double", _outcomes(ARRIVED, lambda said: [*said, ResponsibilityPassed(CASE, "south")])),
        "responsibility passes without a cause": (
            "responsibility.double",
            _outcomes(AGREED, lambda said: [*said, ResponsibilityPassed(CASE, "south")]),
        ),
        "a referral goes astray": ("responsibility.route", _outcomes(REFERRED, lambda said: [said[0], ReferralRouted(CASE, "south"), *said[2:]])),
        "a stranger asks": ("responsibility.actor", _event(REQUESTED, actor=staff("south"))),
        "departed before anybody accepted": ("transfer.state", lambda steps: steps[:ACCEPTED] + steps[DEPARTED:]),
        "a place that is not free": ("one_place_one_case", _event(COUNT_OF_ROMA, occupied=3)),
        "half a household": ("one_place_one_case", _household(woman(), woman(person="b"))),
        "the place left is let go of": ("place_kept", _outcomes(DEPARTED, _without(PlaceKept))),
        "the place left is kept for an hour": ("place_kept", _kept_for_an_hour),
        "towards a dangerous province": ("never_towards_danger", _danger(DangerKind.PROVINCE, "RM")),
        "towards a dangerous region": ("never_towards_danger", _danger(DangerKind.REGION, "12")),
        "towards a dangerous macro-area": ("never_towards_danger", _danger(DangerKind.MACRO_AREA, "centro")),
        "towards a dangerous project": ("never_towards_danger", _danger(DangerKind.PROJECT, "centre")),
        "towards a dangerous body": ("never_towards_danger", _danger(DangerKind.BODY, "centre-body")),
        "towards a dangerous unit": ("never_towards_danger", _danger(DangerKind.UNIT, "centre-2")),
        "back to where safety is the reason": ("never_towards_danger", _event(REQUESTED, leaving_province="RM")),
        "bringing danger to residents": ("never_towards_danger", _event(UNIT_OF_ROMA, dangers=(Danger(DangerKind.REGION, "15"),))),
        "next to a recruiter": ("never_with_exploiters", _linked),
        "a minor alone": ("minors", _household(woman(age_group=AgeGroup.MINOR))),
        "a disputed age": ("minors", _household(woman(age_group=AgeGroup.DISPUTED))),
        "a mother where no children are": ("minors", _household(woman(parent=True), woman(person="b", age_group=AgeGroup.CHILD))),
        "a man among women": ("gender", _household(woman(gender=Gender.MAN))),
        "a trans woman where she is not hosted": ("gender", _household(woman(gender=Gender.TRANS_WOMAN))),
        "a trans mother where trans women are not hosted": (
            "gender",
            _household(woman(gender=Gender.TRANS_WOMAN, parent=True), woman(person="b", age_group=AgeGroup.CHILD)),
        ),
        "no psychiatric care": ("essential_needs", _household(woman(essential_needs=(Need.PSYCHIATRIC_CARE,)))),
        "nobody understands": ("essential_needs", _household(woman(languages=("bin",), only_language=True))),
        "nobody agreed": ("agreement", lambda steps: steps[:AGREED] + steps[AGREED + 1 :]),
        "agreement runs out": ("agreement", _event(AGREED, until_ms=START_MS + 3 * HOUR)),
        "two proposals at once": ("one_live_proposal", _outcomes(ACCEPTED, lambda said: [*said, _proposal(case_id(55), case_id(56))])),
        "a stale count": ("freshness", _event(COUNT_OF_ROMA, observed_at_ms=START_MS - 60 * HOUR)),
        "a place free next week": ("freshness", _event(COUNT_OF_ROMA, free_from_ms=START_MS + 168 * HOUR)),
        "a unit that takes nobody": ("accepting", _event(COUNT_OF_ROMA, accepting=False)),
        "a unit without beds": ("accepting", _event(UNIT_OF_ROMA, level=Level.NON_RESIDENTIAL)),
        "a closed unit": ("accepting", _closed),
        "the same unit after its no": ("declined_before", _asked_again),
        "another project accepts": ("people_decide", _event(ACCEPTED, actor=staff("south"))),
        "a machine accepts": ("people_decide", _event(ACCEPTED, actor=replace(HELPLINE, role=Role.CLOCK))),
        "accepted after the deadline": ("people_decide", _accepted_late),
        "no place and nobody told": ("people_decide", _outcomes(REQUESTED, lambda said: said[:1])),
        "danger while a place is held": ("safety.not_released", _insert(REQUESTED + 1, _danger_of_roma())),
        "agreement withdrawn while a place is held": (
            "safety.not_released",
            _insert(REQUESTED + 1, AgreementWithdrawn(event_id(88), staff("north"), CASE, "a")),
        ),
        "danger on the way": ("safety.unsaid", _insert(DEPARTED + 1, _danger_of_roma())),
        "hours overdue": ("overdue.unsaid", _overdue),
        "a proposal without reasons": ("explained.missing", _outcomes(REQUESTED, _without(MatchExplained))),
        "no place without reasons": ("explained.missing", _escalated_in_silence),
        "a unit left out": ("explained.units", _explained(explained(excluded=(Excluded("safety", ("north-1",)),)))),
        "a unit twice": ("explained.units", _explained(explained(excluded=(Excluded("safety", ("north-1", "south-3", "centre-2")),)))),
        "not the best": ("explained.score", _explained(explained(scored=(Scored("centre-2", (99,), 99, START_MS),)))),
        "parts that do not add up": ("explained.score", _explained(explained(scored=(Scored("centre-2", (1, 1), sum(told.PARTS), START_MS),)))),
        "a place that costs nothing said": ("explained.scarcity", _event(0, matching=weighing(4))),
        "a place at another price": ("explained.scarcity", priced(weighing(4), 3)),
        "spare places that there are not": ("explained.scarcity", priced(weighing(4), 4, thrift=-4)),
        "weights after their time": ("explained.scarcity", priced(weighing(4, valid_until_ms=START_MS + 1), 4)),
        "more free than there are": ("explained.scarcity", priced(weighing(4), 4, free=99)),
        "a policy by one body": ("two_people", _policy_alone),
        "other words than were confirmed": ("policy.other_words", lambda steps: policy_of_two(steps, max_declines=7)),
        "nothing where something was confirmed": ("policy.other_words", lambda steps: policy_of_two(steps, not_free_codes=())),
        "a record where none was confirmed": ("policy.other_words", lambda steps: policy_of_two(steps, matching=weighing(4))),
        "a place trusted for no reason": ("explained.trust", _event(0, trust=Trust(10, (TrustBand(None, 500),), 1, 1))),
        "a place kept from who may not wait": (
            "explained.kept",
            _explained(explained(excluded=(Excluded("safety", ("north-1", "south-3")), Excluded("kept_for_others", ("centre-2",))), scored=())),
        ),
        "a link shown": ("explained.safety", _explained(explained(excluded=(Excluded("never_with_exploiters", ("north-1", "south-3")),)))),
        "a reason that is not true": (
            "explained.wrong",
            _explained(explained(excluded=(Excluded("safety", ("north-1",)), Excluded("gender", ("south-3",))))),
        ),
        "a count that cannot be": ("explained.wrong", _explained(in_short(counted={"one_place_one_case": 1, "gender": 1}))),
        "a count too many": ("explained.units", _explained(in_short(counted={"safety": 3}))),
        "a count of a rule that excludes none": ("explained.wrong", _explained(in_short(counted={"freshness": 2}))),
        "units counted and nothing to know them by": ("explained.digest", _explained(replace(in_short(), digest=None))),
        "the digest of something else": ("explained.digest", _explained(replace(in_short(), digest=bytes(32)))),
        "the digest of something else where all is named": ("explained.digest", _explained(replace(explained(), digest=bytes(32)))),
        "better ones among the rest": ("explained.score", _explained(replace(in_short(), rest=Rest(1, 1_000, 0)))),
        "an unsafe unit scored": ("explained.wrong", _unsafe_scored),
        "a place after the request's own deadline": ("operator_decides", _event(REQUESTED, needed_by_ms=START_MS)),
        "a place after the disclosures": ("operator_decides", _event(0, max_disclosures=0)),
        "a place after the declines": ("operator_decides", _event(0, max_declines=0)),
        "a place before anybody reassessed": (
            "operator_decides",
            _outcomes(REQUESTED, lambda said: [said[0], TransferEscalated(CASE, TRANSFER, Escalation.REASSESS), *said[1:]]),
        ),
        "a fresh unit asked": ("inquiry", lambda steps: asked(steps, hours_old=1)),
        "a project asked about another's unit": ("inquiry", lambda steps: asked(steps, project="south")),
        "a project asked twice": ("inquiry", lambda steps: asked(steps, times=2)),
        "somebody asked though policy has no inquiries": ("inquiry", lambda steps: asked(steps, inquiries=None)),
        "asked where danger is": ("never_towards_danger", lambda steps: asked(steps, unit="south-3", project="south")),
        "asked without an agreement": ("agreement", lambda steps: [step for step in asked(steps) if not isinstance(step.event, AgreementGiven)]),
        "a stranger answers an inquiry": ("inquiry", lambda steps: _answered(asked(steps), "south")),
        "an inquiry without end": ("inquiry", lambda steps: _after_all(asked(steps), 3 * HOUR)),
        "asked and then endangered": ("safety.not_released", lambda steps: _and_then(asked(steps), _danger_of_roma())),
        "a missing minor and nobody notified": ("missing_minor", lambda steps: _missing(steps, [])),
        "a missing minor and nobody called in": (
            "missing_minor",
            lambda steps: _after_all(_missing(steps, [NotificationDue(CASE, TRANSFER, steps[DEPARTED].at_ms + HOUR, overdue=False)]), 9 * HOUR),
        ),
        "two cases kept apart found the same": ("cases_same", lambda steps: _and_then(_linked(steps), _same())),
        "something about another name of a case": (
            "cases_same",
            lambda steps: _and_then(_and_then(steps, _same()), DangerDeclared(event_id(89), HELPLINE, OTHER, Danger(DangerKind.REGION, "12"))),
        ),
        "responsibility taken that nobody offered": (
            "responsibility.double",
            lambda steps: _and_then(
                steps, ResponsibilityTaken(event_id(89), staff("south"), CASE, "south"), Recorded(), ResponsibilityPassed(CASE, "south")
            ),
        ),
        "a case left with an ended programme": (
            "responsibility.empty",
            lambda steps: _and_then(
                steps, ProgrammeEnded(event_id(89), told.ADMIN, "centre", None), Recorded(), ProgrammeTurned("centre", Programme.ENDED)
            ),
        ),
        "a place in a project that does not run": (
            "accepting",
            _outcomes(ENDANGERED, lambda said: [*said, ProgrammeTurned("centre", Programme.OVER)]),
        ),
        "a project assigns a referral": (
            "responsibility.actor",
            lambda steps: _and_then(
                steps[: REFERRED + 1], ReferralAssigned(event_id(89), staff("south"), CASE, "south"), Recorded(), ReferralRouted(CASE, "south")
            ),
        ),
        "a case closed on its way": (
            "transfer.state",
            lambda steps: _and_then(steps[: DEPARTED + 1], ReferralClosed(event_id(89), HELPLINE, CASE, ReferralEnd.DECLINED_HELP, ""), Recorded()),
        ),
        "a deadline that moves for an accepted place": (
            "hold.unknown",
            _outcomes(DEPARTED, lambda said: [*said, HoldDeadlineMoved(HOLD, "centre-2", 1, START_MS + 9 * HOUR)]),
        ),
        "better places skipped in silence": ("out_of_order", lambda steps: _overridden(steps, _chosen(steps))),
        "better places skipped by one person": (
            "two_people",
            lambda steps: _overridden(
                steps, [*_chosen(steps), OutOfOrder(CASE, TRANSFER, case_id(71), 2, ("centre-2",), OverrideCode.PERSON_WISHES)]
            ),
        ),
        "people choose where danger is": ("never_towards_danger", lambda steps: _overridden(steps, _chosen(steps), danger=True)),
        "a prepared proposal accepted": ("people_decide", _outcomes(REQUESTED, lambda said: [*said[:3], _prepared(said[3]), *said[4:]])),
        "a place exchanged without a word": (
            "swap",
            lambda steps: _and_then(
                steps[: ENDANGERED + 1],
                SwapAgreed(event_id(89), staff("north"), CASE, OTHER, TRANSFER),
                Recorded(),
                PlaceExchanged(CASE, TRANSFER, "south-3", "south"),
            ),
        ),
        "a swap agreed by a stranger": (
            "swap",
            lambda steps: _and_then(steps[: ENDANGERED + 1], SwapAgreed(event_id(89), staff("south"), CASE, OTHER, TRANSFER)),
        ),
        "safety lowered by one body": ("two_people", lambda steps: _lowered(steps, [Recorded(), ActionTaken(CASE, LOWERED)])),
        "safety lowered in an emergency": (
            "two_people",
            lambda steps: _lowered(steps, [Recorded(), ReviewDue(CASE, LOWERED, steps[-1].at_ms + HOUR), ActionTaken(CASE, LOWERED)]),
        ),
        "safety lowered and nobody waited for": ("two_people", lambda steps: _lowered(steps, [Recorded()])),
        "the second person is of the same body": ("two_people", lambda steps: confirmed(steps, replace(HELPLINE, person="another"))),
        "the second person is the first under another body": ("two_people", lambda steps: confirmed(steps, replace(HELPLINE, body="north-body"))),
        "a confirmation after its time": ("two_people", lambda steps: confirmed(steps, staff("north"), after_ms=24 * HOUR + MINUTE)),
        "an action that never lapses": ("two_people.late", lambda steps: _after_all(_lowered(steps, _awaited(steps)), 30 * HOUR)),
        **planted_terms(),
        **planted_answers(),
        "private parts as they are": ("secrecy.plaintext", lambda steps: _changed(steps, REQUESTED, unsealed=True)),
        "both ends of a way": ("secrecy.together", _outcomes(DEPARTED, lambda said: [*said, PlaceReleased(HOLD, "centre-2", 1)])),
    }


def planted_records() -> dict[str, tuple[str, ByRecord]]:
    """Breaches in how it is written."""
    return {
        "garbage": ("chain.envelope", _raw(12, lambda _: b"garbage")),
        "a body nobody can read": ("chain.envelope", _raw(12, lambda entry: seal_envelope(replace(entry.envelope, body=b"\xc3\x01nothing")))),
        "no genesis": ("chain.genesis", lambda written: written[1:]),
        "another network": ("chain.network", _resealed(len(told.story()), network="training")),
        "an entry removed": ("chain.sequence", lambda written: written[:9] + written[10:]),
        "two entries swapped": ("chain.sequence", lambda written: [*written[:9], written[10], written[9], *written[11:]]),
        "one flipped bit": ("chain.previous_hash", _resealed(9, event_time_ms=START_MS + 1)),
        "an event skipped": ("chain.event_offset", _resealed(len(told.story()), event_offset=500)),
        "back in time": ("chain.event_time", _resealed(len(told.story()), event_time_ms=START_MS)),
        "a column that lies": ("export.differs", _column),
        "a private record as an outcome": ("secrecy.clear_field", _private_in_clear),
    }


def _changed(steps: list[Step], index: int, **changes: object) -> list[Step]:
    return [*steps[:index], replace(steps[index], **changes), *steps[index + 1 :]]  # type: ignore[arg-type]


def _outcomes(index: int, change: Callable[[list[object]], list[object]]) -> ByStep:
    return lambda steps: _changed(steps, index, outcomes=change(list(steps[index].outcomes)))


def _event(index: int, **changes: object) -> ByStep:
    return lambda steps: _changed(steps, index, event=replace(steps[index].event, **changes))  # type: ignore[arg-type]


def _swap(old: object, new: object) -> Callable[[list[object]], list[object]]:
    return lambda said: [new if each == old else each for each in said]


def _without(kind: type) -> Callable[[list[object]], list[object]]:
    return lambda said: [each for each in said if not isinstance(each, kind)]


def _household(*members: Member) -> ByStep:
    return _event(REFERRED, household=members)


def _danger(kind: DangerKind, value: str) -> ByStep:
    return _event(ENDANGERED, danger=Danger(kind, value))


def _danger_of_roma() -> DangerDeclared:
    return DangerDeclared(event_id(89), HELPLINE, CASE, Danger(DangerKind.PROVINCE, "RM"))


def _insert(index: int, event: Event) -> ByStep:
    return lambda steps: [*steps[:index], Step(steps[index - 1].at_ms, event, [Recorded()]), *steps[index:]]


def weighing(weight: int, valid_until_ms: int = START_MS + 900 * HOUR) -> Matching:
    scarcity = ScarcityWeights(START_MS, valid_until_ms, "by hand", "none", (KindWeights("women", (weight,)),))
    return Matching((4, 2, 1), scarcity, None)


def priced(matching: Matching, weight: int, *, thrift: int = 0, free: int = 3) -> ByStep:
    """The story under scarcity weights, where the one place that fits is said to cost so much."""

    def change(steps: list[Step]) -> list[Step]:
        parts = (30, 0, 0, 0, 40, 10, 0, thrift, -1, -weight)
        told = replace(
            explained(scored=(Scored("centre-2", parts, sum(parts), START_MS),)),
            scarcity=ScarcityTold(ScarcityStanding.IN_FORCE, (KindTold("women", free, weight),), 0),
        )
        return _explained(told)(_event(0, matching=matching)(steps))

    return change


def _policy_alone(steps: list[Step]) -> list[Step]:
    first = steps[0].event
    assert isinstance(first, PolicyAdopted)
    careful = _event(0, decisions=Decisions(24 * HOUR, 24 * HOUR, policies_take_two=True))(steps)
    second = Step(START_MS + 8 * HOUR, replace(first, event_id=event_id(89, START_MS + 8 * HOUR), version=2), [Recorded()])
    return [*careful, second] if careful[-1].at_ms < second.at_ms else [*careful, replace(second, at_ms=careful[-1].at_ms + 1)]


def policy_of_two(steps: list[Step], wanted: PolicyAdopted | None = None, **other_words: object) -> list[Step]:
    """After everything, the helpline proposes the next policy (one like the first where none is given), another body confirms it, and it is adopted, with other words where there are any."""
    first, at_ms = steps[0].event, steps[-1].at_ms
    assert isinstance(first, PolicyAdopted)
    second = replace(wanted or first, event_id=event_id(88, START_MS), version=2)
    proposed = PolicyProposed(event_id(86, START_MS), HELPLINE, 2, policy_digest(second), "two are enough", "")
    confirmed_by = ActionConfirmed(event_id(87, START_MS), staff("centre"), None, proposed.event_id)
    return [
        *_event(0, decisions=Decisions(24 * HOUR, 24 * HOUR, policies_take_two=True))(steps),
        Step(at_ms, proposed, [Recorded(), ConfirmationAwaited(None, proposed.event_id, at_ms + 24 * HOUR)]),
        Step(at_ms, confirmed_by, [Recorded(), ActionTaken(None, proposed.event_id)]),
        Step(at_ms, replace(second, **other_words), [Recorded()]),  # type: ignore[arg-type]
    ]


def _explained(said: MatchExplained) -> ByStep:
    return _outcomes(REQUESTED, lambda outcomes: [*outcomes[:-1], said])


def _proposal(proposal_id: str, hold_id: str) -> ProposalMade:
    return ProposalMade(CASE, TRANSFER, proposal_id, hold_id, "centre-2", "centre", START_MS + 9 * HOUR, 1, 1)


def _after(index: int, later_ms: int, unit_id: str) -> ByStep:
    def change(steps: list[Step]) -> list[Step]:
        at_ms = steps[index].at_ms + later_ms
        return [*steps[: index + 1], Step(at_ms, count(70, unit_id, 2, at_ms=at_ms), [Recorded(), capacity(unit_id, 2, 0, at_ms)])]

    return change


def _expired_late(steps: list[Step]) -> list[Step]:
    at_ms = steps[REQUESTED].at_ms + 3 * HOUR
    ended: list[Outcome] = [PlaceReleased(HOLD, "centre-2", 1), ProposalEnded(CASE, TRANSFER, PROPOSAL, HOLD, ProposalEnd.EXPIRED)]
    told_so: list[Outcome] = [TransferEscalated(CASE, TRANSFER, Escalation.DISCLOSURES_USED), Recorded(), capacity("south-3", 2, 0, at_ms)]
    return [*steps[: REQUESTED + 1], Step(at_ms, count(70, "south-3", 2, at_ms=at_ms), [*ended, *told_so])]


def _withdrawn_without_release(steps: list[Step]) -> list[Step]:
    at_ms = steps[REQUESTED].at_ms + MINUTE
    said: list[Outcome] = [
        Recorded(),
        ProposalEnded(CASE, TRANSFER, PROPOSAL, HOLD, ProposalEnd.WITHDRAWN),
        TransferClosed(CASE, TRANSFER, TransferEnd.WITHDRAWN),
    ]
    return [*steps[: REQUESTED + 1], Step(at_ms, TransferWithdrawn(event_id(71, at_ms), staff("north"), CASE, TRANSFER), said)]


def _overfull(steps: list[Step]) -> list[Step]:
    at_ms = steps[REQUESTED].at_ms + MINUTE
    full = replace(capacity("centre-2", 3, 1, at_ms), free=0)
    return [*steps[: REQUESTED + 1], Step(at_ms, count(71, "centre-2", 3, at_ms=at_ms), [Recorded(), full])]


def _early_clock(steps: list[Step]) -> list[Step]:
    at_ms = steps[-1].at_ms
    event = ClockAdvanced(event_id(72, at_ms), replace(HELPLINE, role=Role.CLOCK), at_ms + HOUR)
    return [*steps, Step(at_ms, event, [Recorded()])]


def _kept_for_an_hour(steps: list[Step]) -> list[Step]:
    said = [replace(each, until_ms=each.until_ms - 71 * HOUR) if type(each).__name__ == "PlaceKeptFor" else each for each in steps[ARRIVED].outcomes]  # type: ignore
    return _changed(steps, ARRIVED, outcomes=said)


def _linked(steps: list[Step]) -> list[Step]:
    at_ms = steps[REFERRED].at_ms
    other = ReferralReceived(event_id(73, at_ms), HELPLINE, OTHER, steps[REFERRED].event.source, "RM", (woman(),), "")  # type: ignore[union-attr]
    accepted = cast(ReferralAccepted, steps[REFERRED + 1].event)
    living = replace(accepted, event_id=event_id(74, at_ms), case_id=OTHER, project_id="centre", actor=staff("centre"), hosted_unit_id="centre-2")
    link = KeepApartDeclared(event_id(75, at_ms), HELPLINE, CASE, OTHER, KeepApart.RECRUITER)
    added = [
        Step(at_ms, other, [Recorded(), ReferralRouted(OTHER, "centre"), ResponsibilityPassed(OTHER, None)]),
        Step(at_ms, living, [Recorded(), ResponsibilityPassed(OTHER, "centre")]),
        Step(steps[REFERRED].at_ms, link, [Recorded()]),
    ]
    return [*steps[: REFERRED + 1], *added, *(replace(step) for step in steps[REFERRED + 1 : COUNTED])]


INQUIRY = case_id(63)


def asked(
    steps: list[Step], *, unit: str = "centre-2", project: str = "centre", hours_old: int = 60, times: int = 1, inquiries: Inquiries | None = _THREE
) -> list[Step]:
    """Roma's figures are old, so that its project is asked whether it could."""
    at_ms = steps[REQUESTED].at_ms
    opened = [InquiryOpened(CASE, TRANSFER, case_id(63 + number), unit, project, at_ms + HOUR, 1) for number in range(times)]
    excluded = (Excluded("safety", ("north-1", "south-3")), Excluded("freshness", ("centre-2",)))
    said: list[Outcome] = [
        Recorded(),
        TransferEscalated(CASE, TRANSFER, Escalation.NO_PLACE),
        *opened,
        replace(explained(scored=(), excluded=excluded), proposal_id=None, asked=(Scored(unit, told.PARTS, sum(told.PARTS), START_MS),)),
    ]
    old = _event(COUNT_OF_ROMA, observed_at_ms=steps[COUNT_OF_ROMA].at_ms - hours_old * HOUR)(steps)
    return _changed(_event(0, inquiries=inquiries)(old), REQUESTED, outcomes=said)[: REQUESTED + 1]


def _answered(steps: list[Step], project: str) -> list[Step]:
    at_ms = steps[-1].at_ms
    no = InquiryAnswered(event_id(84, at_ms), staff(project), CASE, TRANSFER, INQUIRY, False, DeclineCode.PROVIDER_NOT_FREE, "", None, None)
    return [*steps, Step(at_ms, no, [Recorded(), InquiryEnded(CASE, TRANSFER, INQUIRY, InquiryEnd.NO)])]


def _and_then(steps: list[Step], event: Event, *said: Outcome) -> list[Step]:
    return [*steps, Step(steps[-1].at_ms, event, list(said or (Recorded(),)))]


def _prepared(made: object) -> ProposalPrepared:
    assert isinstance(made, ProposalMade)
    deadline = made.deadline_at_ms
    return ProposalPrepared(CASE, TRANSFER, PROPOSAL, HOLD, made.unit_id, made.project_id, deadline, made.score, made.policy_version)


def _chosen(steps: list[Step]) -> list[Outcome]:
    """The helpline takes Napoli, where Roma ranks higher."""
    deadline = steps[REQUESTED].at_ms + HOUR
    scored = (Scored("centre-2", (30,), 30, START_MS), Scored("south-3", (20,), 20, START_MS))
    return [
        Recorded(),
        ActionTaken(CASE, event_id(91)),
        ProposalEnded(CASE, TRANSFER, PROPOSAL, HOLD, ProposalEnd.RELEASED),
        PlaceReleased(HOLD, "centre-2", 1),
        PlaceHeld(case_id(72), "south-3", 1, deadline),
        ProposalMade(CASE, TRANSFER, case_id(71), case_id(72), "south-3", "south", deadline, 20, 1),
        replace(explained(scored=scored, excluded=(Excluded("safety", ("north-1",)),)), proposal_id=case_id(71)),
    ]


def _overridden(steps: list[Step], said: list[Outcome], *, danger: bool = False) -> list[Step]:
    choice = MatchOverridden(event_id(91), HELPLINE, CASE, TRANSFER, "south-3", OverrideCode.PERSON_WISHES, "she asked for it", "")
    before = [step for index, step in enumerate(steps[: REQUESTED + 1]) if danger or index != ENDANGERED]
    return [*before, Step(steps[REQUESTED].at_ms, choice, said)]


def _same() -> CasesFoundSame:
    return CasesFoundSame(event_id(90), HELPLINE, CASE, OTHER)


def _missing(steps: list[Step], due: list[Outcome]) -> list[Step]:
    """A mother and her child do not arrive."""
    family = _household(woman(parent=True), woman(person="b", age_group=AgeGroup.CHILD))(_event(0, transfers=Transfers((), (), HOUR, HOUR))(steps))
    at_ms = steps[DEPARTED].at_ms
    gone = TransferEnded(event_id(85, at_ms), staff("north"), CASE, TRANSFER, TransferEnd.MISSING)
    return [
        *family[: DEPARTED + 1],
        Step(at_ms, gone, [Recorded(), *due, PlaceReleased(HOLD, "centre-2", 1), TransferClosed(CASE, TRANSFER, TransferEnd.MISSING)]),
    ]


LOWERED = event_id(81, START_MS)


def _awaited(steps: list[Step]) -> list[Outcome]:
    return [Recorded(), ConfirmationAwaited(CASE, LOWERED, steps[-1].at_ms + 24 * HOUR)]


def _lowered(steps: list[Step], said: list[Outcome]) -> list[Step]:
    """After everything, a danger is declared and somebody of the helpline wants it gone."""
    at_ms, danger = steps[-1].at_ms, Danger(DangerKind.REGION, "15")
    declared = DangerDeclared(event_id(80, START_MS), staff("centre"), CASE, danger)
    lowered = SafetyLowered(LOWERED, HELPLINE, CASE, danger, None, "he is in prison")
    return [*steps, Step(at_ms, declared, [Recorded()]), Step(at_ms, lowered, said)]


def confirmed(steps: list[Step], second: Actor, *, after_ms: int = MINUTE) -> list[Step]:
    """The helpline lowers safety, and somebody else says yes."""
    at_ms = steps[-1].at_ms + after_ms
    said_yes = ActionConfirmed(event_id(82, START_MS), second, CASE, LOWERED)
    return [*_lowered(steps, _awaited(steps)), Step(at_ms, said_yes, [Recorded(), ActionTaken(CASE, LOWERED)])]


def _after_all(steps: list[Step], after_ms: int) -> list[Step]:
    at_ms = steps[-1].at_ms + after_ms
    return [*steps, Step(at_ms, ClockAdvanced(event_id(83, at_ms), replace(HELPLINE, role=Role.CLOCK), at_ms), [Recorded()])]


def _closed(steps: list[Step]) -> list[Step]:
    at_ms = steps[REFERRED].at_ms
    return [*steps[:REFERRED], Step(at_ms, UnitClosed(event_id(76, at_ms), staff("centre"), "centre-2"), [Recorded()]), *steps[REFERRED:COUNTED]]


def _asked_again(steps: list[Step]) -> list[Step]:
    at_ms = steps[REQUESTED].at_ms + 10 * MINUTE
    again, hold, deadline = case_id(61), case_id(62), at_ms + HOUR
    no = ProposalDeclined(event_id(77, at_ms), staff("centre"), CASE, TRANSFER, PROPOSAL, DeclineCode.PROVIDER_SAFETY_CONCERN, "")
    said: list[Outcome] = [
        Recorded(),
        PlaceReleased(HOLD, "centre-2", 1),
        ProposalEnded(CASE, TRANSFER, PROPOSAL, HOLD, ProposalEnd.DECLINED),
        PlaceHeld(hold, "centre-2", 1, deadline),
        ProposalMade(CASE, TRANSFER, again, hold, "centre-2", "centre", deadline, sum(told.PARTS), 1),
        replace(explained(), proposal_id=again),
    ]
    return [*steps[: REQUESTED + 1], Step(at_ms, no, said)]


def _accepted_late(steps: list[Step]) -> list[Step]:
    return [*steps[:ACCEPTED], replace(steps[ACCEPTED], at_ms=steps[REQUESTED].at_ms + HOUR + 30_000)]


def _overdue(steps: list[Step]) -> list[Step]:
    counted = replace(cast(AvailabilityPublished, steps[COUNTED].event), as_of_sequence=5, occupied=2)
    return [*steps[:ARRIVED], replace(steps[COUNTED], at_ms=steps[COUNTED].at_ms + 3 * HOUR, event=counted)]


def _escalated_in_silence(steps: list[Step]) -> list[Step]:
    return _changed(steps, REQUESTED, outcomes=[Recorded(), TransferEscalated(CASE, TRANSFER, Escalation.NO_PLACE)])[: REQUESTED + 1]


def _unsafe_scored(steps: list[Step]) -> list[Step]:
    scored = (*explained().scored, Scored("south-3", (1,), 1, START_MS))
    return _explained(explained(scored=scored, excluded=(Excluded("safety", ("north-1",)),)))(steps)


def _raw(index: int, change: Callable[[Written], bytes]) -> ByRecord:
    def changed(written: list[Written]) -> list[Written]:
        return [*written[:index], replace(written[index], value=change(written[index])), *written[index + 1 :]]

    return changed


def _resealed(index: int, **changes: object) -> ByRecord:
    def reseal(entry: Written) -> bytes:
        envelope: Envelope = replace(entry.envelope, **changes)  # type: ignore[arg-type]
        return seal_envelope(envelope)

    return _raw(index, reseal)


def _column(written: list[Written]) -> list[Written]:
    last = written[-1]
    return [*written[:-1], replace(last, envelope=replace(last.envelope, event_time_ms=last.envelope.event_time_ms + 1))]


def _private_in_clear(written: list[Written]) -> list[Written]:
    from events.codec import encode_body, split
    from events.entry import Decided

    body = written[AGREED + 1].body
    private = split(told.story()[AGREED].event)[1]
    if not isinstance(body, Decided) or private is None:
        raise TypeError("the story has changed")
    leaking = encode_body(replace(body, outcomes=(*body.outcomes, private)))
    return _resealed(AGREED + 1, body=leaking)(written)
