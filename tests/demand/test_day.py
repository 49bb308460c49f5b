"""A simulated day: the same for the same seed, lively, and never against the rules (by the checker that shares no code with the matcher)."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from events.availability import AvailabilityReaffirmed
from events.lines import format_line, parse_line
from events.referral import ReferralReceived
from events.transfer import ProposalMade
from events.verdict import Duplicate, Recorded, Refused
from ops.demand.day import Day
from ops.demand.hours import local_text, on_free_day
from ops.demand.rehearsal import Rehearsed, rehearse
from ops.demand.tally import Tally
from ops.networks import load_network
from tests.checker.book import Step, Written, check, write

NETWORK = load_network("it")


def played(seed: int, heaviness: float = 20.0) -> list[Rehearsed]:
    return list(rehearse(Day(NETWORK, seed, 1, heaviness), "it"))


@pytest.fixture(scope="module")
def day() -> list[Rehearsed]:
    return played(1)


def test_the_same_seed_gives_the_same_day(day: list[Rehearsed]) -> None:
    again = played(1)
    assert [(each.timed.at_ms, format_line(each.timed.event)) for each in day] == [
        (each.timed.at_ms, format_line(each.timed.event)) for each in again
    ]
    assert [each.answer for each in day] == [each.answer for each in again]


_BORN_IN_THE_LEDGER = ("proposal_id", "inquiry_id")


def without_derived_ids(rehearsed: list[Rehearsed]) -> list[tuple[int, dict[str, object], list[str]]]:
    """(instant, event, kinds of outcomes), without the ids that the ledger derives from the network's name and the sequence."""
    return [
        (
            each.timed.at_ms,
            {name: value for name, value in json.loads(format_line(each.timed.event)).items() if name not in _BORN_IN_THE_LEDGER},
            [type(outcome).__name__ for outcome in each.answer.outcomes],
        )
        for each in rehearsed
    ]


@pytest.mark.parametrize("name", ["it-demo-1", "it-demo-2"])
def test_the_day_hangs_on_no_id_that_the_ledger_derives(day: list[Rehearsed], name: str) -> None:
    """A live run has a name of its own, and so other ids of proposals and inquiries: people answer the same all the same."""
    other = list(rehearse(Day(NETWORK, 1, 1, 20.0), name))
    ids = {outcome.proposal_id for each in day for outcome in each.answer.outcomes if isinstance(outcome, ProposalMade)}
    assert len(ids) >= 20
    assert not ids & {outcome.proposal_id for each in other for outcome in each.answer.outcomes if isinstance(outcome, ProposalMade)}
    assert without_derived_ids(other) == without_derived_ids(day)


def test_what_is_sent_twice_has_one_entry(day: list[Rehearsed]) -> None:
    again = [each for each in day if isinstance(each.answer.verdict, Duplicate)]
    assert again and all(each.entry is None and not each.answer.outcomes for each in again)
    entered = [each.answer.sequence for each in day if each.entry is not None]
    assert entered == list(range(1, len(entered) + 1))


def test_another_process_plays_the_same_day(day: list[Rehearsed], tmp_path: Path) -> None:
    out = tmp_path / "day.jsonl"
    subprocess.run([sys.executable, "-m", "ops.demand", "--days", "1", "--heaviness", "20", "--out", str(out)], check=True, capture_output=True)
    lines = out.read_text(encoding="utf-8").splitlines()
    assert len(lines) == len(day)
    assert f'"event_id": "{day[-1].timed.event.event_id}"' in lines[-1]


def test_another_seed_gives_another_day(day: list[Rehearsed]) -> None:
    other = played(2, 5.0)
    assert not {each.timed.event.event_id for each in day} & {each.timed.event.event_id for each in other}


def test_time_never_goes_back_and_lines_can_be_read(day: list[Rehearsed]) -> None:
    instants = [each.timed.at_ms for each in day]
    assert instants == sorted(instants)
    assert all(parse_line(format_line(each.timed.event), 1) == each.timed.event for each in day)


def test_a_day_shows_every_path(day: list[Rehearsed]) -> None:
    tally = Tally()
    for each in day:
        tally.took(each.timed, each.answer)
    summary = tally.summary()
    assert summary.requests >= 25
    assert summary.served_within_deadline >= 10
    assert summary.arrived >= 5
    assert summary.declined
    assert summary.unserved
    assert summary.duplicates >= 1
    names = {type(each.timed.event).__name__ for each in day}
    assert {"AvailabilityReaffirmed", "DangerDeclared", "KeepApartDeclared", "TransferWithdrawn", "ClockAdvanced", "DepartureConfirmed"} <= names


@pytest.fixture(scope="module")
def week() -> list[Rehearsed]:
    return list(rehearse(Day(NETWORK), "it"))


def test_a_week_shows_what_a_day_does_not(week: list[Rehearsed]) -> None:
    tally = Tally()
    for each in week:
        tally.took(each.timed, each.answer)
    assert tally.summary().expired >= 1
    names = {type(each.timed.event).__name__ for each in week}
    assert {
        "ContactLogged",
        "AssessmentRecorded",
        "ReferralDeclined",
        "ReferralAssigned",
        "TransferAmended",
        "InquiryAnswered",
        "HandOverPrepared",
    } <= names
    groups = Counter(
        each.timed.event.group.group_id for each in week if isinstance(each.timed.event, ReferralReceived) and each.timed.event.group is not None
    )
    assert groups and min(groups.values()) >= 3
    free = [each for each in week if on_free_day(each.timed.at_ms)]
    assert {local_text(each.timed.at_ms)[:10] for each in free} >= {"Sat 28 Oct", "Sun 29 Oct", "Wed 01 Nov"}
    counts = [each for each in week if isinstance(each.timed.event, AvailabilityReaffirmed)]
    assert sum(on_free_day(each.timed.at_ms) for each in counts) < len(counts) / 5


def test_what_is_refused_was_meant_to_be(day: list[Rehearsed]) -> None:
    """People of the day send forms late, miscount, and choose places that cannot be; nothing else of theirs is refused."""
    codes = {each.answer.verdict.code.value for each in day if isinstance(each.answer.verdict, Refused)}
    meant = {"more_than_places", "no_live_proposal", "proposal_superseded", "transfer_over", "not_asked", "case_erased", "safety", "no_place_free"}
    assert codes <= meant
    assert sum(isinstance(each.answer.verdict, Recorded) for each in day) > 0.95 * len(day)


@pytest.mark.parametrize("seed", [1, 4, 7])
def test_the_rules_hold_by_the_independent_checker(seed: int, tmp_path: Path) -> None:
    findings = check(as_ledger(played(seed)), tmp_path)
    assert findings.breaches == []
    assert findings.proposals >= 20
    assert findings.arrivals >= 3


def as_ledger(rehearsed: list[Rehearsed]) -> list[Written]:
    """The entries of a rehearsal behind a genesis."""
    return write([Step(each.timed.at_ms, each.timed.event, list(each.answer.outcomes)) for each in rehearsed if each.entry is not None])
