"""Nobody's data are shown before it is recorded who looks; and a revoked token is shut out at once, open streams too."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from coordinator.access import write_tokens
from coordinator.access_log import Look
from coordinator.gateway import metrics
from ops.services.kafka import KafkaCluster
from ops.services.postgres import PostgresServer
from reading.kafka_log import KafkaLog
from tests.gateway.conftest import Running, a_network, problem
from tests.gateway.story import HELPLINE_BODY, case_id, event, helpline, of_project, referral
from tests.gateway.test_views import CANARY, URL, served

pytestmark = pytest.mark.edge


async def reported(running: Running, case: str) -> dict[str, Any]:
    """A referral with a canary in its note, in the views."""
    answer = await running.client("helpline").post(f"{URL}/events", json=referral(case, "NA", note=CANARY))
    assert answer.status_code == 201 and answer.json()["verdict"] == {"kind": "recorded"}, answer.text
    await running.views_reach(answer.json()["sequence"])
    return dict(answer.json())


async def looks(running: Running, case: str) -> list[Look]:
    """Records of one case, oldest first."""
    reference = await running.room.access.reference(case)
    return [look for look in await running.room.access.read() if reference in look.cases]


async def test_every_view_of_a_case_leaves_a_record_before_it(running: Running) -> None:
    case = case_id()
    told = await reported(running, case)
    before = [look.view for look in await looks(running, case)]
    assert before == ["report"], "the answer to whoever reported says what follows for the case"
    client = running.client("one operator")
    seen = [f"cases/{case}", "inbox/helpline", f"entries/{told['sequence']}"]
    for number, path in enumerate(seen, start=1):
        answer = await client.get(f"{URL}/{path}")
        assert answer.status_code == 200 and case in answer.text
        assert len(await looks(running, case)) == 1 + number, path
    last = (await looks(running, case))[-1]
    assert (last.person, last.body, last.standing, last.view, last.why) == ("op-1", HELPLINE_BODY, "helpline", "entry", "coordination")
    for path in ("capacity", "health", "audit"):
        await client.get(f"{URL}/{path}")
    assert len(await looks(running, case)) == 4, "what shows nobody is no look"


async def test_a_project_that_is_told_nothing_leaves_no_record(running: Running) -> None:
    case = case_id()
    await reported(running, case)
    problem(await running.client("alba").get(f"{URL}/cases/{case}"), 404, "not-found")
    assert [look.standing for look in await looks(running, case)] == ["helpline"]


async def test_the_topic_tells_nothing_without_the_key(running: Running) -> None:
    case = case_id()
    await reported(running, case)
    await running.client("one operator").get(f"{URL}/cases/{case}")
    log = KafkaLog(running.room.bootstrap, running.room.names.access, running.room.partition, 1_000_000)
    try:
        bounds = await log.bounds()
        values = [record.value or b"" for record in await log.read(bounds.start, 10_000, 5_000)]
    finally:
        await log.close()
    assert len(values) > 1
    reference = await running.room.access.reference(case)
    for word in (case, reference, "op-1", HELPLINE_BODY, "helpline", CANARY):
        assert not any(word.encode() in value for value in values), word
    assert {tuple(sorted(json.loads(value))) for value in values} == {("at_ms", "id", "sealed", "v")}


async def test_looks_are_the_auditors(running: Running) -> None:
    case = case_id()
    await reported(running, case)
    await running.client("one operator").get(f"{URL}/cases/{case}")
    told = (await running.client("auditor").get(f"{URL}/access", params={"case": case})).json()["looks"]
    assert [(look["view"], look["person"]) for look in told] == [("case", "op-1"), ("report", None)]
    assert case not in json.dumps(told)
    for who in ("helpline", "alba", "administrator", "evaluator", "referrer", "clock"):
        problem(await running.client(who).get(f"{URL}/access"), 403, "not-allowed")


async def test_a_revoked_token_is_shut_out_at_once_and_its_open_stream_too(running: Running) -> None:
    file = running.settings.tokens_path
    kept = file.read_text()
    token = running.tokens["one operator"]
    shut = metrics.streams_shut.labels("it", "inbox")
    before = shut._value.get()
    async with served(running) as url:
        headers = {"Authorization": f"Bearer {token}"}
        try:
            async with (
                httpx.AsyncClient(headers=headers, timeout=30) as client,
                client.stream("GET", f"{url}{URL}/inbox/helpline", params={"stream": "true"}) as answer,
            ):
                assert answer.status_code == 200
                lines = answer.aiter_lines()
                async for line in lines:
                    if line.startswith("data:"):
                        break
                write_tokens(file, [])
                began = asyncio.get_running_loop().time()
                async with asyncio.timeout(10):
                    rest = [line async for line in lines]
                took = asyncio.get_running_loop().time() - began
                assert not any(line.startswith("data:") for line in rest) and took < 4, took
            problem(await running.client("one operator").get(f"{URL}/inbox/helpline"), 401, "token-unknown")
        finally:
            file.write_text(kept)
            await asyncio.sleep(1.1)
    assert shut._value.get() == before + 1


async def test_nothing_is_served_while_no_broker_acknowledges(tmp_path: Path, postgres: PostgresServer) -> None:
    """On a broker of its own, frozen: views stand in PostgreSQL and could be read, and are not."""
    (tmp_path / "data").mkdir()
    with KafkaCluster(tmp_path / "kafka", short_lived=True) as cluster:
        async with a_network(cluster.bootstrap, postgres, tmp_path / "data") as running:
            case = case_id()
            told = await reported(running, case)
            accepted = await running.client("simulator").post(
                f"{URL}/events",
                json=event("ReferralAccepted", of_project("fuori-tratta"), case_id=case, project_id="fuori-tratta", hosted_unit_id=None),
            )
            await running.views_reach(accepted.json()["sequence"])
            broken = event(
                "GlassBroken", helpline(), case_id=case, purpose="free_text", transfer_id=None, reason="she asks", emergency="nobody else answers"
            )
            opened = await running.client("simulator").post(f"{URL}/events", json=broken)
            await running.views_reach(opened.json()["sequence"])
            written = len(await running.room.access.read())
            cluster.freeze(0)
            try:
                for who, path in (
                    ("helpline", f"cases/{case}"), ("fuori-tratta", "inbox/fuori-tratta"),
                    ("fuori-tratta", f"cases/{case}"), ("helpline", f"entries/{told['sequence']}"),
                    ("one operator", f"cases/{case}"), ("one operator", "actions"),
                ):  # fmt: skip
                    answer = await running.client(who).get(f"{URL}/{path}")
                    problem(answer, 503, "not-recorded")
                    assert answer.headers["retry-after"] and case not in answer.text and "Canary" not in answer.text
                assert (await running.client("helpline").get(f"{URL}/capacity")).status_code == 200, "what shows nobody is served"
            finally:
                cluster.thaw(0)
            assert (await running.client("helpline").get(f"{URL}/cases/{case}")).status_code == 200
            assert CANARY in (await running.client("one operator").get(f"{URL}/cases/{case}")).text
            assert len(await running.room.access.read()) > written
