"""The schema files of one directory, and the manifest of those that were released."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from events import vocabulary
from events.compiled import Reader, Writer, compile_reader, compile_writer
from events.resolution import inlined
from events.schemas import STREAMS, Version, load

HERE = Path(__file__).parent

MANIFEST = "released.json"
"""Which files and which symbols were ever released."""


@dataclass(frozen=True, slots=True)
class Files:
    """What stands in a directory of schemas."""

    versions: tuple[Version, ...]
    """Sorted by stream, name and version."""
    unreadable: tuple[str, ...]
    """What is wrong with files that could not be loaded, one sentence each."""


@dataclass(frozen=True, slots=True)
class Released:
    """The manifest."""

    sha256: dict[str, str]
    """Hexadecimal digest of each released file, by `<stream>/<Name>.v<N>.avsc`."""
    symbols: dict[str, list[str]]
    """The symbols of each vocabulary, by its name."""


def path_of(version: Version) -> str:
    """`<stream>/<Name>.v<N>.avsc`."""
    return f"{version.stream}/{version.name}.v{version.version}.avsc"


def digest_of(version: Version) -> str:
    """SHA-256 of the file, hexadecimal."""
    return hashlib.sha256(version.text.encode()).hexdigest()


def read_files(directory: Path) -> Files:
    """Every schema file under `directory`."""
    versions, unreadable = [], []
    for stream in sorted(each for each in directory.iterdir() if each.is_dir() and each.name not in ("golden", "__pycache__")):
        for file in sorted(stream.iterdir()):
            try:
                if stream.name not in STREAMS:
                    raise ValueError(f"{stream.name}/{file.name}: no stream of this name; the streams are {', '.join(STREAMS)}")
                versions.append(load(stream.name, file.name, file.read_bytes().decode()))
            except json.JSONDecodeError as problem:
                unreadable.append(f"{stream.name}/{file.name}: not JSON at line {problem.lineno}: {problem.msg}")
            except ValueError as problem:
                unreadable.append(str(problem))
            except Exception as problem:  # noqa: BLE001 - the schema library raises many kinds, and each means the same here
                unreadable.append(f"{stream.name}/{file.name}: no Avro schema: {type(problem).__name__}: {problem}")
    return Files(tuple(sorted(versions, key=lambda each: (STREAMS.index(each.stream), each.name, each.version))), tuple(unreadable))


def read_released(directory: Path) -> Released:
    """The manifest; empty where there is none yet."""
    file = directory / MANIFEST
    if not file.exists():
        return Released({}, {})
    content = json.loads(file.read_text())
    return Released(content["sha256"], content["symbols"])


def write_released(directory: Path, released: Released) -> None:
    """Writes the manifest, sorted by path."""
    content = {"sha256": dict(sorted(released.sha256.items())), "symbols": dict(sorted(released.symbols.items()))}
    (directory / MANIFEST).write_text(json.dumps(content, indent=1) + "\n")


@cache
def compiled(text: str) -> tuple[Reader, Writer]:
    """Reader and writer of plain values under one schema file's text. Raises TypeError or KeyError where the codec cannot compile it."""
    schema = inlined(json.loads(text))
    return compile_reader(schema, schema), compile_writer(schema)


@cache
def current_symbols() -> dict[str, list[str]]:
    """The symbols of each vocabulary as the code has them."""
    kinds = {name: kind for name, kind in vars(vocabulary).items() if isinstance(kind, type) and issubclass(kind, StrEnum)}
    return {name: [member.value for member in kind] for name, kind in kinds.items() if kind is not StrEnum}
