"""Plain events of a small story in the Italian network, as whoever reports them would write them: JSON objects, ids and all."""

from __future__ import annotations

import secrets
import time
import uuid
from typing import Any

from events.ids import uuid7
from ops.networks import load_network

ITALY = load_network("it")
BODY_OF = {project.project: project.lead_body for project in ITALY.projects}
REGION_OF = {project.project: project.regions[0] for project in ITALY.projects}
HELPLINE_BODY = ITALY.helpline_body
DAY_MS = 86_400_000

Plain = dict[str, Any]


def now_ms() -> int:
    """This machine's time."""
    return time.time_ns() // 1_000_000


def event_id(at_ms: int | None = None) -> str:
    """A fresh UUIDv7."""
    return uuid7(now_ms() if at_ms is None else at_ms, secrets.randbits(74))


def case_id() -> str:
    """A fresh random id."""
    return str(uuid.uuid4())


def helpline() -> Plain:
    """An operator of the helpline."""
    return {"person": "op-1", "body": HELPLINE_BODY, "role": "helpline"}


def of_project(project_id: str) -> Plain:
    """Somebody of a project's lead body."""
    return {"person": f"staff-{project_id}", "body": BODY_OF[project_id], "role": "project"}


def event(name: str, actor: Plain, **fields: Any) -> Plain:
    """An event with a fresh id."""
    return {"event": name, "event_id": event_id(), "actor": actor, **fields}


def unit_opened(unit_id: str, project_id: str, places: int = 3, **fields: Any) -> Plain:
    """A unit for women and mothers with children."""
    plain: Plain = {
        "unit_id": unit_id,
        "project_id": project_id,
        "body": BODY_OF[project_id],
        "region": REGION_OF[project_id],
        "level": "first",
        "places": places,
        "hosts": ["mothers_with_children", "women"],
        "offers": [],
        "languages": ["eng", "ita"],
        "dangers": [],
    }
    return event("UnitOpened", of_project(project_id), **{**plain, **fields})


def availability(unit_id: str, project_id: str, sequence: int, places: int = 3, occupied: int = 0, **fields: Any) -> Plain:
    """A count of a unit."""
    plain: Plain = {
        "unit_id": unit_id,
        "observed_at_ms": now_ms() - 1_000,
        "places": places,
        "occupied": occupied,
        "reserved": 0,
        "accepting": True,
        "free_from_ms": None,
        "as_of_sequence": sequence,
    }
    return event("AvailabilityPublished", of_project(project_id), **{**plain, **fields})


def referral(case: str, province: str | None = "NA", people: int = 1, note: str = "") -> Plain:
    """A woman, or a household of women."""
    household = [
        {
            "person": chr(ord("a") + number),
            "age_group": "adult",
            "gender": "woman",
            "parent": False,
            "essential_needs": [],
            "preferred_needs": [],
            "languages": ["eng"],
            "only_language": False,
        }
        for number in range(people)
    ]
    return event("ReferralReceived", helpline(), case_id=case, source="self", province=province, household=household, note=note)


def agreement(case: str, person: str = "a") -> Plain:
    """One adult agrees to move."""
    return event("AgreementGiven", helpline(), case_id=case, person=person, until_ms=now_ms() + 60 * DAY_MS)


def request(case: str, transfer: str, note: str = "") -> Plain:
    """A place elsewhere is needed within days."""
    return event(
        "TransferRequested",
        helpline(),
        case_id=case,
        transfer_id=transfer,
        reason="capacity",
        urgency="within_days",
        needed_by_ms=now_ms() + 10 * DAY_MS,
        leaving_province=None,
        wished_levels=[],
        wished_regions=[],
        note=note,
    )
