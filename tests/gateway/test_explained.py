"""Explanations over HTTP and on the command line: a sentence beside each code in the language asked for, and which projects were asked whether they could."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.cli.conftest import staffetta
from tests.gateway.conftest import Running
from tests.gateway.story import agreement, availability, case_id, event, of_project, referral, request, unit_opened
from tests.gateway.test_glass import read, say
from tests.gateway.test_views import URL

pytestmark = pytest.mark.edge


async def told(running: Running, transfer: str, who: str = "helpline", language: str = "en") -> dict[str, Any]:
    answer = await running.client(who).get(f"{URL}/transfers/{transfer}/explanations", headers={"Accept-Language": language})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_which_projects_were_asked_is_told_to_the_helpline_with_what_came_of_it(running: Running) -> None:
    case, transfer = case_id(), case_id()
    await say(running, unit_opened("chiesta-1", "fuori-tratta"))
    full = await say(running, unit_opened("piena-1", "anello-forte", places=1))
    await say(running, availability("piena-1", "anello-forte", full["sequence"], places=1, occupied=1))
    await say(running, referral(case, "TN"))
    await say(running, agreement(case))
    await say(running, request(case, transfer))

    explained = await told(running, transfer)
    last = explained["explanations"][-1]
    assert [scored["unit_id"] for scored in last["asked"]] == ["chiesta-1"]
    sentences = {group["rule"]: group["sentence"] for group in last["excluded"]}
    assert sentences["one_place_one_case"] == "The unit has not enough free places for the whole household."
    in_italian = {group["rule"]: group["sentence"] for group in (await told(running, transfer, language="it"))["explanations"][-1]["excluded"]}
    assert in_italian.keys() == sentences.keys() and in_italian["one_place_one_case"].startswith("L'unità non ha abbastanza posti")
    (open_one,) = explained["inquiries"]
    assert (open_one["unit_id"], open_one["project_id"], open_one["how"], open_one["sentence"]) == ("chiesta-1", "fuori-tratta", None, None)

    no = event(
        "InquiryAnswered", of_project("fuori-tratta"), case_id=case, transfer_id=transfer, inquiry_id=open_one["inquiry_id"], could=False,
        code="provider_not_free", text="", places=None, free_from_ms=None,
    )  # fmt: skip
    answered = await say(running, no)
    (ended,) = (await told(running, transfer, language="it"))["inquiries"]
    assert (ended["how"], ended["sentence"]) == ("no", "Il progetto non potrebbe.") and ended["ended_at_ms"] >= ended["asked_at_ms"]
    (then,) = (await read(running, "helpline", f"transfers/{transfer}/explanations?as_of_sequence={answered['sequence'] - 1}"))["inquiries"]
    assert then["how"] is None, "as it was known then"
    whole = await running.client("helpline").get(f"{URL}/transfers/{transfer}/explanations/whole", headers={"Accept-Language": "it"})
    assert all(group["sentence"] for group in whole.json()["explanation"]["excluded"]) and whole.json()["explanation"]["recomputed"] == "same"

    auditors = await told(running, transfer, "auditor")
    assert "inquiries" not in auditors and open_one["inquiry_id"] not in json.dumps(auditors), "an auditor judges a decision, and no person"
    assert auditors["explanations"][-1]["excluded"][0]["sentence"]

    for language, heading, sentence in (
        ("en", "Projects asked whether they could", "The project could not."),
        ("it", "Progetti interpellati", "Il progetto non potrebbe."),
    ):
        shown = await staffetta(running.settings, "explain", transfer, "--in", language, COLUMNS="80")
        said = " ".join(shown.out.replace("│", " ").split())
        assert heading in said and sentence in said and "fuori-tratta" in said, shown.out + shown.err
        assert max(map(len, shown.out.splitlines())) <= 80
    plain = (await staffetta(running.settings, "explain", transfer, "--json", "--in", "it")).json
    assert plain["inquiries"] == [ended]
    auditor = await staffetta(running.settings, "explain", transfer, "--as", "auditor", "--all")
    assert "Projects asked" not in auditor.out and "within_days" not in auditor.out and "accounted for" in auditor.out, auditor.err
