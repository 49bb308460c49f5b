"""Keeps what hindsight found, so that an experiment with a new policy does not solve the same futures again."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, fields, is_dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from events.vocabulary import Urgency
from ops.demand.hours import DAY_MS, HOUR_MS
from ops.laboratory import hindsight as program
from ops.laboratory import instance as frozen
from ops.laboratory import objective, starts
from ops.laboratory.hindsight import Hindsight, hindsight
from ops.laboratory.instance import Instance
from ops.laboratory.objective import Placement

KEPT_IN = Path("build") / "hindsight"


def hindsight_of(instance: Instance, kept_in: Path = KEPT_IN) -> Hindsight:
    """The hindsight of an instance, from the file that an earlier call left, or found now and left there."""
    path = kept_in / f"{digest_of(instance)}.json"
    if path.exists():
        told = json.loads(path.read_text())
        return Hindsight(told["points"], told["bound"], told["closed"], tuple(Placement(**placement) for placement in told["placements"]))
    found = hindsight(instance)
    kept_in.mkdir(parents=True, exist_ok=True)
    written = path.with_suffix(f".{id(found)}")
    written.write_text(json.dumps(asdict(found)))
    written.replace(path)
    return found


def digest_of(instance: Instance) -> str:
    """Names a future, the rules that it is played by and the way in which hindsight is found: anything that could change what is found."""
    told = hashlib.sha256()
    for module in (frozen, objective, starts, program):
        assert module.__file__ is not None
        told.update(Path(module.__file__).read_bytes())
    contents = {field.name: _plain(getattr(instance, field.name)) for field in fields(instance) if field.name != "terms"}
    told.update(json.dumps([contents, _plain(instance.terms.policy), _hours(instance)], sort_keys=True).encode())
    return told.hexdigest()


def _hours(instance: Instance) -> list[list[int]]:
    """By project: for how long it is on duty in each hour of the first days."""
    found = []
    for project_id in sorted({unit.project_id for unit in instance.units}):
        hours = instance.terms.clockwork.clock_of(project_id, Urgency.IMMEDIATE)
        if hours is not None:
            found.append([hours.between(at, at + HOUR_MS) for at in range(instance.start_ms, instance.start_ms + 8 * DAY_MS, HOUR_MS)])
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, StrEnum):
        return value.value
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, frozenset | set):
        return sorted((_plain(item) for item in value), key=str)
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value
