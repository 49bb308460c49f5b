"""Events through the gateway: accepted, repeated, refused, pending; and what does not get in."""

from __future__ import annotations

import asyncio
import json

import pytest

from events.language import Language
from events.sentences import refusal_sentence
from events.vocabulary import RefusalCode
from tests.gateway.conftest import Running, problem
from tests.gateway.story import (
    agreement,
    availability,
    case_id,
    event_id,
    of_project,
    referral,
    request,
    unit_opened,
)

pytestmark = pytest.mark.edge

URL = "/v1/it/events"


async def test_an_event_is_answered_with_its_accepted_entry(running: Running) -> None:
    client = running.client("alba")
    answer = await client.post(URL, json=unit_opened("alba-1", "alba"))
    assert answer.status_code == 201, answer.text
    told = answer.json()
    assert told["status"] == "accepted" and told["network"] == "it" and told["event"] == "UnitOpened"
    assert told["verdict"] == {"kind": "recorded"} and not told["repeated"]
    assert len(told["hash"]) == 64 and answer.headers["location"] == f"/v1/it/entries/{told['sequence']}"
    again = (await client.get(answer.headers["location"])).json()
    assert again["hash"] == told["hash"] and again["sequence"] == told["sequence"]


async def test_the_same_event_again_gets_the_same_answer_and_has_one_effect(running: Running) -> None:
    client = running.client("alba")
    event = unit_opened("alba-2", "alba")
    first, second = await client.post(URL, json=event), await client.post(URL, json=event)
    assert (first.status_code, second.status_code) == (201, 200)
    assert second.json() == {**first.json(), "repeated": True}


async def test_two_sends_at_once_have_one_effect(running: Running) -> None:
    client = running.client("alba")
    event = unit_opened("alba-3", "alba")
    answers = await asyncio.gather(*(client.post(URL, json=event) for _ in range(5)))
    told = [answer.json() for answer in answers]
    assert len({one["sequence"] for one in told}) == 1
    assert all(one["verdict"] == {"kind": "recorded"} for one in told)


async def test_a_known_id_with_other_content_is_refused(running: Running) -> None:
    client = running.client("alba")
    event = unit_opened("alba-4", "alba")
    first = (await client.post(URL, json=event)).json()
    other = await client.post(URL, json={**event, "places": 9})
    assert other.status_code == 201
    assert other.json()["verdict"]["kind"] == "refused" and other.json()["verdict"]["code"] == "id_reused"
    assert other.json()["verdict"]["sentences"] == {language.value: refusal_sentence(RefusalCode.ID_REUSED, language) for language in Language}
    assert other.json()["verdict"]["sentence"] == refusal_sentence(RefusalCode.ID_REUSED)
    found = (await client.get(f"{URL}/{event['event_id']}")).json()
    assert found["sequence"] == first["sequence"], "the first entry stays the answer"


async def test_the_idempotency_key_is_the_event_id(running: Running) -> None:
    client = running.client("alba")
    event = unit_opened("alba-5", "alba")
    key = event.pop("event_id")
    answer = await client.post(URL, json=event, headers={"Idempotency-Key": f'"{key}"'})
    assert answer.status_code == 201
    assert (await client.get(f"{URL}/{key}")).json()["sequence"] == answer.json()["sequence"]
    problem(await client.post(URL, json=event, headers={"Idempotency-Key": "not-a-key"}), 400, "idempotency-key-invalid")
    problem(await client.post(URL, json={**event, "event_id": event_id()}, headers={"Idempotency-Key": key}), 400, "idempotency-key-differs")


async def test_whoever_does_not_wait_is_told_where_the_entry_will_be(running: Running) -> None:
    client = running.client("alba")
    await running.stop_worker()
    try:
        event = unit_opened("alba-6", "alba")
        for wait in ({"headers": {"Prefer": "wait=0"}}, {"params": {"wait_ms": 30}}):
            answer = await client.post(URL, json=event, **wait)
            assert answer.status_code == 202
            assert answer.json() == {"status": "pending", "event_id": event["event_id"], "location": f"{URL}/{event['event_id']}"}
            assert answer.headers["location"] == f"{URL}/{event['event_id']}"
        problem(await client.get(answer.headers["location"]), 404, "not-found")
    finally:
        running.start_worker()
    async with asyncio.timeout(30):
        while (await client.get(answer.headers["location"])).status_code == 404:
            await asyncio.sleep(0.1)
    told = (await client.get(answer.headers["location"])).json()
    assert told["verdict"] == {"kind": "recorded"}, "of both sends the first counts"


