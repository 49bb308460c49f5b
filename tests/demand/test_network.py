"""The network that ships: complete, consistent, and accepted by the decision core."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib.resources import files
from itertools import count
from typing import Any

import pytest

from events.ids import uuid7
from events.network import DutyHoursPublished, PolicyAdopted, ProjectRegistered
from events.verdict import Recorded
from ops.demand.agenda import Timed
from ops.demand.rehearsal import Rehearsal
from ops.networks import load_network, opening_events
from ops.networks.loading import NetworkFileInvalid, read_network

IT = json.loads(files("ops.networks").joinpath("it.json").read_text(encoding="utf-8"))


def test_italy_has_its_projects_and_covers_every_province() -> None:
    network = load_network("it")
    assert len(network.projects) == 21
    assert len(network.regions) == 20
    assert len(network.macro_areas) == 5
    provinces = [province for region in network.regions for province in region.provinces]
    assert len(provinces) == len(set(provinces)) == 107
    assert all(network.project_of_province(province) is not None for province in provinces)


def test_every_opening_event_is_recorded() -> None:
    numbers = count(1)
    events = list(opening_events(load_network("it"), lambda: uuid7(1_000, next(numbers)), "adm", {"alba": ("alba-attuatore-1",)}))
    assert [type(event) for event in events] == [PolicyAdopted] + [ProjectRegistered] * 21 + [DutyHoursPublished] * 21
    ledger = Rehearsal("it")
    reported = [ledger.report(Timed(1_000, event)) for event in events]
    assert all(each is not None and isinstance(each.answer.verdict, Recorded) for each in reported)


def _twice(data: dict[str, Any]) -> None:
    data["projects"][0]["provinces"] = data["projects"][1]["provinces"]
    data["projects"][0]["regions"] = data["projects"][1]["regions"]


def _elsewhere(data: dict[str, Any]) -> None:
    data["projects"][0]["provinces"] = ["XX"]


def _nobody(data: dict[str, Any]) -> None:
    data["projects"][0]["bodies"] = ["somebody-else"]


def _backwards(data: dict[str, Any]) -> None:
    data["programme"] = {"valid_from": "2024-12-31", "valid_to": "2022-01-01"}


@pytest.mark.parametrize("spoil", [_twice, _elsewhere, _nobody, _backwards])
def test_a_file_that_contradicts_itself_is_refused(spoil: Callable[[dict[str, Any]], None]) -> None:
    data = json.loads(json.dumps(IT))
    spoil(data)
    with pytest.raises(NetworkFileInvalid):
        read_network(json.dumps(data))


def test_a_network_that_does_not_ship_is_not_found() -> None:
    with pytest.raises(FileNotFoundError):
        load_network("nowhere")
