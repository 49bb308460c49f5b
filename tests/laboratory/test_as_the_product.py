"""The simulation proposes what the product proposes: one frozen future, reported event by event to the decision core itself."""

from __future__ import annotations

import hashlib
import heapq
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import pytest

from coordinator.domain.upcoming import next_deadline_ms
from events.availability import AvailabilityPublished
from events.fact import Actor
from events.network import ClockAdvanced, PolicyAdopted, UnitOpened
from events.person import AgreementGiven, DangerDeclared, KeepApartDeclared
from events.referral import ReferralReceived
from events.transfer import (
    ArrivalConfirmed,
    DepartureConfirmed,
    ProposalAccepted,
    ProposalDeclined,
    ProposalEnded,
    ProposalMade,
    TransferRequested,
    TransferWithdrawn,
)
from events.verdict import Recorded
from events.vocabulary import DeclineCode, KeepApart, ProposalEnd, Role, Source
from ops.demand.hours import DAY_MS, HOUR_MS
from ops.demand.units import implementing_bodies
from ops.laboratory.estimation import HOLD_BACK
from ops.laboratory.instance import Asked, Instance, Reply, instance_of
from ops.laboratory.policies import POLICIES
from ops.laboratory.simulation import simulate
from ops.laboratory.stock import Stock
from ops.networks.loading import load_network
from ops.networks.opening import opening_events
from tests.domain.world import CLOCK, HELPLINE, World

_NETWORK = load_network("it")
_DAYS = 6


def _uuid(text: str) -> str:
    return str(uuid.UUID(bytes=hashlib.sha256(text.encode()).digest()[:16], version=4))


def _asked_of_the_core(asked: Asked) -> Asked:
    """With ids that the core takes; living nowhere yet, and staying: places left and stays that end are told to the core in other ways."""
    request = asked.request
    return replace(
        asked,
        stay_ms=400 * DAY_MS,
        no_show=False,
        request=replace(
            request,
            case_id=_uuid(request.case_id),
            transfer_id=_uuid(request.transfer_id),
            apart_from=frozenset(map(_uuid, request.apart_from)),
            lives_in=None,
        ),
    )


def _instance() -> Instance:
    instance = instance_of(_NETWORK, 11, "30", days=_DAYS)
    matching = instance.terms.policy.matching
    assert matching is not None
    policy = replace(instance.terms.policy, inquiries=None, matching=replace(matching, hold_back=HOLD_BACK))
    return replace(
        instance,
        terms=replace(instance.terms, policy=policy),
        asked=tuple(_asked_of_the_core(asked) for asked in instance.asked),
    )