async def test_many_events_keep_their_order(running: Running) -> None:
    client = running.client("alba")
    events = [unit_opened(f"alba-many-{number}", "alba") for number in range(300)]
    text = "\n".join(json.dumps(event) for event in events)
    answer = await client.post(URL, content=text, headers={"Content-Type": "application/x-ndjson"}, params={"wait_ms": 30_000})
    assert answer.status_code == 200, answer.text[:500]
    told = [json.loads(line) for line in answer.text.splitlines()]
    assert len(told) == 300 and all(one["verdict"] == {"kind": "recorded"} for one in told)
    sequences = [one["sequence"] for one in told]
    assert sequences == sorted(sequences) and len(set(sequences)) == 300
    again = await client.post(URL, content=text, headers={"Content-Type": "application/x-ndjson"}, params={"wait_ms": 30_000})
    assert [json.loads(line)["sequence"] for line in again.text.splitlines()] == sequences


async def test_a_batch_with_one_bad_line_stores_nothing(running: Running) -> None:
    client = running.client("alba")
    good = unit_opened("alba-batch-good", "alba")
    text = f"{json.dumps(good)}\n\n{json.dumps({**unit_opened('alba-batch-bad', 'alba'), 'places': 'three'})}\n"
    plain = problem(await client.post(URL, content=text, headers={"Content-Type": "application/x-ndjson"}), 422, "event-invalid")
    assert plain["line"] == 3 and "places" in plain["detail"]
    problem(await client.get(f"{URL}/{good['event_id']}"), 404, "not-found")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"unit_id": "nowhere"}, "unknown_unit"),
        ({"occupied": -1}, "field_invalid"),
        ({"places": -3}, "field_invalid"),
        ({"places": 400}, "more_than_places"),
        ({"event_id": event_id(1_000_000_000_000)}, "id_too_old"),
        ({"event_id": event_id(4_000_000_000_000)}, "id_from_future"),
        ({"as_of_sequence": 10_000_000}, "sequence_ahead"),
    ],
)
async def test_what_the_network_refuses_has_its_entry_and_code(running: Running, change: dict[str, object], code: str) -> None:
    client = running.client("alba")
    await client.post(URL, json=unit_opened("alba-refusing", "alba"))
    headers = {"Staffetta-Record-Time": "0"}
    answer = await client.post(URL, json={**availability("alba-refusing", "alba", 0), **change})
    assert answer.status_code == 201, (answer.text, headers)
    assert answer.json()["verdict"]["code"] == code


async def test_an_unknown_project_is_refused(running: Running) -> None:
    client = running.client("simulator")
    event = {**unit_opened("ghost-1", "alba"), "project_id": "ghost"}
    assert (await client.post(URL, json=event)).json()["verdict"]["code"] == "unknown_project"


async def test_a_household_larger_than_any_unit_is_told_so(running: Running) -> None:
    client = running.client("helpline")
    case, transfer = case_id(), case_id()
    for event in (referral(case, people=12), *(agreement(case, chr(ord("a") + number)) for number in range(12))):
        assert (await client.post(URL, json=event)).json()["verdict"] == {"kind": "recorded"}
    told = (await client.post(URL, json=request(case, transfer))).json()
    kinds = [outcome["outcome"] for outcome in told["outcomes"]]
    assert told["verdict"].get("code") == "household_too_large" or "TransferEscalated" in kinds


async def test_what_is_no_event_gets_a_clear_error_and_no_echo(running: Running) -> None:
    client = running.client("helpline")
    secret = "Canary Rossi, via Roma 1"
    cases: list[tuple[bytes, str]] = [
        (b"{", "event-invalid"),
        (b"[1, 2]", "event-invalid"),
        (b"\xff\xfe", "event-invalid"),
        (json.dumps({**referral(case_id()), "name": secret}).encode(), "event-invalid"),
        (json.dumps({**referral(case_id()), "source": secret}).encode(), "event-invalid"),
        (json.dumps({"event": secret}).encode(), "event-invalid"),
        (json.dumps({"event": "ProposalMade"}).encode(), "event-invalid"),
        (b'{"event": "UnitClosed", "event": "UnitClosed"}', "event-invalid"),
        (b"[" * 60_000, "event-invalid"),
    ]
    for content, code in cases:
        answer = await client.post(URL, content=content, headers={"Content-Type": "application/json"})
        plain = problem(answer, 422, code)
        assert plain["detail"] and "Canary" not in answer.text


