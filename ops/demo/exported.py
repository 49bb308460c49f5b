"""Entries of an exported ledger, as `reading.export` describes them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fastavro import reader as avro_reader


def exported_entries(export: Path) -> Iterator[dict[str, Any]]:
    """One record an entry, the genesis first."""
    with export.open("rb") as stream:
        for record in avro_reader(stream):
            assert isinstance(record, dict)
            yield record