class _Told:
    """The core, told what happens in an instance; the truth about places is kept beside it, as projects would know it."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.truth = Stock(instance)
        self.world = World()
        self.proposed: list[tuple[int, int, str]] = []
        """(at, request, unit)."""
        self._of_case = {asked.request.case_id: number for number, asked in enumerate(instance.asked)}
        self._unit_of = {unit.unit_id: index for index, unit in enumerate(instance.units)}
        self._live: dict[str, tuple[int, tuple[int, ...]]] = {}
        self._turns: Counter[int] = Counter()
        """By request: proposals of places that were free."""
        self._agenda: list[tuple[int, int, Callable[[], None]]] = []
        self._planned = 0
        self._open()

    def play(self) -> list[tuple[int, int, str]]:
        for unit, instants in enumerate(self.instance.published):
            for at_ms in instants:
                if at_ms < self.instance.over_ms:
                    self._plan(at_ms, partial(self._publish, unit))
        for asked in self.instance.asked:
            self._plan(asked.arrives_ms, partial(self._arrives, asked))
            if asked.withdraws_ms is not None:
                self._plan(asked.withdraws_ms, partial(self._withdraws, asked))
        while self._agenda:
            at_ms = self._agenda[0][0]
            rings_ms = next_deadline_ms(self.world.state)
            if rings_ms is not None and rings_ms <= at_ms:
                self._send(max(rings_ms, self.world.now), ClockAdvanced("", CLOCK, max(rings_ms, self.world.now)))
            else:
                heapq.heappop(self._agenda)[2]()
        return self.proposed

    def _plan(self, at_ms: int, happen: Callable[[], None]) -> None:
        self._planned += 1
        then: Callable[[], None] = partial(self._then, at_ms, happen)
        heapq.heappush(self._agenda, (at_ms, self._planned, then))

    def _then(self, at_ms: int, happen: Callable[[], None]) -> None:
        self.world.now = at_ms
        happen()

    def _open(self) -> None:
        extra = {project.project: implementing_bodies(project, _NETWORK) for project in _NETWORK.projects}
        at_ms = self.instance.start_ms - 60 * DAY_MS
        self.world.now = at_ms
        for event in opening_events(_NETWORK, self.world.event_id, "administrator-1", extra):
            self._send(at_ms, replace(self.instance.terms.policy, event_id=event.event_id) if isinstance(event, PolicyAdopted) else event)
        for unit in self.instance.units:
            self._send(
                at_ms,
                UnitOpened(
                    "", Actor("staff", unit.body, Role.PROJECT), unit.unit_id, unit.project_id, unit.body, unit.region, unit.level, unit.places,
                    tuple(sorted(unit.hosts)), tuple(sorted(unit.offers)), tuple(sorted(unit.languages)), unit.dangers,
                ),
            )  # fmt: skip

    def _publish(self, unit: int) -> None:
        now_ms, plain = self.world.now, self.instance.units[unit]
        self.truth.publish(unit, now_ms, 0)
        held = sum(len(taken) for at, taken in self._live.values() if at == unit)
        occupied = plain.places - len(self.truth.really_free(unit, now_ms)) - held
        actor = Actor("staff", plain.body, Role.PROJECT)
        self._send(
            now_ms, AvailabilityPublished("", actor, plain.unit_id, now_ms, plain.places, occupied, 0, plain.accepting, None, self.world.sequence)
        )

    def _arrives(self, asked: Asked) -> None:
        request, now_ms = asked.request, self.world.now
        case_id = request.case_id
        self._send(now_ms, ReferralReceived("", HELPLINE, case_id, Source.SELF, None, request.household.members, ""))
        assert request.agreed_until_ms is not None
        for person in request.household.must_agree:
            self._send(now_ms, AgreementGiven("", HELPLINE, case_id, person, request.agreed_until_ms))
        *dangers, leaving = request.dangers
        for danger in dangers:
            self._send(now_ms, DangerDeclared("", HELPLINE, case_id, danger))
        for other in sorted(request.apart_from):
            self._send(now_ms, KeepApartDeclared("", HELPLINE, case_id, other, next(iter(KeepApart))))
        self._send(
            now_ms,
            TransferRequested(
                "", HELPLINE, case_id, request.transfer_id, request.reason, asked.urgency, asked.needed_by_ms, leaving.value, request.wished_levels,
                request.wished_regions, "",
            ),
        )  # fmt: skip

    def _withdraws(self, asked: Asked) -> None:
        transfer = self.world.state.cases[asked.request.case_id].transfer
        if transfer is not None:
            self._send(self.world.now, TransferWithdrawn("", HELPLINE, asked.request.case_id, asked.request.transfer_id))

    def _replies(self, asked: Asked, unit: int, proposal_id: str, taken: tuple[int, ...], reply: Reply) -> None:
        case = self.world.state.cases[asked.request.case_id]
        if case.transfer is None or case.transfer.proposal is None or case.transfer.proposal.proposal_id != proposal_id:
            return
        now_ms, place = self.world.now, self.instance.units[unit]
        actor = Actor("staff", place.body, Role.PROJECT)
        names = (case.case_id, case.transfer.transfer_id)
        code = DeclineCode.PROVIDER_NOT_FREE if not taken else reply.code
        if code is not None:
            self._send(now_ms, ProposalDeclined("", actor, *names, proposal_id, code, "because"))
            return
        self._send(now_ms, ProposalAccepted("", actor, *names, proposal_id))
        self._send(now_ms, DepartureConfirmed("", HELPLINE, *names, now_ms + HOUR_MS))
        self._send(now_ms, ArrivalConfirmed("", actor, *names))

    def _send(self, at_ms: int, event: object) -> None:
        self.world.now = at_ms
        outcomes = self.world.send(event)  # type: ignore[arg-type]
        assert isinstance(event, ClockAdvanced) or Recorded() in outcomes, (event, outcomes)
        for outcome in outcomes:
            if isinstance(outcome, ProposalMade):
                number = self._of_case[outcome.case_id]
                asked, unit = self.instance.asked[number], self._unit_of[outcome.unit_id]
                taken = self.truth.hold(unit, number, asked.request.household.size, at_ms)
                self._live[outcome.proposal_id] = (unit, taken)
                self.proposed.append((at_ms, asked.index, outcome.unit_id))
                reply = self.instance.reply(asked, self._turns[number])
                self._turns[number] += bool(taken)
                if not reply.silent:
                    self._plan(at_ms + reply.after_ms, partial(self._replies, asked, unit, outcome.proposal_id, taken, reply))
            elif isinstance(outcome, ProposalEnded):
                unit, taken = self._live.pop(outcome.proposal_id)
                size = self.instance.asked[self._of_case[outcome.case_id]].request.household.size
                if outcome.how is ProposalEnd.ACCEPTED:
                    self.truth.arrive(unit, taken)
                else:
                    self.truth.release(unit, size, taken)
                    self._turns[self._of_case[outcome.case_id]] -= bool(taken) and outcome.how is ProposalEnd.RELEASED


@pytest.fixture(scope="module")
def instance() -> Instance:
    return _instance()


def test_the_simulation_proposes_what_the_core_proposes(instance: Instance) -> None:
    played = simulate(instance, POLICIES["shipped"])
    simulated = [(proposed.at_ms, proposed.request, instance.units[proposed.unit].unit_id) for proposed in played.proposed]
    assert sorted(_Told(instance).play()) == sorted(simulated)
    assert len(simulated) > 80
