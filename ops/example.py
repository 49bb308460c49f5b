"""A small invented story with fresh ids, as events files: for the README, the guides, and whoever tries the system out.

    python -m ops.example request FILE.jsonl                 two units of a project are opened and counted; a case is referred, agrees, asks for a place
    python -m ops.example accept CASE TRANSFER FILE.jsonl    the project that was asked says yes
    python -m ops.example id                                 a fresh event id, for events that you write yourself

Standard output gives the story's ids as shell variables (`CASE`, `TRANSFER`, `PROJECT`), for `eval`. Nothing here is about anybody.
"""

from __future__ import annotations

import argparse
import json
import secrets
import time
import uuid
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from events.ids import uuid7
from ops.networks import load_network

NETWORK = "it"
PROJECT = "alba"
"""The project whose units the story opens."""
PROVINCE = "NA"
"""Where the case is referred: a territory of another project."""

Plain = dict[str, object]


def main(arguments: Sequence[str] | None = None) -> None:
    """Writes one file."""
    parser = argparse.ArgumentParser(prog="python -m ops.example", description="Writes events of a small invented story, with fresh ids.")
    chapters = parser.add_subparsers(dest="chapter", required=True)
    request = chapters.add_parser("request", help="units, counts, a case and its request")
    accept = chapters.add_parser("accept", help="the asked project says yes")
    accept.add_argument("case", metavar="CASE")
    accept.add_argument("transfer", metavar="TRANSFER")
    chapters.add_parser("id", help="a fresh event id: a UUIDv7")
    for chapter in (request, accept):
        chapter.add_argument("file", type=Path, metavar="FILE.jsonl")
    chosen = parser.parse_args(arguments)
    if chosen.chapter == "id":
        print(_event_id())
    elif chosen.chapter == "request":
        case, transfer = str(uuid.uuid4()), str(uuid.uuid4())
        write(chosen.file, request_events(case, transfer, secrets.token_hex(3)))
        print(f"CASE={case} TRANSFER={transfer} PROJECT={PROJECT}")
    else:
        write(chosen.file, accept_events(chosen.case, chosen.transfer))


def request_events(case: str, transfer: str, units: str) -> list[Plain]:
    """A unit for women and one for men, both half empty; a woman in another territory who agrees to move, and the request. `units`: part of their names."""
    now, helpline = _now_ms(), _actor(load_network(NETWORK).helpline_body, "helpline")
    told: list[Plain] = []
    for number, hosts in enumerate((("mothers_with_children", "women"), ("men",)), start=1):
        told += _unit(f"example-{units}-{number}", hosts)
    woman = {
        "person": "a", "age_group": "adult", "gender": "woman", "parent": False,
        "essential_needs": [], "preferred_needs": [], "languages": ["eng"], "only_language": False,
    }  # fmt: skip
    told += [
        _event("ReferralReceived", helpline, case_id=case, source="self", province=PROVINCE, household=[woman], note=""),
        _event("AgreementGiven", helpline, case_id=case, person="a", until_ms=now + _ms(timedelta(days=60))),
        _event(
            "TransferRequested", helpline, case_id=case, transfer_id=transfer, reason="capacity", urgency="within_days",
            needed_by_ms=now + _ms(timedelta(days=7)), leaving_province=None, wished_levels=[], wished_regions=[], note="",
        ),
    ]  # fmt: skip
    return told


def accept_events(case: str, transfer: str) -> list[Plain]:
    """The project says yes to the transfer's live proposal."""
    return [_event("ProposalAccepted", _project(), case_id=case, transfer_id=transfer, proposal_id=None)]


def write(file: Path, events: Sequence[Plain]) -> None:
    """One JSON object a line."""
    file.write_text("".join(f"{json.dumps(event)}\n" for event in events), encoding="utf-8")


def _unit(unit: str, hosts: Sequence[str]) -> list[Plain]:
    """Four places, two of them occupied."""
    project = next(project for project in load_network(NETWORK).projects if project.project == PROJECT)
    opened = _event(
        "UnitOpened", _project(), unit_id=unit, project_id=PROJECT, body=project.lead_body, region=project.regions[0], level="first", places=4,
        hosts=list(hosts), offers=[], languages=["eng", "ita"], dangers=[],
    )  # fmt: skip
    counted = _event(
        "AvailabilityPublished", _project(), unit_id=unit, observed_at_ms=_now_ms() - 1_000, places=4, occupied=2, reserved=0, accepting=True,
        free_from_ms=None, as_of_sequence=0,
    )  # fmt: skip
    return [opened, counted]


def _project() -> Plain:
    return _actor(next(project.lead_body for project in load_network(NETWORK).projects if project.project == PROJECT), "project")


def _actor(body: str, role: str) -> Plain:
    return {"person": f"example-{role}", "body": body, "role": role}


def _event(name: str, actor: Plain, **fields: object) -> Plain:
    return {"event": name, "event_id": _event_id(), "actor": actor, **fields}


def _event_id() -> str:
    return uuid7(_now_ms(), secrets.randbits(74))


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


def _ms(duration: timedelta) -> int:
    return duration // timedelta(milliseconds=1)


if __name__ == "__main__":
    main()
