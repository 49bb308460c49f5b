"""Views through the gateway: who sees what, as of when, and as a stream. One story, told to everybody."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
import uvicorn

from coordinator.domain.who_may import DOORS, Scope, Standing, View, scope_of
from tests.gateway.conftest import Running, problem
from tests.gateway.story import BODY_OF, agreement, availability, case_id, event, of_project, referral, request, unit_opened

pytestmark = pytest.mark.edge

URL = "/v1/it"
CANARY = "Canary Esposito, via Toledo 5"
NOT_CONCERNED = (Standing.PROJECT, Standing.EVALUATOR, Standing.REFERRER, Standing.CLOCK, Standing.ADMINISTRATOR)


@dataclass(frozen=True, slots=True)
class Told:
    """The story: a case of Campania's project, offered to anello-forte, which has not answered yet; another that fits nowhere."""

    case: str
    transfer: str
    unmatched_case: str
    unmatched: str
    proposed_sequence: int
    requested_event: str


@pytest.fixture(scope="module")
async def told(running: Running) -> Told:
    """Plays the story, and waits until the views have it."""
    simulator = running.client("simulator")

    async def send(plain: dict[str, Any]) -> dict[str, Any]:
        answer = await simulator.post(f"{URL}/events", json=plain)
        assert answer.status_code == 201 and answer.json()["verdict"] == {"kind": "recorded"}, answer.text
        return dict(answer.json())

    case, transfer, unmatched_case, unmatched = (case_id() for _ in range(4))
    for unit, project, places in (("forte-1", "anello-forte", 2), ("tratta-1", "fuori-tratta", 3)):
        opened = await send(unit_opened(unit, project, places))
        await send(availability(unit, project, opened["sequence"], places, occupied=1 if project == "fuori-tratta" else 0))
    await send(referral(case, "NA", note=CANARY))
    accepted = event("ReferralAccepted", of_project("fuori-tratta"), case_id=case, project_id="fuori-tratta", hosted_unit_id=None)
    await send(accepted)
    await send(agreement(case))
    danger = event(
        "DangerDeclared",
        {"person": "op-1", "body": BODY_OF["fuori-tratta"], "role": "project"},
        case_id=case,
        danger={"kind": "region", "value": "15"},
    )
    await send(danger)
    asked = request(case, transfer, note=CANARY)
    proposed = await send(asked)
    assert [outcome["unit_id"] for outcome in proposed["outcomes"] if outcome["outcome"] == "ProposalMade"] == ["forte-1"]
    await send(referral(unmatched_case, "MI", people=3))
    for person in "abc":
        await send(agreement(unmatched_case, person))
    last = await send(request(unmatched_case, unmatched))
    assert any(outcome["outcome"] == "TransferEscalated" for outcome in last["outcomes"])
    await running.views_reach(last["sequence"])
    return Told(case, transfer, unmatched_case, unmatched, proposed["sequence"], asked["event_id"])


async def read(running: Running, who: str, path: str, **params: Any) -> dict[str, Any]:
    """A view as somebody sees it."""
    answer = await running.client(who).get(f"{URL}/{path}", params=params)
    assert answer.status_code == 200, answer.text
    plain: dict[str, Any] = answer.json()
    return plain


async def test_exact_capacity_is_the_helplines_and_the_owners(running: Running, told: Told) -> None:
    seen = await read(running, "helpline", "capacity")
    assert {unit["unit_id"]: (unit["free"], unit["held"]) for unit in seen["units"]} == {"forte-1": (1, 1), "tratta-1": (2, 0)}
    own = await read(running, "anello-forte", "capacity")
    assert [unit["unit_id"] for unit in own["units"]] == ["forte-1"]
    assert {area["band"] for area in own["bands"]["areas"]} <= {"none", "few", "some"}
    for who in ("auditor", "clock"):
        problem(await running.client(who).get(f"{URL}/capacity"), 403, "not-allowed")


async def test_as_of_a_sequence_and_a_time(running: Running, told: Told) -> None:
    before = await read(running, "helpline", "capacity", as_of_sequence=told.proposed_sequence - 1)
    assert {unit["unit_id"]: unit["held"] for unit in before["units"]}["forte-1"] == 0
    assert (await read(running, "helpline", "capacity", as_of_ms=1_000_000))["units"] == []
    behind = await running.client("helpline").get(f"{URL}/capacity", params={"as_of_sequence": 10_000_000})
    problem(behind, 409, "views-behind")
    both = await running.client("helpline").get(f"{URL}/capacity", params={"as_of_sequence": 1, "as_of_ms": 1})
    problem(both, 422, "request-invalid")