async def test_too_much_is_refused_before_anything_is_stored(running: Running) -> None:
    client = running.client("helpline")
    ten_megabytes = json.dumps({**referral(case_id()), "note": "x" * 10_000_000})
    plain = problem(await client.post(URL, content=ten_megabytes, headers={"Content-Type": "application/json"}), 413, "too-large")
    assert plain["limit_bytes"] == 65_536
    just_over = {**referral(case_id()), "note": "è" * 30_000}
    answer = await client.post(URL, json=just_over)
    assert answer.status_code == 201 and answer.json()["verdict"]["code"] == "too_large", "4,000 characters at most"
    bomb = await client.post(URL, content=b"x", headers={"Content-Type": "application/json", "Content-Encoding": "zstd"})
    problem(bomb, 415, "media-type-unknown")
    lines = "\n" * 9_000_000
    problem(await client.post(URL, content=lines, headers={"Content-Type": "application/x-ndjson"}), 413, "too-large")


async def test_other_kinds_of_content_and_networks_are_told(running: Running) -> None:
    client = running.client("helpline")
    problem(await client.post(URL, content=b"<a/>", headers={"Content-Type": "text/xml"}), 415, "media-type-unknown")
    problem(await client.post("/v1/xx/events", json=referral(case_id())), 404, "unknown-network")
    problem(await client.get("/v1/it/nothing"), 404, "not-found")
    problem(await client.delete(URL), 405, "method-not-allowed")
    problem(await client.get(f"{URL}/not-a-uuid"), 404, "not-found")
    problem(await client.get("/v1/it/entries/99999999"), 404, "not-found")
    problem(await client.get("/v1/it/entries/minus"), 422, "request-invalid")
    problem(await client.post(URL, json=referral(case_id()), params={"wait_ms": -1}), 422, "request-invalid")


async def test_only_a_network_on_its_own_clock_takes_a_record_time(running: Running) -> None:
    plain = problem(
        await running.client("helpline").post(URL, json=referral(case_id()), headers={"Staffetta-Record-Time": "1700000000000"}),
        400,
        "time-not-yours",
    )
    assert plain["detail"]


async def test_decisions_that_are_behind_close_the_door(running: Running) -> None:
    client = running.client("alba")
    await running.stop_worker()
    intake = running.room.intake
    intake._max_lag_ms, before = 300, intake._max_lag_ms
    try:
        assert (await client.post(URL, json=unit_opened("alba-lag-1", "alba"), params={"wait_ms": 0})).status_code == 202
        await asyncio.sleep(0.5)
        answer = await client.post(URL, json=unit_opened("alba-lag-2", "alba"), params={"wait_ms": 0})
        problem(answer, 503, "lagging")
        assert int(answer.headers["retry-after"]) > 0
    finally:
        intake._max_lag_ms = before
        running.start_worker()
    async with asyncio.timeout(30):
        while intake.tail.lag_ms() > 0:
            await asyncio.sleep(0.1)
    assert (await client.post(URL, json=unit_opened("alba-lag-2", "alba"))).status_code == 201


async def test_nobody_speaks_for_another(running: Running) -> None:
    event = unit_opened("alba-7", "alba")
    problem(await running.client(None).post(URL, json=event), 401, "token-missing")
    stranger = running.client(None)
    problem(await stranger.post(URL, json=event, headers={"Authorization": "Bearer nobody-knows-me"}), 401, "token-unknown")
    for who in ("anello-forte", "helpline", "administrator", "auditor", "clock"):
        plain = problem(await running.client(who).post(URL, json=event), 403, "actor-differs")
        assert plain["field"] in ("actor.body", "actor.role") and plain["line"] == 1
    one = running.client("one operator")
    other = {**referral(case_id()), "actor": {**referral(case_id())["actor"], "person": "op-2"}}
    assert problem(await one.post(URL, json=other), 403, "actor-differs")["field"] == "actor.person"
    as_clock = {**event, "actor": {**of_project("alba"), "role": "clock"}}
    problem(await running.client("alba").post(URL, json=as_clock), 403, "actor-differs")


async def test_garbage_in_the_topic_gets_its_entry_and_stops_nobody(running: Running) -> None:
    """Other producers write to the topic too: each record has its entry, and the gateway goes on."""
    from coordinator.intake.append import EventAppender

    appender = EventAppender(running.room.bootstrap, running.room.names, running.room.partition)
    await appender.start()
    try:
        await appender.append([b"", b"garbage", b"\xc3\x01" + bytes(8) + b"?"], [None] * 3)
    finally:
        await appender.stop()
    client = running.client("alba")
    told = (await client.post(URL, json=unit_opened("alba-after-garbage", "alba"))).json()
    assert told["verdict"] == {"kind": "recorded"}
    whys = [(await running.client("helpline").get(f"/v1/it/entries/{told['sequence'] - back}")).json()["verdict"] for back in (3, 2, 1)]
    assert [why["kind"] for why in whys] == ["unreadable"] * 3
    assert [why["why"] for why in whys] == ["empty", "not_single_object", "unknown_schema"]
