"""Golden bytes: for each version of each record, instances whose bytes never change. `golden/<Name>.v<N>.jsonl`, a line an instance:

    {"hex": "c301…", "value": {…}}

`hex` is the single-object encoding, `value` the same with bytes as hexadecimal. The first instance has something everywhere, the second as little as can
be. `golden/envelope.json` is a whole ledger entry, hash included. Written once at release, read for ever; the generator below may change, the files not.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from avro_schemas.files import compiled, current_symbols, path_of
from events.binary import Malformed, TrailingBytes
from events.codec import MARK, encode_body
from events.compiled import Plain
from events.entry import Decided
from events.envelope import Envelope, hash_of, open_envelope, seal_envelope
from events.resolution import Schema, kind_of
from events.schemas import Version

ENVELOPE = "envelope.json"


def golden_file(directory: Path, version: Version) -> Path:
    """Where the golden bytes of a version stand."""
    return directory / "golden" / f"{version.name}.v{version.version}.jsonl"


def read_golden(directory: Path, version: Version) -> list[tuple[bytes, dict[str, Plain]]]:
    """The instances of a version: bytes, and their value with bytes as hexadecimal text."""
    lines = golden_file(directory, version).read_text(encoding="utf-8").splitlines()
    return [(bytes.fromhex(each["hex"]), each["value"]) for each in map(json.loads, lines)]


def golden_kept(directory: Path, versions: tuple[Version, ...]) -> Iterator[str]:
    """Rule 8: golden bytes of every version are read as their value and written identically."""
    for version in versions:
        if not golden_file(directory, version).exists():
            yield f"{path_of(version)}: has no golden bytes; `--release` wrote them once, put them back"
            continue
        reader, _ = compiled(version.text)
        for number, (value, told) in enumerate(read_golden(directory, version), start=1):
            where = f"{golden_file(directory, version).name}, line {number}"
            try:
                plain = reader(value)
            except (Malformed, TrailingBytes, IndexError, UnicodeDecodeError) as problem:
                yield f"{where}: can no longer be read: {problem}"
                continue
            if value[:2] != MARK or value[2:10] != version.fingerprint:
                yield f"{where}: stands under another fingerprint than {version.fingerprint.hex()}"
            elif without_bytes(plain) != told:
                yield f"{where}: is read as another value"
            elif encoded(version, plain) != value:
                yield f"{where}: is written as other bytes"


def encoded(version: Version, plain: Plain) -> bytes:
    """A plain value in single-object encoding under this version, the newest or not."""
    out = bytearray(MARK + version.fingerprint)
    compiled(version.text)[1](out, plain)
    return bytes(out)


def without_bytes(plain: Plain) -> Plain:
    """The value as JSON can hold it: bytes as hexadecimal text."""
    match plain:
        case bytes():
            return plain.hex()
        case list():
            return [without_bytes(each) for each in plain]
        case dict():
            return {name: without_bytes(each) for name, each in plain.items()}
        case _:
            return plain


def write_golden(directory: Path, version: Version) -> None:
    """Writes the golden bytes of a version that has none yet."""
    file = golden_file(directory, version)
    if file.exists():
        raise FileExistsError(f"{file} is golden already")
    file.parent.mkdir(exist_ok=True)
    instances = [full(version.schema, version.name), sparse(version.schema)]
    lines = [json.dumps({"hex": encoded(version, each).hex(), "value": without_bytes(each)}, ensure_ascii=False) for each in instances]
    file.write_text("".join(f"{line}\n" for line in dict.fromkeys(lines)), encoding="utf-8")


def full(schema: Schema, where: str) -> Plain:
    """A value with something everywhere, the same for ever for the same place."""
    digest = hashlib.sha512(where.encode()).digest()
    number = int.from_bytes(digest[:8], "big")
    logical = schema.get("logicalType") if isinstance(schema, dict) else None
    vocabulary = schema.get("vocabulary") if isinstance(schema, dict) else None
    match kind_of(schema):
        case "record":
            return {field["name"]: full(field["type"], f"{where}.{field['name']}") for field in schema["fields"]}
        case "union":
            return full(schema[1], where)
        case "array":
            return [full(schema["items"], f"{where}[{index}]") for index in range(2)]
        case "fixed":
            return digest[: schema["size"]]
        case "bytes":
            return digest
        case "boolean":
            return True
        case "date":
            return f"20{24 + number % 6}-{1 + number % 12:02}-{1 + number % 28:02}"
        case "long":
            return 1_767_225_600_000 + number % 31_536_000_000 if logical else number % 4096 - 1024
        case "string" if vocabulary:
            symbols = current_symbols()[vocabulary]
            return symbols[number % len(symbols)]
        case "string" if logical == "uuid":
            text = digest.hex()
            return f"{text[:8]}-{text[8:12]}-7{text[13:16]}-a{text[17:20]}-{text[20:32]}"
        case "string":
            return f"{where.rpartition('.')[2]} è 京 🕊"
        case kind:
            raise TypeError(f"no golden value for {kind}")


def sparse(schema: Schema) -> Plain:
    """The least value: null, nothing, zero, the first symbol."""
    match kind_of(schema):
        case "record":
            return {field["name"]: sparse(field["type"]) for field in schema["fields"]}
        case "union":
            return None
        case "array":
            return []
        case "fixed":
            return bytes(schema["size"])
        case "bytes":
            return b""
        case "boolean":
            return False
        case "date":
            return "0001-01-01"
        case "long":
            return 0
        case "string" if isinstance(schema, dict) and schema.get("vocabulary"):
            return current_symbols()[schema["vocabulary"]][0]
        case "string":
            return ""
        case kind:
            raise TypeError(f"no golden value for {kind}")


def write_envelope(directory: Path) -> None:
    """Writes the golden ledger entry, where there is none yet."""
    file = directory / "golden" / ENVELOPE
    if file.exists():
        return
    body = encode_body(Decided(b"an event", (b"first outcome", b"second outcome"), bytes(range(32)), None))
    value = seal_envelope(Envelope("it", 1000, bytes(range(32, 64)), 998, 1_767_225_600_123, body))
    file.write_text(json.dumps({"hex": value.hex(), "sha256": hash_of(value).hex(), "value": _told(open_envelope(value))}, indent=1) + "\n")


def envelope_kept(directory: Path) -> Iterator[str]:
    """Rule 8, for the frozen envelope: read as its fields, written identically, under the same hash."""
    told = json.loads((directory / "golden" / ENVELOPE).read_text())
    value = bytes.fromhex(told["hex"])
    envelope = open_envelope(value)
    if _told(envelope) != told["value"] or seal_envelope(envelope) != value or hash_of(value).hex() != told["sha256"]:
        yield f"{ENVELOPE}: the frozen envelope has changed; it never may"


def _told(envelope: Envelope) -> dict[str, Any]:
    return {
        "network": envelope.network,
        "sequence": envelope.sequence,
        "previous_hash": envelope.previous_hash.hex(),
        "event_offset": envelope.event_offset,
        "event_time_ms": envelope.event_time_ms,
        "body": envelope.body.hex(),
    }