async def test_a_project_is_not_told_where_its_case_was_offered(running: Running, told: Told) -> None:
    whole = await read(running, "helpline", "transfers")
    assert {one["transfer_id"] for one in whole["transfers"]} == {told.transfer, told.unmatched}
    own = await read(running, "fuori-tratta", "transfers")
    assert [one["transfer_id"] for one in own["transfers"]] == [told.transfer]
    assert "forte" not in json.dumps(own), "who was asked is not told before they accept"
    asked = await read(running, "anello-forte", "transfers")
    assert asked["transfers"] == []
    assert (await read(running, "alba", "transfers"))["transfers"] == []


async def test_the_inbox_is_the_projects_own(running: Running, told: Told) -> None:
    inbox = await read(running, "anello-forte", "inbox/anello-forte")
    assert [item["kind"] for item in inbox["items"]] == ["proposal"]
    text = json.dumps(inbox)
    assert "NA" not in text and "fuori-tratta" not in text and CANARY not in text, "needs, and no identity nor place of departure"
    mine = await read(running, "fuori-tratta", "inbox/fuori-tratta")
    assert "case" in [item["kind"] for item in mine["items"]] and "forte" not in json.dumps(mine)
    assert [item["kind"] for item in (await read(running, "helpline", "inbox/helpline"))["items"] if item["kind"] == "escalation"] == ["escalation"]
    problem(await running.client("alba").get(f"{URL}/inbox/anello-forte"), 403, "not-allowed")
    problem(await running.client("alba").get(f"{URL}/inbox/helpline"), 403, "not-allowed")


async def test_duty_hours_are_the_helplines_to_see_and_a_projects_own(running: Running, told: Told) -> None:
    whole = {one["project_id"] for one in (await read(running, "helpline", "duty"))["duty"]}
    assert len(whole) > 1
    for who in sorted(whole & {"alba", "anello-forte"}):
        assert {one["project_id"] for one in (await read(running, who, "duty"))["duty"]} == {who}
    before = await read(running, "helpline", "duty", as_of_sequence=0)
    assert before["duty"] == []
    problem(await running.client("auditor").get(f"{URL}/duty"), 403, "not-allowed")


async def test_the_helplines_inbox_says_what_to_do_in_two_languages(running: Running, told: Told) -> None:
    items = (await read(running, "helpline", "inbox/helpline"))["items"]
    called = next(item for item in items if item["kind"] == "escalation")
    assert called["why"] == "no_place" and called["until_ms"] == called["needed_by_ms"]
    assert set(called["to_do"]) == {"en", "it"} and called["to_do"]["en"] != called["to_do"]["it"]


async def test_a_case_is_told_to_its_project_and_without_free_text_to_the_helpline(running: Running, told: Told) -> None:
    coordination = await read(running, "helpline", f"cases/{told.case}")
    names = [fact.get("event") or fact["outcome"] for fact in coordination["facts"]]
    assert names[0] == "ReferralReceived" and "ProposalMade" in names
    assert CANARY not in json.dumps(coordination, ensure_ascii=False)
    own = await read(running, "fuori-tratta", f"cases/{told.case}")
    assert "forte" not in json.dumps(own) and CANARY in json.dumps(own, ensure_ascii=False)
    for who, case in (("anello-forte", told.case), ("alba", told.case), ("fuori-tratta", told.unmatched_case), ("helpline", case_id())):
        problem(await running.client(who).get(f"{URL}/cases/{case}"), 404, "not-found")
    problem(await running.client("auditor").get(f"{URL}/cases/{told.case}"), 403, "not-allowed")


async def test_explanations_account_for_every_unit(running: Running, told: Told) -> None:
    units = {"forte-1", "tratta-1"}
    for transfer in (told.transfer, told.unmatched):
        explained = await read(running, "helpline", f"transfers/{transfer}/explanations")
        last = explained["explanations"][-1]
        found = [unit for group in last["excluded"] for unit in group["units"]] + [scored["unit_id"] for scored in last["scored"]]
        assert sorted(found) == sorted(units)
    matched = (await read(running, "helpline", f"transfers/{told.transfer}/explanations"))["explanations"][-1]
    assert [group["rule"] for group in matched["excluded"]] == ["safety"], "danger and links appear only as safety"
    problem(await running.client("fuori-tratta").get(f"{URL}/transfers/{told.transfer}/explanations"), 403, "not-allowed")


