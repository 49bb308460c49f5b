"""The policy over HTTP on a real network: shown, previewed by role and in bounded work, proposed, confirmed by another body, adopted; each said again."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx
import pytest

from coordinator import policies
from coordinator.gateway import previews
from coordinator.gateway.previews import Previews
from tests.gateway.conftest import Running, problem
from tests.gateway.story import agreement, availability, case_id, event_id, now_ms, of_project, referral, request, unit_opened
from tests.gateway.test_glass import read, say
from tests.gateway.test_looks import looks
from tests.gateway.test_views import CANARY, URL

pytestmark = pytest.mark.edge

ONE = {"person": "adm-1", "body": "department", "role": "administrator"}
TWO = {"person": "adm-2", "body": "another-body", "role": "administrator"}


async def post(running: Running, path: str, body: Any, who: str = "simulator", key: str | None = None) -> httpx.Response:
    headers = {} if key is None else {"Idempotency-Key": key}
    return await running.client(who).post(f"{URL}/policy/{path}", json=body, headers=headers)


async def waiting(running: Running) -> tuple[str, str]:
    """A case whose request a place would fit, if the policy let it count longer than it does; and its transfer."""
    case, transfer = case_id(), case_id()
    opened = await say(running, unit_opened("attesa-1", "alba"))
    old = availability("attesa-1", "alba", opened["sequence"], observed_at_ms=now_ms() - 6 * 86_400_000)
    await say(running, old)
    await say(running, referral(case, note=CANARY))
    await say(running, agreement(case))
    await say(running, request(case, transfer))
    return case, transfer


async def test_a_preview_names_who_gains_to_the_helpline_and_sums_to_administrators(running: Running) -> None:
    case, _ = await waiting(running)
    clocks = (await read(running, "helpline", "policy"))["in_force"]["policy"]["clocks"]
    changes = {"clocks": {**clocks, "fresh_working_days": 20, "ageing_working_days": 20}}
    answer = await post(running, "preview", changes, "helpline")
    assert answer.status_code == 200, answer.text
    (one,) = [each for each in answer.json()["requests"] if each["case_id"] == case]
    assert (one["running"], one["candidate"]) == (None, "attesa-1")
    assert [look.view for look in await looks(running, case)][-1] == "preview", "who looked at whose request is recorded first"
    sums = (await post(running, "preview", changes, "administrator")).json()
    assert "requests" not in sums and sum(kind["gain_place"] for kind in sums["kinds"]) >= 1
    assert case not in json.dumps(sums) and "attesa-1" not in json.dumps(sums)
    assert sums["digest"] == answer.json()["digest"] and sums["policy"]["version"] == sums["version_candidate"]
    for who in ("auditor", "evaluator", "referrer", "clock", "alba"):
        problem(await post(running, "preview", changes, who), 403, "not-allowed")
    assert (await read(running, "helpline", "policy"))["in_force"]["policy"]["clocks"] == clocks, "nothing changed"


async def test_two_bodies_adopt_over_http_and_each_request_may_be_sent_again(running: Running) -> None:
    before = (await read(running, "administrator", "policy"))["in_force"]
    assert before["takes_two_bodies"] is True
    previewed = (await post(running, "preview", {"max_disclosures": 2}, "administrator")).json()
    policy = previewed["policy"]
    assert policy["version"] == before["policy"]["version"] + 1

    early = await post(running, "adoptions", {"actor": ONE, "policy": policy}, key=event_id())
    assert early.json()["verdict"]["code"] == "policy_not_confirmed"
    proposal, body = event_id(), {"actor": ONE, "policy": policy, "reason": "Two are enough."}
    proposed = await post(running, "proposals", body, key=proposal)
    assert proposed.status_code == 201 and proposed.json()["verdict"] == {"kind": "recorded"}, proposed.text
    again = await post(running, "proposals", body, key=proposal)
    assert (again.status_code, again.json()["sequence"]) == (200, proposed.json()["sequence"])

    await running.views_reach(proposed.json()["sequence"])
    (told,) = [each for each in (await read(running, "helpline", "policy"))["proposals"] if each["action_id"] == proposal]
    assert (told["reported"]["digest"], told["stage"], told["adoptable_until_ms"]) == (previewed["digest"], "waiting", None)
    assert "proposals" not in await read(running, "auditor", "policy")
    for who in ("alba", "evaluator", "referrer", "clock"):
        problem(await running.client(who).get(f"{URL}/policy"), 403, "not-allowed")

    confirmation = {"actor": TWO, "policy": {**policy, "max_disclosures": 3}, "action_id": proposal}
    problem(await post(running, "confirmations", confirmation, key=event_id()), 409, "policy-differs")
    problem(await post(running, "confirmations", {**confirmation, "action_id": event_id()}, key=event_id()), 404, "not-found")
    confirmation["policy"] = policy
    same_body = await post(running, "confirmations", {**confirmation, "actor": ONE}, key=event_id())
    assert same_body.json()["verdict"]["kind"] == "refused", "nobody confirms their own words"
    confirmed = await post(running, "confirmations", confirmation, key=(key := event_id()))
    assert confirmed.json()["verdict"] == {"kind": "recorded"}, confirmed.text
    assert (await post(running, "confirmations", confirmation, key=key)).status_code == 200
    await running.views_reach(confirmed.json()["sequence"])
    (told,) = [each for each in (await read(running, "helpline", "policy"))["proposals"] if each["action_id"] == proposal]
    assert told["stage"] == "taken" and told["adoptable_until_ms"] > now_ms()

    other = await post(running, "adoptions", {"actor": TWO, "policy": {**policy, "max_disclosures": 3}}, key=event_id())
    assert other.json()["verdict"]["code"] == "policy_not_confirmed", "the very words"
    adopted = await post(running, "adoptions", {"actor": TWO, "policy": policy}, key=(key := event_id()))
    assert adopted.json()["verdict"] == {"kind": "recorded"}, adopted.text
    assert (await post(running, "adoptions", {"actor": TWO, "policy": policy}, key=key)).status_code == 200
    await running.views_reach(adopted.json()["sequence"])
    now = await read(running, "helpline", "policy")
    assert (now["in_force"]["policy"], now["in_force"]["digest"]) == (policy, previewed["digest"])
    assert [each for each in now["proposals"] if each["action_id"] == proposal] == []
    then = await read(running, "helpline", f"policy?as_of_sequence={confirmed.json()['sequence']}")
    assert then["in_force"]["policy"] == before["policy"]


async def test_what_cannot_be_done_is_named_and_stores_nothing(running: Running) -> None:
    reached = (await read(running, "helpline", "policy"))["reached"]
    policy = (await post(running, "preview", {}, "helpline")).json()["policy"]
    problem(await post(running, "adoptions", {"actor": ONE, "policy": policy}), 400, "idempotency-key-missing")
    problem(await post(running, "adoptions", {"actor": ONE, "policy": policy}, key="not-a-key"), 400, "idempotency-key-invalid")
    problem(await post(running, "adoptions", {"actor": ONE, "policy": policy}, "helpline", event_id()), 403, "actor-differs")
    theirs = {**of_project("alba"), "role": "administrator"}
    problem(await post(running, "adoptions", {"actor": theirs, "policy": policy}, "alba", event_id()), 403, "actor-differs")
    problem(await post(running, "proposals", {"actor": ONE, "policy": policy}, key=event_id()), 422, "request-invalid")
    problem(await post(running, "proposals", {"actor": ONE, "policy": policy, "reason": 7}, key=event_id()), 422, "event-invalid")
    problem(await post(running, "adoptions", {"actor": ONE, "policy": policy, CANARY: 1}, key=event_id()), 422, "request-invalid")
    for changes, code in (
        ([], "policy-invalid"),
        ({"max_declynes": 3}, "policy-invalid"),
        ({"weights": CANARY}, "policy-invalid"),
        ({"room": 1}, "policy-invalid"),
        ({"max_declines": 0}, "policy-would-be-refused"),
        ({"version": 1}, "policy-would-be-refused"),
        ({"areas": []}, "policy-would-be-refused"),
    ):
        answer = await post(running, "preview", changes, "helpline")
        problem(answer, 422, code)
        assert CANARY not in answer.text
    raw = running.client("helpline")
    problem(await raw.post(f"{URL}/policy/preview", content=b'{"max_declines": 3, "max_declines": 4}'), 422, "policy-invalid")
    problem(await raw.post(f"{URL}/policy/preview", content=b"x" * 70_000), 413, "too-large")
    problem(await raw.post(f"{URL}/policy/preview", content=b"{}", headers={"content-type": "text/plain"}), 415, "media-type-unknown")
    problem(await running.client(None).post(f"{URL}/policy/preview", json={}), 401, "token-missing")
    await asyncio.sleep(0.5)
    assert (await read(running, "helpline", "policy"))["reached"] == reached


async def test_one_preview_at_a_time_for_as_long_as_it_takes(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    """While one is worked out, whoever asks another is told to come again, whoever asks the same has its answer, and everything else is answered."""
    loop, may_end, began, worked = asyncio.get_running_loop(), asyncio.Event(), asyncio.Event(), 0

    def slow(*args: Any) -> Any:
        nonlocal worked
        worked += 1
        loop.call_soon_threadsafe(began.set)
        asyncio.run_coroutine_threadsafe(may_end.wait(), loop).result(20)
        return real(*args)

    real = policies.previewed
    monkeypatch.setattr(previews, "previewed", slow)
    first = asyncio.create_task(post(running, "preview", {}, "helpline"))
    await asyncio.wait_for(began.wait(), 20)
    same = asyncio.create_task(post(running, "preview", {}, "administrator"))
    refused = await post(running, "preview", {"max_declines": 4}, "helpline")
    problem(refused, 503, "busy")
    assert refused.headers["retry-after"] == "5"
    assert (await read(running, "helpline", "policy"))["in_force"] is not None, "the event loop goes on"
    may_end.set()
    whole, sums = (await first).json(), (await same).json()
    assert worked == 1 and "requests" in whole and "requests" not in sums, "each sees as much of it as they may"

    monkeypatch.setattr(running.app.state, "previews", Previews(longest_s=0.2))
    may_end.clear()
    problem(await post(running, "preview", {}, "helpline"), 503, "busy")
    problem(await post(running, "preview", {}, "helpline"), 503, "busy")
    may_end.set()
    async with asyncio.timeout(20):
        while (again := await post(running, "preview", {}, "helpline")).status_code != 200:
            await asyncio.sleep(0.05)
    assert worked == 2 and again.json()["kinds"] == whole["kinds"], "what took longer than a request waits was not lost"
