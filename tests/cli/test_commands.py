"""Every command against a real network: what people read, what programs read, how it ends."""

from __future__ import annotations

import asyncio
import getpass
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import fastavro
import pytest

from events.vocabulary import RefusalCode
from tests.cli.conftest import staffetta
from tests.gateway.conftest import Running
from tests.gateway.story import BODY_OF, agreement, availability, case_id, event, helpline, referral, request, unit_opened

pytestmark = pytest.mark.edge


@dataclass(frozen=True, slots=True)
class Submitted:
    """A case with a proposal, another whose request fits nowhere now, and the file that told of them."""

    file: Path
    case: str
    transfer: str
    unmatched: str
    answers: list[dict[str, Any]]


@pytest.fixture(scope="module")
async def submitted(running: Running, tmp_path_factory: pytest.TempPathFactory) -> Submitted:
    """Submits a file through the command line, and waits for the views."""
    case, transfer, other, unmatched = (case_id() for _ in range(4))
    base = (await running.room.reads.units()).reached
    events = [
        unit_opened("cli-1", "alba"),
        availability("cli-1", "alba", base),
        referral(case),
        agreement(case),
        request(case, transfer),
        referral(other, people=3),
        *(agreement(other, person) for person in "abc"),
        request(other, unmatched),
    ]
    file = tmp_path_factory.mktemp("events") / "story.jsonl"
    file.write_text("\n".join(json.dumps(event) for event in events) + "\n\n", encoding="utf-8")
    ended = await staffetta(running.settings, "submit", str(file), "--json")
    assert ended.status == 0, ended.err
    answers = ended.json["answers"]
    assert ended.json["summary"] == {"recorded": len(events)}
    await running.views_reach(answers[-1]["sequence"])
    return Submitted(file, case, transfer, unmatched, answers)


async def test_submitting_again_changes_nothing(running: Running, submitted: Submitted) -> None:
    again = await staffetta(running.settings, "submit", str(submitted.file), "--json")
    assert [answer["sequence"] for answer in again.json["answers"]] == [answer["sequence"] for answer in submitted.answers]
    assert all(answer["repeated"] for answer in again.json["answers"]) and again.status == 0


async def test_a_file_with_lines_that_are_no_events_is_not_sent(running: Running, tmp_path: Path) -> None:
    file = tmp_path / "bad.jsonl"
    good = unit_opened("cli-never", "alba")
    file.write_text(f"{json.dumps(good)}\nnot json\n{json.dumps({**good, 'places': None})}\n", encoding="utf-8")
    ended = await staffetta(running.settings, "submit", str(file))
    assert ended.status == 2 and "line 2" in ended.err and "line 3" in ended.err and "Nothing was sent" in ended.err
    assert (await staffetta(running.settings, "submit", str(tmp_path / "none.jsonl"))).status == 2


async def test_a_refused_event_is_told_with_its_sentence(running: Running, submitted: Submitted, tmp_path: Path) -> None:
    file = tmp_path / "refused.jsonl"
    file.write_text(json.dumps(availability("ghost", "alba", 0)), encoding="utf-8")
    ended = await staffetta(running.settings, "submit", str(file))
    assert ended.status == 1 and "unknown_unit" in ended.out and "line 1" in ended.out
    ended = await staffetta(running.settings, "submit", str(file), "--in", "it")
    assert "Nessuna unità è conosciuta" in ended.out