async def test_the_trail_is_clear_and_not_for_projects(running: Running, told: Told) -> None:
    trail = await read(running, "auditor", "audit", limit=1000)
    assert [entry["sequence"] for entry in trail["entries"]] == list(range(trail["reached"], -1, -1))
    text = json.dumps(trail)
    assert told.case not in text and told.transfer not in text
    problem(await running.client("alba").get(f"{URL}/audit"), 403, "not-allowed")
    health = await read(running, "auditor", "health")
    assert health["health"]["open_transfers"] == 2
    problem(await running.client("alba").get(f"{URL}/health"), 403, "not-allowed")


async def test_answers_show_a_project_only_what_is_its_own(running: Running, told: Told) -> None:
    entry = f"{URL}/entries/{told.proposed_sequence}"
    helpline = (await running.client("helpline").get(entry)).json()
    assert {"ProposalMade", "MatchExplained", "PlaceHeld"} <= {outcome["outcome"] for outcome in helpline["outcomes"]}
    auditor = (await running.client("auditor").get(entry)).json()
    assert {outcome["outcome"] for outcome in auditor["outcomes"]} <= {"Recorded", "PlaceHeld", "CapacityChanged", "MatchExplained"}
    assert told.case not in json.dumps(auditor) and told.transfer not in json.dumps(auditor), "an auditor judges a decision, and no person"
    for who in ("fuori-tratta", "anello-forte", "alba"):
        problem(await running.client(who).get(entry), 404, "not-found")


@pytest.mark.parametrize("who", sorted(Standing, key=str))
async def test_no_door_shows_what_a_role_does_not_cover(running: Running, told: Told, who: Standing) -> None:
    """Every route that reads, for every role, about a project that is not its own: the table's answer, and nothing else."""
    if who is Standing.SIMULATOR:
        return
    client = running.client("alba" if who is Standing.PROJECT else str(who))
    ids = {
        "network": "it", "event_id": told.requested_event, "sequence": told.proposed_sequence, "project_id": "anello-forte", "case_id": told.case,
        "transfer_id": told.transfer,
    }  # fmt: skip
    for door, view in DOORS.items():
        method, _, path = door.partition(" ")
        if method != "GET" or not path.startswith("/v1/"):
            continue
        answer = await client.get(path.format(**ids), params={"from_ms": 0, "to_ms": 1} if view is View.INDICATORS else {})
        right = scope_of(who, View.BANDS if view is View.CAPACITY else view)
        if right is None:
            problem(answer, 403, "not-allowed")
            continue
        if right is Scope.OPENED:
            problem(answer, 403, "not-opened")
            continue
        assert answer.status_code in ((200, 403, 404) if who in NOT_CONCERNED else (200,)), f"{door}: {answer.text}"
        if who in NOT_CONCERNED:
            words = (told.case, told.transfer, "forte-1", "tratta-1", "anello", CANARY)
            told_by_name = {"anello"} if view is View.DUTY and right is Scope.EVERYTHING else set()
            hits = [word for word in words if word in answer.text and word not in told_by_name]
            assert hits == [], f"{door} shows {who} {hits}"
        if who is Standing.AUDITOR:
            assert told.case not in answer.text and told.transfer not in answer.text and "Canary" not in answer.text, door


async def test_nobody_speaks_for_another(running: Running, told: Told) -> None:
    """Every event that the table does not give a role is refused at the door or by the network, and says nothing about the case."""
    for who in ("auditor", "evaluator", "referrer", "clock", "administrator", "alba"):
        plain = event("TransferWithdrawn", of_project("fuori-tratta"), case_id=told.case, transfer_id=told.transfer)
        problem(await running.client(who).post(f"{URL}/events", json=plain), 403, "actor-differs")
    foreign = event("TransferWithdrawn", of_project("alba"), case_id=told.case, transfer_id=told.transfer)
    answer = (await running.client("alba").post(f"{URL}/events", json=foreign)).json()
    assert answer["verdict"]["code"] == "not_responsible" and [one["outcome"] for one in answer["outcomes"]] == ["Refused"]


async def test_nothing_of_a_person_is_in_the_log(running: Running, told: Told, capsys: pytest.CaptureFixture[str]) -> None:
    await read(running, "helpline", f"cases/{told.case}")
    await running.client("helpline").get(f"{URL}/cases/{CANARY}")
    await running.client("helpline").post(f"{URL}/events", json={"event": "X", "note": CANARY})
    logged = capsys.readouterr()
    assert "/v1/{network}/cases/{case_id}" in logged.out + logged.err
    assert told.case not in logged.out + logged.err and "Canary" not in logged.out + logged.err


