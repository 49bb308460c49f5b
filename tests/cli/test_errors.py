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


async def test_an_operator_reads_why_in_italian_and_a_program_reads_a_code(tmp_path: object) -> None:
    data = {"STAFFETTA_DATA": str(tmp_path)}
    told = await staffetta(None, "inbox", "alba", "--network", "fr", "--in", "it", **data)
    assert told.status == 2 and told.err.startswith("Non eseguito. Qui non c'è una rete 'fr'."), told.err
    by_environment = await staffetta(None, "capacity", STAFFETTA_LANGUAGE="it", **data)
    assert "KAFKA_BOOTSTRAP_SERVERS non è impostata" in " ".join(by_environment.err.split())
    plain = await staffetta(None, "doctor", "--network", "fr", "--json", "--in", "it", **data)
    assert json.loads(plain.err)["code"] == "unknown-network" and json.loads(plain.err)["error"].startswith("Qui non c'è")
    wrong = await staffetta(None, "inbox", "--json", **data)
    assert wrong.status == 2 and wrong.out == "" and json.loads(wrong.err)["code"] == "wrong-use"
    asked = await staffetta(None, "reset", STAFFETTA_LANGUAGE="it", **data)
    assert asked.status == 2 and "non è una cartella di dati" in " ".join(asked.err.split())
