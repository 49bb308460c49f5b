"""Named SQL. Every statement of the views stands in a `.sql` file beside the module that uses it, under a line `-- name: <name>`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

_NAME = re.compile(r"^-- name: ([a-z_]+)\s*$", re.MULTILINE)
_HERE = Path(__file__).parent


@cache
def named_queries(view: str) -> Mapping[str, str]:
    """The statements of `<view>.sql` by name. Raises ValueError where a name stands twice."""
    parts = _NAME.split((_HERE / f"{view}.sql").read_text(encoding="utf-8"))
    found: dict[str, str] = {}
    for name, text in zip(parts[1::2], parts[2::2], strict=True):
        if name in found:
            raise ValueError(f"{view}.sql names {name} twice")
        found[name] = text.strip().rstrip(";")
    return MappingProxyType(found)