async def test_views_for_people_and_for_programs(running: Running, submitted: Submitted) -> None:
    held = submitted.answers[4]["sequence"]
    commands: list[tuple[str, ...]] = [
        ("capacity",), ("capacity", "--as-of", str(held - 1)), ("transfers",), ("case", submitted.case), ("inbox", "alba"), ("inbox", "helpline"),
        ("audit", "--limit", "5"), ("explain", submitted.transfer), ("explain", submitted.unmatched, "--all"),
    ]  # fmt: skip
    told = await asyncio.gather(*(staffetta(running.settings, *command, "--json") for command in commands[:4]))
    told += await asyncio.gather(*(staffetta(running.settings, *command, "--json") for command in commands[4:]))
    assert [ended.status for ended in told] == [0] * len(commands), [ended.err for ended in told]
    capacity, earlier, transfers, case, project, helpline, audit, explained, unmatched = (ended.json for ended in told)
    assert [unit["held"] for unit in capacity["units"] if unit["unit_id"] == "cli-1"] == [1]
    assert [unit["held"] for unit in earlier["units"] if unit["unit_id"] == "cli-1"] == [0] and earlier["as_of"]["sequence"] == held - 1
    assert {one["transfer_id"] for one in transfers["transfers"]} == {submitted.transfer, submitted.unmatched}
    assert case["facts"][0]["event"] == "ReferralReceived"
    assert [item["kind"] for item in project["items"]] == ["proposal"]
    assert "escalation" in [item["kind"] for item in helpline["items"]]
    assert len(audit["entries"]) == 5 and audit["entries"][0]["sequence"] > audit["entries"][1]["sequence"]
    for explanation in (*explained["explanations"], *unmatched["explanations"]):
        units = [unit for group in explanation["excluded"] for unit in group["units"]] + [one["unit_id"] for one in explanation["scored"]]
        assert sorted(units) == ["cli-1"], "every unit is accounted for"
    whole = await staffetta(running.settings, "explain", submitted.unmatched, "--all", "--full", "--json")
    assert whole.status == 0 and {one["recomputed"] for one in whole.json["explanations"]} == {"same"}, whole.err
    shown = await staffetta(running.settings, "explain", submitted.transfer, "--full")
    assert shown.status == 0 and "recomputed, and the same (SHA-256 " in shown.out, shown.err
    waits = await staffetta(running.settings, "inbox", "helpline", "--in", "it")
    assert submitted.unmatched.rsplit("-", 1)[-1] in waits.out and "Alla registrazione" in waits.out, (
        "the transfer to ask about stands beside the case"
    )
    in_italian = await staffetta(running.settings, "explain", submitted.unmatched, "--in", "it")
    assert "Serve un operatore: Ora nessun posto è adatto." in in_italian.out and "unità di cui si è dato conto" in in_italian.out, in_italian.err
    for command, what in ((("capacity",), "cli-1"), (("explain", submitted.transfer), "units accounted for"), (("audit",), "TransferRequested")):
        shown = await staffetta(running.settings, *command)
        assert shown.status == 0 and what in shown.out, shown.err


_REFUSALS = {code.value for code in RefusalCode}
"""What an audit is filtered by, and looked up."""


async def test_tables_are_told_in_both_languages_on_a_narrow_terminal(running: Running, submitted: Submitted, tmp_path: Path) -> None:
    changes = tmp_path / "changes.json"
    changes.write_text('{"max_disclosures": 2}', encoding="utf-8")
    commands: dict[tuple[str, ...], tuple[str, str]] = {
        ("capacity",): ("Capacity", "Capacità"),
        ("capacity", "--as", "administrator"): ("macro-area", "macroarea"),
        ("transfers",): ("Open transfers", "Trasferimenti aperti"),
        ("case", submitted.case): ("Somebody became known.", "È arrivata una segnalazione."),
        ("inbox", "helpline"): ("what to do", "da fare"),
        ("inbox", "alba"): ("Inbox of alba", "In arrivo: alba"),
        ("actions",): ("Nothing waits for anybody.", "Nulla attende qualcuno."),
        ("duty",): ("Duty hours", "Orari di reperibilità"),
        ("audit",): ("what followed", "che cosa è seguito"),
        ("access",): ("looks recorded", "Consultazioni registrate"),
        ("indicators",): ("referrals received", "segnalazioni ricevute"),
        ("retention",): ("keys of closed cases", "chiavi di casi chiusi"),
        ("policy", "show"): ("the next one takes two bodies", "la prossima richiede due enti"),
        ("policy", "preview", str(changes)): ("By kind of request", "Per tipo di richiesta"),
        ("explain", submitted.unmatched): ("units accounted for", "unità di cui si è dato conto"),
        ("replay",): ("identical", "identiche"),
        ("doctor",): ("all are decided", "tutti decisi"),
    }  # fmt: skip
    for command, by_language in commands.items():
        told = await asyncio.gather(*(staffetta(running.settings, *command, "--in", language, COLUMNS="80") for language in ("en", "it")))
        for ended, words in zip(told, by_language, strict=True):
            assert ended.status == 0 and words in ended.out, f"{command}: {ended.out} {ended.err}"
            wide = [line for line in ended.out.splitlines() if len(line) > 80 and line.startswith(("│", "┃", "┏", "╭"))]
            assert wide == [], command
            codes = set(re.findall(r"\b[a-z]+_[a-z_]+\b", ended.out.replace("action_id", "")))
            assert codes <= (_REFUSALS if command == ("audit",) else set()), f"{command}: a code is shown as it is"
        english, italian = (ended.out for ended in told)
        assert by_language[0] not in italian and by_language[1] not in english