@pytest.mark.usefixtures("told")
async def test_every_route_wants_a_token_but_those_of_the_service(running: Running) -> None:
    anyone = running.client(None)
    for path in (f"{URL}/capacity", f"{URL}/transfers", f"{URL}/inbox/alba", f"{URL}/audit", f"{URL}/health", f"{URL}/cases/x", f"{URL}/entries/1"):
        problem(await anyone.get(path), 401, "token-missing")
    assert (await anyone.get("/healthz")).text == "ok\n"
    ready = await anyone.get("/readyz")
    assert ready.status_code == 200 and ready.json()["networks"]["it"]["ready"]
    metrics = (await anyone.get("/metrics")).text
    assert 'staffetta_gateway_answers_total{network="it",verdict="recorded"}' in metrics
    assert 'staffetta_gateway_requests_waiting{network="it"}' in metrics
    assert 'staffetta_gateway_requests_unserved{network="it"} 0.0' in metrics
    described = (await anyone.get("/openapi.json")).json()
    assert "/v1/{network}/events" in described["paths"] and "/v1/{network}/capacity" in described["paths"]
    assert (await anyone.get("/problems/lagging")).json()["status"] == 503


async def test_a_gateway_beneath_which_the_key_store_was_restored_is_not_ready(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes no event and shows no case until it is started again; who sends it requests is to know."""
    monkeypatch.setattr(running.room.keystore, "_serving", False)
    told = await running.client(None).get("/readyz")
    assert told.status_code == 503 and told.json()["networks"]["it"]["stopped_by"] == "KeyStoreBehind"
    monkeypatch.undo()
    assert (await running.client(None).get("/readyz")).status_code == 200


async def test_a_stream_tells_each_change_and_nothing_of_others(running: Running, told: Told) -> None:
    async with served(running) as url:
        owner, other = (
            asyncio.create_task(first_events(url, running, "anello-forte", 2)),
            asyncio.create_task(first_events(url, running, "alba", 2, 3.0)),
        )
        await asyncio.sleep(1.0)
        simulator = running.client("simulator")
        sequence = (await read(running, "helpline", "capacity"))["reached"]
        answer = await simulator.post(f"{URL}/events", json=availability("forte-1", "anello-forte", sequence, 2, occupied=1))
        assert answer.json()["verdict"] == {"kind": "recorded"}, answer.text
        seen = await asyncio.wait_for(owner, 20)
        assert [unit["occupied"] for unit in seen[1]["units"]] == [1] and seen[1]["reached"] > seen[0]["reached"]
        assert len(await other) == 1, "another project's change does not show, not even in when something is sent"


@asynccontextmanager
async def served(running: Running) -> AsyncIterator[str]:
    """The gateway on a real socket: a stream needs one."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port = listening.getsockname()[1]
        server = uvicorn.Server(uvicorn.Config(running.app, log_config=None, access_log=False, timeout_graceful_shutdown=1))
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        while not server.started:
            await asyncio.sleep(0.01)
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            server.should_exit = True
            await asyncio.wait_for(serving, 10)


async def first_events(url: str, running: Running, who: str, count: int, for_s: float = 20.0) -> list[dict[str, Any]]:
    """The first events of the capacity stream, as many as come in time."""
    found: list[dict[str, Any]] = []
    async with httpx.AsyncClient(headers={"Authorization": f"Bearer {running.tokens[who]}"}, timeout=30) as client:
        try:
            async with asyncio.timeout(for_s), client.stream("GET", f"{url}{URL}/capacity", params={"stream": "true"}) as answer:
                assert answer.headers["content-type"].startswith("text/event-stream")
                async for line in answer.aiter_lines():
                    if line.startswith("data:"):
                        found.append(json.loads(line[5:]))
                        if len(found) == count:
                            break
        except TimeoutError:
            pass
    return found


async def test_indicators_are_counts_for_the_department_alone(running: Running, told: Told) -> None:
    whole = {"from_ms": 0, "to_ms": 1 << 45}
    counted = await read(running, "evaluator", "indicators", **whole)
    assert counted["transfers_asked"] == sum(counted["transfers_by_fate"].values()) > 0
    assert told.case not in json.dumps(counted) and told.transfer not in json.dumps(counted)
    for who in ("auditor", "clock", "referrer", "alba"):
        problem(await running.client(who).get(f"{URL}/indicators", params=whole), 403, "not-allowed")
    problem(await running.client("evaluator").get(f"{URL}/indicators", params={"from_ms": 2, "to_ms": 2}), 422, "request-invalid")
