"""One policy played on one frozen future: the product's rules, its matcher and its course of a proposal, without ledger, clock or chance.

What happens, happens in order of time: arrivals, publications, replies, withdrawals, deadlines, ends of stays, a project coming on duty. After each, only
pairs of request and place that it may have made possible are looked at again, as `coordinator.domain.proposing` does; time alone makes none possible.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from enum import IntEnum, unique
from functools import partial

from coordinator.domain.declining import CONSEQUENCES
from coordinator.matching.best_place import Answer
from coordinator.matching.place import Place
from coordinator.matching.request import NOWHERE, URGENCY_RANK, Request, near_also
from coordinator.matching.safety import could_host, excluded_by, still_safe
from coordinator.matching.terms import Terms
from events.answers import NO_ANSWERS, Answers, age_class, with_answer
from events.vocabulary import Consequence, DeclineCode
from ops.demand.hours import DAY_MS, HOUR_MS, local
from ops.laboratory.instance import Asked, Instance
from ops.laboratory.objective import placement_points
from ops.laboratory.policies import ANEW_AFTER_DAYS, Anew, Policy, Scene, Turns, Waiting
from ops.laboratory.records import Ending, Outcome, Played, Proposed, Served
from ops.laboratory.stock import Stock

_MORNING_MS = 9 * HOUR_MS
"""Local time at which requests are tried again by those who try once a day."""


@unique
class _Kind(IntEnum):
    """What may happen; at one instant in this order."""

    STAY_ENDS = 0
    PUBLISHED = 1
    REPLY = 2
    WITHDRAWN = 3
    DEADLINE = 4
    GONE_FROM_OLD_PLACE = 5
    LOOK_AGAIN = 6
    ON_DUTY = 7
    MORNING = 8
    ESTIMATED_ANEW = 9
    ARRIVES = 10


class _Proposal:
    """A live proposal."""

    __slots__ = ("at_ms", "code", "deadline_ms", "how", "known_free", "number", "observed_at_ms", "score", "taken", "unit")

    def __init__(
        self,
        number: int,
        unit: int,
        at_ms: int,
        place: Place,
        taken: tuple[int, ...],
        deadline_ms: int,
        score: int,
        how: Ending,
        code: DeclineCode | None,
    ) -> None:
        self.number = number
        self.unit = unit
        self.at_ms = at_ms
        self.known_free = place.free
        self.observed_at_ms = place.observed_at_ms or 0
        self.taken = taken
        self.deadline_ms = deadline_ms
        self.score = score
        self.how = how
        self.code = code


class _Parked:
    """A unit that declined a request, or did not answer."""

    __slots__ = ("lasts", "since_ms", "step")

    def __init__(self, since_ms: int, step: int, lasts: bool) -> None:
        self.since_ms = since_ms
        self.step = step
        self.lasts = lasts


class _Case:
    """A request in play."""

    __slots__ = (
        "accepted", "asked", "declines", "first_ms", "key", "linked", "lives_in", "outcome", "parked", "proposal", "proposals", "request", "size", "turn",
    )  # fmt: skip

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self.request = asked.request
        self.size = asked.request.household.size
        self.key = (URGENCY_RANK[asked.urgency], asked.arrives_ms, asked.request.transfer_id)
        self.linked: list[_Case] = []
        self.lives_in = asked.request.lives_in
        """Where others must not come near."""
        self.proposal: _Proposal | None = None
        self.accepted: int | None = None
        """The unit where the case lives, while it does."""
        self.parked: dict[str, _Parked] = {}
        self.declines = 0
        self.proposals = 0
        self.turn = 0
        """How many proposals of places that were free were answered, or are, or never will be."""
        self.first_ms: int | None = None
        self.outcome: Outcome | None = None

    def near(self, unit_of: Mapping[str, int]) -> list[int]:
        """Units where the case lives, is expected, or may come back to."""
        units = [] if self.lives_in is None else [unit_of[self.lives_in]]
        if self.proposal is not None:
            units.append(self.proposal.unit)
        if self.accepted is not None:
            units.append(self.accepted)
        return units


def simulate(instance: Instance, policy: Policy) -> Played:
    """Everything that comes of a policy on an instance. The same for the same two, on every machine."""
    return _Play(instance, policy).played()


class _Play:
    def __init__(self, instance: Instance, policy: Policy) -> None:
        self._instance = instance
        self._policy = policy
        self._terms: Terms = policy.terms_for(instance)
        self._stock = Stock(instance)
        self._unit_of = {unit.unit_id: index for index, unit in enumerate(instance.units)}
        self._projects = tuple(sorted({unit.project_id for unit in instance.units}))
        self._cases: dict[str, _Case] = {}
        self._waiting: dict[str, _Case] = {}
        self._immediate = 0
        """How many immediate requests wait."""
        self._opens_ms: int | None = None
        """The coming opening that is already on the agenda."""
        self._agenda: list[tuple[int, int, int, Callable[[int], None]]] = []
        self._answers: Mapping[str, Answers] = {}
        """What projects answered, where the policy counts that."""
        self._asked: list[Asked] = []
        """Who asked so far."""
        self._added = 0
        self._step = 0
        self._calls = 0
        self._to_match: set[str] = set()
        self._changed: set[int] = set()
        self._turn: set[str] = set()
        """Of those who are tried once a day: whose turn it is."""
        self._proposed: list[Proposed | None] = []
        self._served: list[Served | None] = [None] * len(instance.asked)
        self._over_already = 0

    def played(self) -> Played:
        instance = self._instance
        for unit, instants in enumerate(instance.published):
            for at_ms in instants:
                self._at(at_ms, _Kind.PUBLISHED, partial(self._published, unit))
        for asked in instance.asked:
            self._at(asked.arrives_ms, _Kind.ARRIVES, partial(self._arrives, asked))
        if self._policy.turns is Turns.DAILY:
            self._next_morning(instance.start_ms)
        if self._policy.anew is not None:
            for days in range(ANEW_AFTER_DAYS, instance.days, ANEW_AFTER_DAYS):
                self._at(instance.start_ms + days * DAY_MS, _Kind.ESTIMATED_ANEW, partial(self._estimated_anew, self._policy.anew, days))
        while self._over_already < len(instance.asked):
            at_ms, _, _, happen = heapq.heappop(self._agenda)
            self._step += 1
            happen(at_ms)
            if self._to_match or self._changed:
                self._propose(at_ms)
        served = tuple(each for each in self._served if each is not None)
        return Played(
            self._policy.name,
            instance.seed,
            instance.load,
            instance.days,
            served,
            tuple(each for each in self._proposed if each is not None),
            self._calls,
        )

    def _at(self, at_ms: int, kind: _Kind, happen: Callable[[int], None]) -> None:
        self._added += 1
        heapq.heappush(self._agenda, (at_ms, kind, self._added, happen))

    # What happens.

    def _published(self, unit: int, at_ms: int) -> None:
        if self._stock.publish(unit, at_ms, self._step):
            self._changed.add(unit)

    def _arrives(self, asked: Asked, at_ms: int) -> None:
        self._asked.append(asked)
        case = _Case(asked)
        case_id = asked.request.case_id
        self._cases[case_id] = case
        for other_id in asked.request.apart_from:
            other = self._cases[other_id]
            case.linked.append(other)
            other.linked.append(case)
            other.request = replace(other.request, apart_from=other.request.apart_from | {case_id})
            self._no_longer_safe(other, at_ms)
        if case.request.household.unaccompanied:
            self._over(case, Outcome.MINOR)
            return
        self._wait(case)
        if asked.withdraws_ms is not None and asked.withdraws_ms < asked.needed_by_ms:
            self._at(asked.withdraws_ms, _Kind.WITHDRAWN, partial(self._withdrawn, case))
        self._at(asked.needed_by_ms, _Kind.DEADLINE, partial(self._deadline, case))
        matching = self._terms.policy.matching
        if matching is not None and matching.hold_back is not None and asked.urgency in matching.hold_back.urgencies:
            ends_ms = asked.needed_by_ms if matching.scarcity is None else matching.scarcity.valid_until_ms
            last_ms = min(ends_ms, asked.needed_by_ms - matching.hold_back.until_before_deadline_ms)
            if last_ms > at_ms:
                self._at(last_ms, _Kind.LOOK_AGAIN, partial(self._look_again, case))
        self._to_match.add(case_id)
        self._turn.add(case_id)

    def _no_longer_safe(self, case: _Case, at_ms: int) -> None:
        """A link is known now: what was proposed near the other is taken back."""
        if case.proposal is None:
            return
        unit = case.proposal.unit
        request = self._now(case, at_ms)
        if still_safe(request, self._stock.places[unit], at_ms, self._terms) is not None:
            case.turn -= bool(case.proposal.taken)
            self._end(case, case.proposal, at_ms, Ending.RELEASED, None)

    def _withdrawn(self, case: _Case, at_ms: int) -> None:
        if case.outcome is not None:
            return
        if case.proposal is not None:
            self._end(case, case.proposal, at_ms, Ending.WITHDRAWN, None, Outcome.WITHDRAWN)
        else:
            self._over(case, Outcome.WITHDRAWN)

    def _deadline(self, case: _Case, _at_ms: int) -> None:
        if case.outcome is None and case.proposal is None:
            self._over(case, Outcome.DEADLINE)

    def _replied(self, case: _Case, proposal: _Proposal, at_ms: int) -> None:
        if case.proposal is not proposal:
            return
        if proposal.how is Ending.ACCEPTED:
            self._accepted(case, proposal, at_ms)
            return
        if proposal.how is Ending.DECLINED:
            case.declines += 1
            assert proposal.code is not None
            consequences = CONSEQUENCES[proposal.code]
            if proposal.code in self._terms.policy.not_free_codes:
                self._stock.correct(proposal.unit)
                self._learn(proposal, free=False)
            lasts = Consequence.NOT_THIS_UNIT in consequences
            reassess = Consequence.REASSESS in consequences
        else:
            lasts = reassess = False
        self._park(case, proposal.unit, at_ms, lasts=lasts)
        self._end(case, proposal, at_ms, proposal.how, proposal.code, Outcome.REASSESS if reassess else None)

    def _learn(self, proposal: _Proposal, *, free: bool) -> None:
        """What a project's answer says of its figures, where the policy trusts them by their history."""
        if self._terms.trust is None:
            return
        project_id = self._instance.units[proposal.unit].project_id
        before = self._answers.get(project_id)
        number = age_class(proposal.at_ms - proposal.observed_at_ms)
        told = Answers(project_id, with_answer(before.cells if before is not None else NO_ANSWERS, number, free=free))
        self._answers = {**self._answers, project_id: told}
        self._terms = replace(self._terms, trust=self._terms.trust.with_answers(self._answers, project_id))

    def _park(self, case: _Case, unit: int, at_ms: int, *, lasts: bool) -> None:
        case.parked[self._instance.units[unit].unit_id] = _Parked(at_ms, self._step, lasts)
        if not lasts:
            self._at(at_ms + self._terms.policy.decline_parks_for_ms, _Kind.LOOK_AGAIN, partial(self._look_again, case))

    def _look_again(self, case: _Case, _at_ms: int) -> None:
        if case.asked.request.case_id in self._waiting:
            self._to_match.add(case.asked.request.case_id)

    def _accepted(self, case: _Case, proposal: _Proposal, at_ms: int) -> None:
        asked = case.asked
        self._learn(proposal, free=True)
        leaves_ms = max(proposal.at_ms + asked.stay_ms, at_ms)
        self._stock.arrive(proposal.unit, proposal.taken)
        case.proposal = None
        case.accepted = proposal.unit
        self._record(case, proposal, at_ms, Ending.ACCEPTED, None, leaves_ms)
        self._at(leaves_ms, _Kind.STAY_ENDS, partial(self._stay_ends, case, proposal))
        if case.lives_in is not None:
            self._at(at_ms + self._terms.policy.kept_after_arrival_ms, _Kind.GONE_FROM_OLD_PLACE, partial(self._gone, case))
        self._over(case, Outcome.PLACED, proposal)

    def _stay_ends(self, case: _Case, proposal: _Proposal, _at_ms: int) -> None:
        self._stock.leave(proposal.unit, proposal.taken)
        case.accepted = None
        self._moved(case)

    def _gone(self, case: _Case, _at_ms: int) -> None:
        """The place left is kept no longer."""
        case.lives_in = None
        self._moved(case)

    def _estimated_anew(self, anew: Anew, days: int, _at_ms: int) -> None:
        """Places cost something else from here on, so that whoever waits may find one; projects are trusted as before."""
        self._terms = replace(anew(self._terms, self._asked, days), trust=self._terms.trust)
        self._to_match.update(self._waiting)

    def _moved(self, case: _Case) -> None:
        """Whoever is kept apart from a case may fit where it was."""
        self._to_match.update(other.asked.request.case_id for other in case.linked if other.asked.request.case_id in self._waiting)

    def _opening(self, at_ms: int) -> None:
        if self._opens_ms != at_ms:
            return
        self._opens_ms = None
        self._to_match.update(case_id for case_id, case in self._waiting.items() if case.request.immediate)
        self._expect_opening(at_ms)

    def _expect_opening(self, at_ms: int) -> None:
        if self._immediate and self._opens_ms is None:
            self._opens_ms = self._terms.clockwork.next_opening(at_ms, self._projects)
            if self._opens_ms is not None:
                self._at(self._opens_ms, _Kind.ON_DUTY, self._opening)

    def _next_morning(self, at_ms: int) -> None:
        midnight = at_ms - local(at_ms) % DAY_MS
        morning = next(at for day in range(3) if (at := midnight + day * DAY_MS + _MORNING_MS) > at_ms)
        self._at(morning, _Kind.MORNING, self._morning)

    def _morning(self, at_ms: int) -> None:
        self._to_match.update(self._waiting)
        self._turn.update(self._waiting)
        self._next_morning(at_ms)

    # What follows from it.

    def _wait(self, case: _Case) -> None:
        self._waiting[case.asked.request.case_id] = case
        self._immediate += case.request.immediate

    def _wait_no_more(self, case: _Case) -> None:
        if self._waiting.pop(case.asked.request.case_id, None) is not None:
            self._immediate -= case.request.immediate

    def _over(self, case: _Case, outcome: Outcome, placed: _Proposal | None = None) -> None:
        asked = case.asked
        assert case.outcome is None
        case.outcome = outcome
        self._over_already += 1
        self._wait_no_more(case)
        self._served[asked.index] = Served(
            request=asked.index,
            outcome=outcome,
            persons=case.size,
            urgency=asked.urgency,
            unit=None if placed is None else placed.unit,
            proposed_ms=None if placed is None else placed.at_ms,
            wait_ms=None if placed is None else placed.at_ms - asked.arrives_ms,
            first_proposal_ms=None if case.first_ms is None else case.first_ms - asked.arrives_ms,
            proposals=case.proposals,
            declines=case.declines,
            worth=0 if placed is None else placement_points(self._instance, asked, placed.unit, placed.at_ms),
        )

    def _end(self, case: _Case, proposal: _Proposal, at_ms: int, how: Ending, code: DeclineCode | None, outcome: Outcome | None = None) -> None:
        """A proposal is over without a place: its places are free again, and the request waits, or is a person's from here on.

        `outcome`: the request is over as well, with this.
        """
        case.proposal = None
        self._record(case, proposal, at_ms, how, code, None)
        if self._stock.release(proposal.unit, case.size, proposal.taken):
            self._changed.add(proposal.unit)
        self._moved(case)
        policy = self._terms.policy
        if outcome is not None:
            self._over(case, outcome)
        elif case.asked.needed_by_ms <= at_ms:
            self._over(case, Outcome.DEADLINE)
        elif case.declines >= policy.max_declines:
            self._over(case, Outcome.DECLINES)
        elif case.proposals >= policy.max_disclosures:
            self._over(case, Outcome.DISCLOSURES)
        else:
            self._wait(case)
            self._to_match.add(case.asked.request.case_id)

    def _record(self, case: _Case, proposal: _Proposal, at_ms: int, how: Ending, code: DeclineCode | None, leaves_ms: int | None) -> None:
        self._proposed[proposal.number] = Proposed(
            case.asked.index, proposal.unit, proposal.at_ms, proposal.known_free, proposal.observed_at_ms, proposal.taken, proposal.deadline_ms, at_ms, how,
            code, proposal.score, leaves_ms,
        )  # fmt: skip

    # Matching.

    def _propose(self, at_ms: int) -> None:
        to_match, changed = self._to_match, sorted(self._changed)
        self._to_match, self._changed = set(), set()
        cases = self._to_look_at(to_match, changed, at_ms)
        if cases:
            self._answer(cases, at_ms)
        self._expect_opening(at_ms)

    def _to_look_at(self, to_match: set[str], changed: list[int], at_ms: int) -> list[tuple[_Case, Request]]:
        if self._policy.turns is Turns.DAILY:
            turn, self._turn = self._turn, set()
            cases = sorted((self._waiting[case_id] for case_id in turn if case_id in self._waiting), key=lambda case: case.asked.index)
            return [(case, self._now(case, at_ms)) for case in cases]
        places = [place for unit in changed if (place := self._stock.places[unit]).free > 0]
        found: list[tuple[_Case, Request]] = []
        for case_id, case in self._waiting.items():
            if case_id in to_match:
                found.append((case, self._now(case, at_ms)))
            elif places and _may_fit(case, places):
                request = self._now(case, at_ms)
                if any(excluded_by(request, place, at_ms, self._terms) is None for place in places):
                    found.append((case, request))
        found.sort(key=lambda item: item[0].key)
        return found

    def _answer(self, found: list[tuple[_Case, Request]], at_ms: int) -> None:
        self._calls += 1
        requests = [request for _, request in found]
        answers: Sequence[Answer]
        if self._policy.choose is None:
            answers = self._policy.matcher(requests, self._stock.units, at_ms, self._terms, self._stock.loads)
        else:
            scene = Scene(at_ms, self._terms, requests, self._stock.units, self._stock.loads, self._everybody(found, at_ms), self._instance)
            answers = self._policy.choose(scene)
            for case_id, again_ms in scene.look_again.items():
                case = self._cases[case_id]
                self._at(max(again_ms, at_ms + 1), _Kind.LOOK_AGAIN, partial(self._look_again, case))
        for (case, _), answer in zip(found, answers, strict=True):
            assert answer.case_id == case.asked.request.case_id
            if answer.best is not None:
                self._offer(case, self._unit_of[answer.best.place.unit_id], answer.best.total, at_ms)

    def _everybody(self, found: list[tuple[_Case, Request]], at_ms: int) -> Mapping[str, Waiting]:
        now = {request.case_id: request for _, request in found}
        return {
            case_id: Waiting(
                now.get(case_id) or self._now(case, at_ms),
                case.asked.urgency,
                case.asked.arrives_ms,
                case.asked.needed_by_ms,
                case.turn,
            )
            for case_id, case in self._waiting.items()
        }

    def _offer(self, case: _Case, unit: int, score: int, at_ms: int) -> None:
        instance, asked = self._instance, case.asked
        place = self._stock.places[unit]
        reply = instance.reply(asked, case.turn)
        taken = self._stock.hold(unit, asked.index, case.size, at_ms)
        case.turn += bool(taken)
        plain_ms = self._terms.answer_within_ms[asked.urgency]
        deadline_ms, _ = self._terms.clockwork.answer_until(place.project_id, asked.urgency, at_ms, plain_ms)
        ends_ms = at_ms + reply.after_ms
        how, code = Ending.ACCEPTED, None
        if reply.silent:
            how, ends_ms = Ending.EXPIRED, deadline_ms
        elif not taken:
            how, code = Ending.DECLINED, DeclineCode.PROVIDER_NOT_FREE
        elif reply.code is not None:
            how, code = Ending.DECLINED, reply.code
        proposal = _Proposal(len(self._proposed), unit, at_ms, place, taken, deadline_ms, score, how, code)
        self._proposed.append(None)
        case.proposal = proposal
        case.proposals += 1
        if case.first_ms is None:
            case.first_ms = at_ms
        self._wait_no_more(case)
        self._at(ends_ms, _Kind.REPLY, partial(self._replied, case, proposal))

    def _now(self, case: _Case, at_ms: int) -> Request:
        """The request of a case as it is at this instant."""
        request = case.request
        if not case.linked and not case.parked:
            return request
        parks_for_ms, changes = self._terms.policy.decline_parks_for_ms, self._stock.changes
        parked = frozenset(
            unit_id
            for unit_id, told in case.parked.items()
            if (told.lasts or told.since_ms + parks_for_ms > at_ms) and changes[self._unit_of[unit_id]] <= told.step
        )
        near = NOWHERE
        for other in case.linked:
            for unit in other.near(self._unit_of):
                near = near_also(near, self._instance.units[unit], self._terms.policy)
        return replace(request, parked=parked, near=near)


def _may_fit(case: _Case, places: list[Place]) -> bool:
    """A quick no for most."""
    household, size = case.request.household, case.size
    return any(size <= place.free and could_host(household, place) for place in places)
