"""What projects answer about their published places: what is counted and what is not, that it is the same without keys, and that it ranks."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

import pytest

from coordinator.domain import State
from coordinator.domain.snapshot import parts_of, state_from
from events.codec import split
from events.entry import Locked, OpenedDecision, Unread
from events.facts import Event, Outcome
from events.network import TrustBand
from events.transfer import MatchExplained, ProposalConfirmed, ProposalDeclined, TransferWithdrawn
from events.verdict import Refused
from events.vocabulary import DeclineCode, RefusalCode
from tests.domain.world import ADMINISTRATOR, CONFIRMING, DAY, HELPLINE, HOUR, POLICY, TRUST, World, italy, only

F = TypeVar("F", bound=Event | Outcome)


def trusting(**changes: object) -> World:
    """Two units of two projects that differ in nothing."""
    world = italy()
    world.send(replace(POLICY, version=2, trust=TRUST, max_declines=99, max_disclosures=99, **changes))  # type: ignore[arg-type]
    world.unit("rm-1", "lazio", "12", 3)
    world.unit("to-1", "piemonte", "01", 3)
    return world


def asked(world: World, name: str) -> str:
    case = world.case(name)
    world.request(case, needed_by_ms=world.now + 60 * DAY)
    return case


def decline(world: World, case_id: str, code: DeclineCode = DeclineCode.PROVIDER_NOT_FREE) -> tuple[Outcome, ...]:
    return world.send(ProposalDeclined("", world.asked(case_id), case_id, world.transfer_id(case_id), None, code, "because"))


def counted(state: State) -> dict[str, tuple[int, int]]:
    """Answers by project: (free, not free), in whole answers, of all ages."""
    return {
        project_id: (sum(cell.free for cell in answers.cells) // 100, sum(cell.not_free for cell in answers.cells) // 100)
        for project_id, answers in sorted(state.answers.items())
    }


def test_an_accepted_place_was_free_and_one_declined_as_taken_was_not() -> None:
    world = trusting()
    anna, bea = asked(world, "anna"), asked(world, "bea")
    first, second = (world.state.units[world.proposed_unit(case) or ""].project_id for case in (anna, bea))
    world.accept(anna)
    decline(world, bea)
    assert counted(world.state)[first][0] == 1
    assert counted(world.state)[second][1] == 1


@pytest.mark.parametrize("code", [code for code in DeclineCode if code is not DeclineCode.PROVIDER_NOT_FREE])
def test_any_other_decline_says_nothing_about_the_place(code: DeclineCode) -> None:
    world = trusting()
    decline(world, asked(world, "anna"), code)
    assert counted(world.state) == {}


def test_silence_and_withdrawal_say_nothing_about_the_place() -> None:
    world = trusting()
    asked(world, "anna")
    bea = asked(world, "bea")
    world.close(world.proposed_unit(bea) or "")
    world.tick(2 * DAY)
    assert counted(world.state) == {}


def test_a_hold_that_runs_out_beside_a_decline_of_the_same_unit_says_nothing() -> None:
    world = trusting()
    world.close("to-1")
    anna, bea = asked(world, "anna"), asked(world, "bea")
    decline(world, bea)
    world.tick(2 * DAY)
    assert counted(world.state) == {"lazio": (0, 1)}, anna


def test_each_declined_place_of_a_unit_counts_though_the_first_has_corrected_it() -> None:
    world = trusting()
    world.close("to-1")
    anna, bea = asked(world, "anna"), asked(world, "bea")
    decline(world, anna)
    decline(world, bea)
    assert counted(world.state) == {"lazio": (0, 2)}


def test_a_place_is_as_old_as_when_it_was_proposed() -> None:
    world = trusting()
    world.close("to-1")
    world.now += 10 * HOUR
    anna = asked(world, "anna")
    world.now += HOUR
    world.publish("rm-1")
    world.accept(anna)
    assert [number for number, cell in enumerate(world.state.answers["lazio"].cells) if cell.free] == [4]


def test_a_place_confirmed_first_counts_once() -> None:
    world = trusting(transfers=CONFIRMING)
    anna = asked(world, "anna")
    transfer = world.state.cases[anna].transfer
    assert transfer is not None and transfer.proposal is not None
    world.send(ProposalConfirmed("", HELPLINE, anna, transfer.transfer_id, transfer.proposal.proposal_id))
    world.accept(anna)
    assert list(counted(world.state).values()) == [(1, 0)]


def test_who_said_not_free_is_asked_after_who_did_not() -> None:
    world = trusting()
    for name in ("anna", "bea", "carla"):
        world.publish("rm-1")
        case = asked(world, name)
        while world.proposed_unit(case) == "to-1":
            decline(world, case, DeclineCode.PERSON_REFUSED)
        decline(world, case)
        world.send(TransferWithdrawn("", HELPLINE, case, world.transfer_id(case)))
    world.publish("rm-1")
    world.publish("to-1")
    told = only(world.request(world.case("dora"), needed_by_ms=world.now + 60 * DAY), MatchExplained)
    assert [scored.unit_id for scored in told.scored] == ["to-1", "rm-1"]
    assert told.scored[0].parts[-1] > told.scored[1].parts[-1]
    assert [(known.project_id, known.not_free) for known in told.trust] == [("piemonte", 0), ("lazio", 300)]


def test_a_policy_without_trust_scores_as_before() -> None:
    world = trusting()
    world.send(replace(POLICY, version=3, trust=None))
    told = only(world.request(world.case("anna")), MatchExplained)
    assert told.trust == ()
    assert {len(scored.parts) for scored in told.scored} == {9}


def without_keys(entry: OpenedDecision) -> OpenedDecision:
    """The entry as whoever has no key of a case reads it."""
    event = entry.opened.event
    assert not isinstance(event, Locked | Unread)
    sealed = tuple(outcome if isinstance(outcome, Locked) else locked(outcome) for outcome in entry.outcomes)
    return replace(entry, outcomes=sealed, opened=replace(entry.opened, event=locked(event)))


def locked(fact: F) -> F | Locked:
    """A fact about a case without its private part; any other as it is."""
    clear, private = split(fact)
    return Locked(type(fact).__name__, clear) if private is not None and hasattr(fact, "case_id") else fact


def test_the_counts_are_the_same_without_any_case_key() -> None:
    world = trusting()
    for name in ("anna", "bea", "carla", "dora"):
        case = asked(world, name)
        decline(world, case) if name in "annadora" else world.accept(case)
        world.publish("rm-1")
        world.publish("to-1")
    assert world.state.answers
    assert world.folded(len(world.entries), without_keys).answers == world.state.answers


def test_a_snapshot_holds_the_answers_and_the_trust_that_follows() -> None:
    world = trusting()
    decline(world, asked(world, "anna"))
    clear, sealed = parts_of(world.state)
    again = state_from("it", clear, sealed)
    assert again.answers == world.state.answers
    assert again.terms is not None and again.terms.trust is not None and world.state.terms is not None and world.state.terms.trust is not None
    assert again.terms.trust.known("lazio", HOUR) == world.state.terms.trust.known("lazio", HOUR)


@pytest.mark.parametrize(
    "wrong",
    [
        replace(TRUST, weight=-1),
        replace(TRUST, prior_answers=0),
        replace(TRUST, network_answers=0),
        replace(TRUST, bands=()),
        replace(TRUST, bands=TRUST.bands[:-1]),
        replace(TRUST, bands=(TrustBand(3 * HOUR, 900), TrustBand(None, 800))),
        replace(TRUST, bands=(TrustBand(12 * HOUR, 900), TrustBand(4 * HOUR, 900), TrustBand(None, 800))),
        replace(TRUST, bands=(TrustBand(None, 900), TrustBand(None, 800))),
        replace(TRUST, bands=(TrustBand(None, 1001),)),
    ],
)
def test_a_policy_with_a_trust_that_cannot_be_is_refused(wrong: object) -> None:
    world = italy()
    assert world.send(replace(POLICY, version=2, actor=ADMINISTRATOR, trust=wrong)) == (Refused(RefusalCode.FIELD_INVALID, "trust"),)  # type: ignore[arg-type]
