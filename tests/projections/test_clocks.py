"""What the views say of clocks: working-day freshness, duty hours, reminders and questions."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from coordinator.access import Grant, Standing
from coordinator.viewing import duty_json, item_for
from events.entry import OpenedDecision
from projections import case_file, network
from projections.freshness import Freshness, freshness_of
from projections.inbox import HELPLINE, Item, ItemKind, items
from projections.network import Policy
from projections.reported import effects_of
from tests.domain.test_duty import civil
from tests.domain.test_question import answer, ask, proposed
from tests.domain.world import MINUTE, World, duty, rome

pytestmark = pytest.mark.pure


def policy_of(world: World) -> Policy:
    rows = network.Rows({}, {}, {})
    for entry in world.entries:
        changes = network.fold(rows, effects_of(entry))
        rows = replace(rows, policies={**rows.policies, **{key: row for key, row in changes.policies.items() if row is not None}})
    return rows.policies[network.POLICY_KEY]


def file_of(world: World, case_id: str) -> case_file.CaseFile:
    files: dict[str, case_file.CaseFile] = {}
    for entry in world.entries:
        files.update({case: file for case, file in case_file.fold(files, effects_of(entry)).items() if file is not None})
    return case_file.from_bytes(case_file.to_bytes(files[case_id]))


def inbox_of(world: World, case_id: str, project: str) -> list[Item]:
    file = file_of(world, case_id)
    return list(items(case_id, file.care, file.transfers, project, world.sequence))


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        ("2023-11-17T17:01", Freshness.FRESH),
        ("2023-11-17T17:00", Freshness.AGEING),
        ("2023-11-14T17:01", Freshness.AGEING),
        ("2023-11-14T17:00", Freshness.STALE),
    ],
)
def test_counts_age_by_working_days(seen: str, expected: Freshness) -> None:
    assert freshness_of(rome(seen), rome("2023-11-21T17:00"), policy_of(civil())) is expected


def test_without_clocks_counts_age_by_plain_time() -> None:
    policy = replace(policy_of(civil()), clocks=None)
    now = rome("2023-11-21T17:00")

    assert freshness_of(now - policy.fresh_for_ms + 1, now, policy) is Freshness.FRESH
    assert freshness_of(now - policy.fresh_for_ms, now, policy) is Freshness.AGEING
    assert freshness_of(now - policy.ageing_for_ms, now, policy) is Freshness.STALE


def test_duty_hours_are_shown_as_published() -> None:
    world = civil()
    entry = next(entry for entry in reversed(world.entries) if isinstance(entry, OpenedDecision))
    row = network.fold(network.Rows({}, {}, {}), effects_of(entry)).duty["piemonte"]

    assert row is not None
    assert duty_json(row)["weekly"] == [{"weekday": day, "from_minute": 0, "to_minute": 1440} for day in range(7)]
    assert json.loads(row.hours)["on_holidays"] == [{"from_minute": 0, "to_minute": 1440}]
    assert duty("piemonte", 0, 24).weekly != ()


def test_a_reminder_is_seen_where_the_answer_is_awaited() -> None:
    world, case, _ = proposed()
    world.tick(20 * MINUTE)

    (item,) = inbox_of(world, case, "lazio")
    assert item.kind is ItemKind.PROPOSAL and item.state is not None and item.state.proposal is not None
    assert item.state.proposal.reminded == 1


def test_a_question_is_seen_by_whoever_is_to_answer_and_the_answer_by_whoever_asked() -> None:
    world, case, made = proposed()
    ask(world, case, "Which languages?")

    (asked,) = inbox_of(world, case, "lazio")
    (own,) = inbox_of(world, case, "campania")
    assert asked.state is not None and asked.state.proposal is not None
    assert asked.state.proposal.resumes_at_ms == world.now + 30 * MINUTE
    assert asked.state.proposal.deadline_at_ms == made.deadline_at_ms + 30 * MINUTE
    assert (asked.question, own.question, asked.answer) == ("Which languages?", "Which languages?", None)

    world.now += 10 * MINUTE
    answer(world, case, "Edo.")
    (asked,) = inbox_of(world, case, "lazio")
    assert asked.answer == "Edo."
    assert asked.state is not None and asked.state.proposal is not None
    assert asked.state.proposal.resumes_at_ms is None and not asked.state.proposal.question_stands
    assert asked.state.proposal.deadline_at_ms == made.deadline_at_ms + 10 * MINUTE
    assert not inbox_of(world, case, HELPLINE)


def test_the_responsible_project_is_not_told_who_asks_and_the_helpline_reads_no_words() -> None:
    world, case, _ = proposed()
    ask(world, case, "Which languages?")
    (own,) = inbox_of(world, case, "campania")
    project = Grant("body-campania-staff", "body-campania", Standing.PROJECT, "campania", ("it",))
    helpline = Grant("op-1", "helpline", Standing.HELPLINE, None, ("it",))

    assert "lazio" not in json.dumps(item_for(project, own)) and item_for(project, own)["question"] == "Which languages?"
    assert "Which languages?" not in json.dumps(item_for(helpline, own))