async def test_replay_finds_the_ledger_identical(running: Running, submitted: Submitted) -> None:
    ended = await staffetta(running.settings, "replay", "--json")
    sums = ended.json
    assert ended.status == 0 and sums["differs"] == 0 and sums["not_redecidable"] == 0
    assert sums["identical"] + sums["control"] == sums["entries"] == sums["last_sequence"] + 1


async def test_rebuild_and_doctor(running: Running, submitted: Submitted) -> None:
    before = (await staffetta(running.settings, "capacity", "--json")).json["units"]
    rebuilt = await staffetta(running.settings, "rebuild", "capacity", "--json")
    assert rebuilt.status == 0 and rebuilt.json["entries"] > 10, rebuilt.err
    after = (await staffetta(running.settings, "capacity", "--json")).json["units"]
    ages = {"age_ms"}
    assert [{k: v for k, v in unit.items() if k not in ages} for unit in after] == [
        {k: v for k, v in unit.items() if k not in ages} for unit in before
    ]
    assert (await staffetta(running.settings, "rebuild", "nothing")).status == 2
    looked = await staffetta(running.settings, "doctor", "--json")
    assert looked.json["well"], looked.out
    assert [finding["name"] for finding in looked.json["findings"]] == ["topics", "clocks", "key store", "ledger", "events", "views", "requests"]


async def test_export_holds_every_entry_and_is_private(running: Running, submitted: Submitted, tmp_path: Path) -> None:
    file = tmp_path / "entries.avro"
    alone = await staffetta(running.settings, "export", "--out", str(file))
    assert alone.status == 2 and "two people" in alone.err and "GlassBroken" in alone.err and not file.exists()
    person = getpass.getuser()
    by = {"person": person, "body": BODY_OF["fuori-tratta"], "role": "administrator"}
    asked = event("GlassBroken", by, case_id=None, purpose="export", transfer_id=None, reason="the yearly check", emergency="")
    confirmed = event("ActionConfirmed", helpline(), case_id=None, action_id=asked["event_id"])
    said = tmp_path / "export.jsonl"
    said.write_text("\n".join(json.dumps(each) for each in (asked, confirmed)), encoding="utf-8")
    answers = (await staffetta(running.settings, "submit", str(said), "--json")).json["answers"]
    await running.views_reach(answers[-1]["sequence"])
    ended = await staffetta(running.settings, "export", "--out", str(file), "--json")
    assert ended.status == 0, ended.err
    look = (await running.room.access.read())[-1]
    assert (look.view, look.why, look.person, look.action_id) == ("export", "export", person, asked["event_id"])
    assert file.stat().st_mode & 0o077 == 0
    entries = entries_in(file)
    assert [entry["sequence"] for entry in entries] == list(range(ended.json["entries"]))
    assert any(entry["plain_event"] and submitted.case in entry["plain_event"] for entry in entries)
    assert (await staffetta(running.settings, "export", "--out", str(file))).status == 2, "an existing file stays"
    clear = tmp_path / "clear.avro"
    await staffetta(running.settings, "export", "--out", str(clear), "--without-keys")
    assert submitted.case.encode() not in clear.read_bytes()
    assert all(entry["plain_event"] is None for entry in entries_in(clear))


