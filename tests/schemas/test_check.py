"""The check of the contracts goes red for each rule that is broken, and says where."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from avro_schemas.check import main, problems, release
from avro_schemas.files import HERE, MANIFEST, current_symbols

CAPACITY = "availability/CapacityChanged.v1.avsc"
NEXT = "availability/CapacityChanged.v2.avsc"
REQUEST = "transfer/TransferRequested.v1.avsc"
PRIVATE = "transfer/TransferRequestedPrivate.v1.avsc"

Change = Callable[[dict[str, Any]], object]


@pytest.fixture
def contracts(tmp_path: Path) -> Path:
    """A copy of the contracts to break, all of it released."""
    copy = tmp_path / "avro_schemas"
    shutil.copytree(HERE, copy, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    release(copy)
    return copy


def _rewrite(contracts: Path, path: str, change: Change, to: str | None = None) -> None:
    schema = json.loads((contracts / path).read_text())
    change(schema)
    (contracts / (to or path)).write_text(json.dumps(schema))


def _unreleased(contracts: Path, path: str, change: Change) -> None:
    """As if the file had never been released."""
    _rewrite(contracts, path, change)
    manifest = json.loads((contracts / MANIFEST).read_text())
    del manifest["sha256"][path]
    (contracts / MANIFEST).write_text(json.dumps(manifest))


def _field(schema: dict[str, Any], name: str) -> Any:
    return next(field for field in schema["fields"] if field["name"] == name)


def _extra(**more: object) -> dict[str, object]:
    return {"name": "shelved", "type": "long", "doc": "Places out of use, a count of people.", **more}


def test_the_contracts_of_this_release_hold() -> None:
    assert problems(HERE) == []


def test_the_command_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    assert "all rules hold" in capsys.readouterr().out


def test_the_command_fails_aloud(contracts: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (contracts / CAPACITY).unlink()
    assert main(["--directory", str(contracts)]) == 1
    assert main(["--directory", str(contracts), "--release"]) == 1
    assert f"{CAPACITY}: was released and is gone" in capsys.readouterr().err


def test_an_edited_released_schema(contracts: Path) -> None:
    file = contracts / CAPACITY
    file.write_text(file.read_text().replace("A count", "The count").replace("a count", "the count"))
    assert [f"{CAPACITY}: was released and has been edited since; put it back and write the change as a new version"] == problems(contracts)


def test_white_space_is_an_edit_too(contracts: Path) -> None:
    (contracts / CAPACITY).write_text((contracts / CAPACITY).read_text() + "\n")
    assert any("has been edited" in problem for problem in problems(contracts))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        pytest.param(lambda s: s["fields"].append(_extra()), "shelved: new, and without a default", id="a field without a default"),
        pytest.param(lambda s: s["fields"].remove(_field(s, "free")), f"{CAPACITY} cannot read what v2 wrote: free: new", id="a field dropped"),
        pytest.param(lambda s: _field(s, "free").update(name="open"), "open: new, and without a default", id="a field renamed"),
        pytest.param(lambda s: _field(s, "free").update(type="string"), "free: long cannot be read as string", id="another type"),
        pytest.param(lambda s: _field(s, "accepting").update(type=["null", "boolean"], default=None), "accepting", id="now it may be null"),
        pytest.param(
            lambda s: (s["fields"].append(_extra(default=0)), _field(s, "observed_at_ms").update(type=["null", "long"])),
            "observed_at_ms means something else than in v1",
            id="another logical type",
        ),
    ],
)
def test_an_incompatible_version(contracts: Path, change: Change, told: str) -> None:
    _rewrite(contracts, CAPACITY, change, NEXT)
    found = problems(contracts)
    assert any(told in problem and ("v2" in problem or NEXT in problem) for problem in found), found


def test_a_version_compatible_with_the_last_but_not_with_the_first(contracts: Path) -> None:
    """v2 adds a field with a default, v3 one more and drops that default: v3 reads v2 and not v1. Transitive means: against every one."""
    third = "availability/CapacityChanged.v3.avsc"
    _rewrite(contracts, CAPACITY, lambda s: s["fields"].append(_extra(default=0)), NEXT)
    _rewrite(contracts, NEXT, lambda s: (_field(s, "shelved").pop("default"), s["fields"].append(_extra(name="other", default=0))), third)
    found = problems(contracts)
    assert any("CapacityChanged.v3.avsc cannot read what v1 wrote: shelved" in problem for problem in found), found
    assert not any("CapacityChanged.v3.avsc cannot read what v2 wrote" in problem for problem in found), found


def test_a_gap_in_the_versions(contracts: Path) -> None:
    _rewrite(contracts, CAPACITY, lambda s: s["fields"].append(_extra(default=0)), "availability/CapacityChanged.v3.avsc")
    assert any("without a gap" in problem for problem in problems(contracts))


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda s: s.update(doc="The same in other words, and nothing else."), id="other docs"),
        pytest.param(lambda s: _field(s, "observed_at_ms").update(type=["null", "long"]), id="no logical type"),
        pytest.param(lambda s: _field(s, "observed_at_ms").pop("default"), id="no default"),
    ],
)
def test_two_texts_with_one_fingerprint(contracts: Path, change: Change) -> None:
    _rewrite(contracts, CAPACITY, change, NEXT)
    assert any(f"{NEXT}: has the fingerprint of {CAPACITY}" in problem for problem in problems(contracts))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        pytest.param(lambda s: _field(s, "free").pop("doc"), "CapacityChanged.free has no doc", id="a field"),
        pytest.param(lambda s: s.update(doc=" "), "CapacityChanged has no doc", id="the record"),
        pytest.param(lambda s: _field(s, "free").update(doc="free places"), "the doc of CapacityChanged.free is no sentence", id="no sentence"),
    ],
)
def test_without_a_doc(contracts: Path, change: Change, told: str) -> None:
    _unreleased(contracts, CAPACITY, change)
    assert any(told in problem for problem in problems(contracts))


def test_a_nested_field_without_a_doc(contracts: Path) -> None:
    _unreleased(contracts, PRIVATE, lambda s: _field(s, "actor")["type"]["fields"][0].pop("doc"))
    assert any("TransferRequestedPrivate.actor.person has no doc" in problem for problem in problems(contracts))


@pytest.mark.parametrize(
    ("path", "change", "told"),
    [
        pytest.param(
            CAPACITY, lambda s: s["fields"].append(_extra(default=0)), "shelved stands in the schema and not in the dataclass", id="too many"
        ),
        pytest.param(CAPACITY, lambda s: s["fields"].pop(), "over_capacity stands in the dataclass and in no schema", id="too few"),
        pytest.param(CAPACITY, lambda s: _field(s, "free").update(type="boolean"), "free is boolean in the schema and int", id="another type"),
        pytest.param(
            CAPACITY,
            lambda s: (_field(s, "observed_at_ms").update(type="long"), _field(s, "observed_at_ms").pop("default")),
            "observed_at_ms is long in the schema",
            id="not null",
        ),
        pytest.param(CAPACITY, lambda s: _field(s, "free").update(type=["null", "long"], default=None), "free may be null in the schema", id="null"),
        pytest.param(
            PRIVATE, lambda s: _field(s, "reason").update(type="string"), 'reason must be a string with "vocabulary": "Reason"', id="no vocabulary"
        ),
        pytest.param(PRIVATE, lambda s: _field(s, "wished_levels")["type"].update(items="long"), "wished_levels[] must be", id="other items"),
        pytest.param(PRIVATE, lambda s: _field(s, "actor")["type"]["fields"].pop(), "actor: role stands in the dataclass", id="a nested field"),
        pytest.param(
            REQUEST, lambda s: s["fields"].append(_extra(name="case_id", type="string")), "case_id stands in the clear half and in", id="both halves"
        ),
        pytest.param(
            REQUEST, lambda s: s["fields"].append(_extra(name="case_id", type="string")), "case_id is clear in a fact about a case", id="clear"
        ),
        pytest.param(
            REQUEST, lambda s: s["fields"].append(_extra(name="actor", type="string")), "actor is clear; who acted is always private", id="actor"
        ),
        pytest.param(REQUEST, lambda s: s["fields"].pop(), "a field `sealed` stands in a fact that has a private part", id="not sealed"),
        pytest.param(REQUEST, lambda s: s["fields"].reverse(), "event_id must be the first field", id="event id not first"),
    ],
)
def test_a_dataclass_and_its_schemas_differ(contracts: Path, path: str, change: Change, told: str) -> None:
    _unreleased(contracts, path, change)
    found = problems(contracts)
    assert any(told in problem for problem in found), found


def test_a_schema_without_a_dataclass(contracts: Path) -> None:
    _rewrite(contracts, CAPACITY, lambda s: s.update(name="CapacityLost"), "availability/CapacityLost.v1.avsc")
    assert any("availability/CapacityLost.v1.avsc: no dataclass" in problem for problem in problems(contracts))


def test_a_dataclass_without_a_schema(contracts: Path) -> None:
    (contracts / PRIVATE).unlink()
    manifest = json.loads((contracts / MANIFEST).read_text())
    del manifest["sha256"][PRIVATE]
    (contracts / MANIFEST).write_text(json.dumps(manifest))
    assert any("there must be a TransferRequestedPrivate" in problem for problem in problems(contracts))


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        pytest.param("double", "may not use the type double", id="floats"),
        pytest.param({"type": "map", "values": "long"}, "may not use the type map", id="maps"),
        pytest.param({"type": "enum", "name": "E", "symbols": ["A"], "doc": "An enumeration of one."}, "may not use the type enum", id="enums"),
        pytest.param(["long", "string"], "null and one other type", id="unions"),
        pytest.param({"type": "array", "items": "null"}, "must take a byte", id="arrays of nothing"),
        pytest.param(
            {"type": "array", "items": {"type": "record", "name": "R", "doc": "A record of nothing.", "fields": []}},
            "must take a byte",
            id="arrays of empty records",
        ),
    ],
)
def test_a_type_that_no_schema_may_use(contracts: Path, kind: Any, told: str) -> None:
    _rewrite(contracts, CAPACITY, lambda s: s["fields"].append(_extra(type=kind)), NEXT)
    assert any(told in problem for problem in problems(contracts))


def test_a_field_that_may_be_null_without_a_null_default(contracts: Path) -> None:
    _unreleased(contracts, CAPACITY, lambda s: _field(s, "observed_at_ms").pop("default"))
    assert any("observed_at_ms may be null, so its default is null" in problem for problem in problems(contracts))


@pytest.mark.parametrize(
    ("path", "text", "told"),
    [
        ("availability/capacity.avsc", "{}", "named <Name>.v<N>.avsc"),
        ("availability/Lost.v1.avsc", "{", "not JSON"),
        ("availability/Lost.v1.avsc", '{"type": "record", "name": "Found", "fields": []}', "the record is named 'Found'"),
        ("availability/Lost.v1.avsc", '{"type": "record", "name": "Lost", "fields": [{"name": "a", "type": "nobody"}]}', "no Avro schema"),
        ("elsewhere/Lost.v1.avsc", "{}", "no stream of this name"),
    ],
)
def test_a_file_that_is_no_schema(contracts: Path, path: str, text: str, told: str) -> None:
    (contracts / path).parent.mkdir(exist_ok=True)
    (contracts / path).write_text(text)
    assert any(told in problem and path.split("/")[1] in problem for problem in problems(contracts)), problems(contracts)


def test_a_name_belongs_to_one_stream_and_its_namespace(contracts: Path) -> None:
    _rewrite(contracts, CAPACITY, lambda s: None, "transfer/CapacityChanged.v1.avsc")
    found = problems(contracts)
    assert any("already belongs to the stream availability" in problem for problem in found)
    assert any("its full name must be eu.staffetta.transfer.CapacityChanged" in problem for problem in found)


def test_a_symbol_that_disappears(contracts: Path) -> None:
    manifest = json.loads((contracts / MANIFEST).read_text())
    manifest["symbols"]["Need"].append("a_need_of_old")
    (contracts / MANIFEST).write_text(json.dumps(manifest))
    assert problems(contracts) == ["vocabulary Need: a_need_of_old was released and is gone; a symbol stays, under the same word"]


def test_a_vocabulary_that_does_not_exist(contracts: Path) -> None:
    _unreleased(contracts, PRIVATE, lambda s: _field(s, "reason")["type"].update(vocabulary="Excuse"))
    assert any("names a vocabulary that does not exist: Excuse" in problem for problem in problems(contracts))


def test_a_schema_that_is_not_released_is_not_used(contracts: Path) -> None:
    _unreleased(contracts, CAPACITY, lambda s: None)
    assert problems(contracts) == [f"{CAPACITY}: not released; `python -m avro_schemas.check --release` enters it for ever"]


def test_a_symbol_is_entered_at_release(contracts: Path) -> None:
    manifest = json.loads((contracts / MANIFEST).read_text())
    manifest["symbols"]["Need"].remove("step_free")
    (contracts / MANIFEST).write_text(json.dumps(manifest))
    assert problems(contracts) == ["vocabulary Need: step_free is not released; `python -m avro_schemas.check --release` enters it for ever"]
    assert release(contracts) == []
    assert problems(contracts) == []
    assert json.loads((contracts / MANIFEST).read_text())["symbols"] == current_symbols()


def test_a_new_compatible_version_is_released_with_golden_bytes(contracts: Path) -> None:
    """Against the dataclasses a new field is always red, so this takes a record whose next version differs in what a fingerprint sees: a default field dropped."""
    golden = contracts / "golden" / "CapacityChanged.v1.jsonl"
    before = golden.read_text()
    golden.unlink()
    _unreleased(contracts, CAPACITY, lambda s: None)
    assert problems(contracts, releasing=True) == []
    assert release(contracts) == [CAPACITY]
    assert problems(contracts) == []
    assert golden.read_text() == before


@pytest.mark.parametrize(
    ("edit", "told"),
    [
        (lambda text: text.replace("c301", "c302"), "stands under another fingerprint"),
        (lambda text: text.replace('"free": 0', '"free": 1'), "is read as another value"),
        (lambda text: text.replace('", "value"', '00", "value"'), "can no longer be read"),
    ],
)
def test_golden_bytes_that_changed(contracts: Path, edit: Callable[[str], str], told: str) -> None:
    golden = contracts / "golden" / "CapacityChanged.v1.jsonl"
    golden.write_text(edit(golden.read_text()))
    assert any(told in problem for problem in problems(contracts)), problems(contracts)


def test_golden_bytes_that_are_gone(contracts: Path) -> None:
    (contracts / "golden" / "CapacityChanged.v1.jsonl").unlink()
    assert any("has no golden bytes" in problem for problem in problems(contracts))


def test_an_envelope_that_changed(contracts: Path) -> None:
    golden = contracts / "golden" / "envelope.json"
    golden.write_text(golden.read_text().replace('"sequence": 1000', '"sequence": 1001'))
    assert problems(contracts) == ["envelope.json: the frozen envelope has changed; it never may"]
