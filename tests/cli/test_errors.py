"""Clear errors, with what to do, before anything is reached."""

from __future__ import annotations

import json

import pytest

from tests.cli.conftest import staffetta


@pytest.mark.parametrize(
    ("arguments", "variables", "said"),
    [
        (("capacity",), {}, "KAFKA_BOOTSTRAP_SERVERS is not set"),
        (("capacity",), {"STAFFETTA_NETWROKS": "it:0"}, "did you mean STAFFETTA_NETWORKS?"),
        (("capacity",), {"STAFFETTA_NETWORKS": "it"}, "write name:partition"),
        (("capacity",), {"STAFFETTA_NETWORKS": "it:0,fr:0"}, "a partition of its own"),
        (("capacity",), {"STAFFETTA_GATEWAY_PORT": "high"}, "STAFFETTA_GATEWAY_PORT"),
        (("capacity", "--network", "fr"), {}, "no network 'fr'"),
    ],
)
async def test_an_environment_that_does_not_fit(tmp_path: object, arguments: tuple[str, ...], variables: dict[str, str], said: str) -> None:
    ended = await staffetta(None, *arguments, STAFFETTA_DATA=str(tmp_path), **variables)
    assert ended.status == 2 and said in " ".join(ended.err.split()), ended.err
    assert "Traceback" not in ended.err
    as_json = await staffetta(None, *arguments, "--json", STAFFETTA_DATA=str(tmp_path), **variables)
    assert as_json.status == 2 and as_json.out == "" and said in json.loads(as_json.err)["error"]


async def test_nothing_to_stop_and_nothing_to_forget(tmp_path: object) -> None:
    assert (await staffetta(None, "down", "--json", STAFFETTA_DATA=f"{tmp_path}/none")).json == {"stopped": False}
    assert (await staffetta(None, "reset", "--yes", "--json", STAFFETTA_DATA=f"{tmp_path}/none")).json == {"deleted": False}
    foreign = await staffetta(None, "reset", "--yes", STAFFETTA_DATA=str(tmp_path))
    assert foreign.status == 2 and "nothing was deleted" in foreign.err