def entries_in(file: Path) -> list[dict[str, Any]]:
    """The records of an exported file."""
    with file.open("rb") as opened:
        return [entry for entry in fastavro.reader(opened) if isinstance(entry, dict)]


async def test_operators_cannot_state_what_is_not_so(running: Running, submitted: Submitted) -> None:
    hole = await staffetta(running.settings, "no-event", "0", "1", "--why", "test")
    assert hole.status == 2 and "there is an event at offset" in hole.err
    healed = await staffetta(running.settings, "heal", "--json")
    assert healed.status == 0 and healed.json["appended"] == 0


async def test_creating_a_network_again_is_harmless(running: Running, submitted: Submitted) -> None:
    again = await staffetta(running.settings, "network", "create", "--json")
    assert again.status == 0, again.err
    assert again.json == {"created": False, "opening_events": 43, "accepted": 43}


async def test_indicators_count_what_was_asked_and_what_came_of_it(running: Running, submitted: Submitted) -> None:
    whole = (await staffetta(running.settings, "indicators", "--json")).json
    assert whole["transfers_asked"] == sum(whole["transfers_by_fate"].values()) >= 2 and whole["referrals_received"] >= 2
    none = (await staffetta(running.settings, "indicators", "--from", "1999-01-01", "--to", "1999-04-01", "--json")).json
    assert none["transfers_asked"] == 0 and none["placed_percent"] is None and none["sequence"] == whole["sequence"]
    people = await staffetta(running.settings, "indicators")
    assert "places asked elsewhere" in people.out and "not for publication" in people.out and submitted.case not in people.out
    for wrong in (("--from", "soon"), ("--from", "2026-02-01", "--to", "2026-01-01")):
        ended = await staffetta(running.settings, "indicators", *wrong)
        assert ended.status == 2 and "Not done" in ended.err


async def test_a_sheet_is_written_for_the_responsible_project_alone_and_read_without_retyping(running: Running, tmp_path: Path) -> None:
    sheet, events = tmp_path / "sheet.csv", tmp_path / "events.jsonl"
    header = "case,person,source,province,age_group,gender,parent,essential_needs,preferred_needs,languages,only_language,taken_in_charge,indicators,exploitation"
    sheet.write_text(f"{header}\nx,,ngo,,grown,woman,no,,,eng,no,yes,yes,sexual\n", encoding="utf-8")
    options = ("--project", "alba", "--body", BODY_OF["alba"], "--person", "staff-1", "--out", str(events))
    wrong = await staffetta(running.settings, "sheet", "read", str(sheet), *options)
    assert wrong.status == 2 and "line 2, column age_group" in wrong.err and not events.exists()
    sheet.write_text(f"{header}\nx,,ngo,,adult,woman,no,,,eng,no,yes,yes,sexual\n", encoding="utf-8")
    read = await staffetta(running.settings, "sheet", "read", str(sheet), *options, "--json")
    assert read.status == 0 and read.json["events"] == 3, read.err
    (told,) = read.json["cases"]
    assert (await staffetta(running.settings, "sheet", "read", str(sheet), *options)).status == 2, "the file is there already"
    sent = await staffetta(running.settings, "submit", str(events), "--json")
    assert sent.json["summary"] == {"recorded": 3}, sent.out
    await running.views_reach(sent.json["answers"][-1]["sequence"])
    written = await staffetta(running.settings, "sheet", "write", "--as", "project:alba", told["case_id"])
    assert written.status == 0 and ",ngo," in written.out and "sexual" in written.out, written.err
    for role in ("project:fuori-tratta", "helpline", "evaluator"):
        assert (await staffetta(running.settings, "sheet", "write", "--as", role, told["case_id"])).status == 2


async def test_retention_says_what_will_go_when(running: Running, submitted: Submitted) -> None:
    told = (await staffetta(running.settings, "retention", "--json")).json
    assert sum(told["explanations_go"].values()) >= 1 and told["closed_cases_go"] == {} and told["events_may_be_trimmed"] == 0
    people = await staffetta(running.settings, "retention")
    assert "keys of explanations" in people.out and "has no term" in people.out and submitted.case not in people.out
    assert (await staffetta(running.settings, "retention", "--as", "project:alba")).status == 2
