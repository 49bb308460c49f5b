"""Break-glass through the gateway: free text for whoever opened it, in its time, recorded before it is shown; and who has to look at it afterwards."""

from __future__ import annotations

from typing import Any

import pytest

from tests.gateway.conftest import Running, problem
from tests.gateway.story import BODY_OF, agreement, availability, case_id, event, helpline, request, unit_opened
from tests.gateway.test_looks import looks, reported
from tests.gateway.test_views import CANARY, URL

pytestmark = pytest.mark.edge


def broken(case: str, emergency: str = "") -> dict[str, Any]:
    """The operator wants to read what was written about a case."""
    return event("GlassBroken", helpline(), case_id=case, purpose="free_text", transfer_id=None, reason="she asks for it", emergency=emergency)


def administrator(running: Running) -> dict[str, Any]:
    """Somebody of the department: another body than the helpline's."""
    return {"person": "adm-1", "body": BODY_OF["fuori-tratta"], "role": "administrator"}


async def say(running: Running, plain: dict[str, Any]) -> dict[str, Any]:
    """Reports an event; returns once the views have it."""
    answer = await running.client("simulator").post(f"{URL}/events", json=plain)
    assert answer.status_code == 201 and answer.json()["verdict"] == {"kind": "recorded"}, answer.text
    await running.views_reach(answer.json()["sequence"])
    return dict(answer.json())


async def read(running: Running, who: str, path: str) -> dict[str, Any]:
    answer = await running.client(who).get(f"{URL}/{path}")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_free_text_is_shown_to_whoever_opened_it_once_another_body_confirms(running: Running) -> None:
    case = case_id()
    await reported(running, case)
    assert CANARY not in str(await read(running, "one operator", f"cases/{case}"))
    asked = broken(case)
    await say(running, asked)
    shut = await read(running, "one operator", f"cases/{case}")
    assert CANARY not in str(shut) and shut["opened_by"] is None, "nobody has confirmed it"
    (waiting,) = [action for action in (await read(running, "administrator", "actions"))["actions"] if action["case_id"] == case]
    assert (waiting["stage"], waiting["event"], waiting["reported"]["reason"]) == ("waiting", "GlassBroken", "she asks for it")
    await say(running, event("ActionConfirmed", administrator(running), case_id=case, action_id=asked["event_id"]))
    opened = await read(running, "one operator", f"cases/{case}")
    assert CANARY in str(opened) and opened["opened_by"] == asked["event_id"]
    last = (await looks(running, case))[-1]
    assert (last.person, last.view, last.why, last.action_id) == ("op-1", "case", "break_glass", asked["event_id"])
    assert CANARY not in str(await read(running, "helpline", f"cases/{case}")), "a token that names nobody opens nothing"
    assert [look.why for look in await looks(running, case)][-1] == "coordination"


async def test_in_an_emergency_it_is_shown_at_once_and_shut_by_a_review_that_does_not_uphold_it(running: Running) -> None:
    case = case_id()
    await reported(running, case)
    asked = broken(case, emergency="she is on the line and afraid")
    await say(running, asked)
    assert CANARY in str(await read(running, "one operator", f"cases/{case}"))
    (due,) = [action for action in (await read(running, "helpline", "actions"))["actions"] if action["case_id"] == case]
    assert due["review_due_ms"] is not None and due["open_until_ms"] is not None and due["overdue"] is False
    review = event("ActionReviewed", administrator(running), case_id=case, action_id=asked["event_id"], verdict="not_upheld", text="nobody called")
    await say(running, review)
    assert CANARY not in str(await read(running, "one operator", f"cases/{case}"))
    assert not [action for action in (await read(running, "helpline", "actions"))["actions"] if action["case_id"] == case]


async def test_a_project_is_told_of_actions_about_its_cases_alone(running: Running) -> None:
    case = case_id()
    await reported(running, case)
    await say(running, broken(case))
    assert not [action for action in (await read(running, "alba", "actions"))["actions"] if action["case_id"] == case]
    for who in ("auditor", "evaluator", "referrer", "clock"):
        problem(await running.client(who).get(f"{URL}/actions"), 403, "not-allowed")


async def test_which_danger_is_told_to_whoever_opened_it(running: Running) -> None:
    case, transfer = case_id(), case_id()
    opened = await say(running, unit_opened("dentro-1", "alba"))
    await say(running, availability("dentro-1", "alba", opened["sequence"]))
    await reported(running, case)
    await say(running, agreement(case))
    danger = {"kind": "project", "value": "alba"}
    await say(running, event("DangerDeclared", helpline(), case_id=case, danger=danger))
    await say(running, request(case, transfer))
    path = f"{URL}/transfers/{transfer}/explanations/detail"
    problem(await running.client("one operator").get(path), 403, "not-opened")
    asked = event(
        "GlassBroken", helpline(), case_id=case, purpose="safety_detail", transfer_id=transfer, reason="no place at all", emergency="it is night"
    )
    await say(running, asked)
    detail = (await read(running, "one operator", f"transfers/{transfer}/explanations/detail"))["detail"]
    assert [(unit["unit_id"], unit["dangers"]) for unit in detail["units"]] == [("dentro-1", [danger])]
    last = (await looks(running, case))[-1]
    assert (last.view, last.why, last.action_id) == ("detail", "break_glass", asked["event_id"])
    problem(await running.client("helpline").get(path), 403, "not-opened")
    problem(await running.client("auditor").get(path), 403, "not-allowed")
