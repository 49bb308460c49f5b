"""The file's shape: TOML tables with known keys, and in which line each step and key stands. What the keys hold is judged where it is used."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from coordinator.scenario.errors import ScenarioInvalid, Unfit
from coordinator.scenario.words import nearest

Table = Mapping[str, Any]
"""What TOML gives: texts, whole numbers, booleans, lists and tables. Each value is checked before it is used."""

TOP = ("title", "teaches", "begins", "zone", "network", "empty", "strangers", "policy", "projects", "units", "cases", "never", "step")
_STEP_HEADER = re.compile(r"^\s*\[\[\s*step\s*\]\]")
_ANY_HEADER = re.compile(r"^\s*\[")
_AT_LINE = re.compile(r"\(at line (\d+), column \d+\)|\(at end of document\)")


@dataclass(frozen=True, slots=True)
class StepText:
    """One step as it is written."""

    number: int
    """From 1."""
    line: int
    keys: Table


@dataclass(frozen=True, slots=True)
class Script:
    """A scenario as it is written. Nothing in it is resolved yet."""

    file: str
    lines: tuple[str, ...]
    title: str
    teaches: str
    begins: str
    zone: str
    network: str
    """Name of the network's file whose geography, policy and (without `projects`) projects are used."""
    empty: bool
    """Nothing is there when the day begins: no policy, no project."""
    strangers: frozenset[str]
    """Names that are meant to be unknown to the network."""
    policy: Table
    projects: Mapping[str, Table]
    units: Mapping[str, Table]
    cases: Mapping[str, Table]
    never: Mapping[str, tuple[str, ...]]
    """By case: units and projects to which it must not be sent, at any moment."""
    steps: tuple[StepText, ...]

    def line_of(self, first: int, key: str) -> int:
        """The line of a key in the table that begins at line `first`; `first` where it is not found."""
        wanted = re.compile(rf'^\s*(?:[\w"-]+\s*\.\s*)*"?{re.escape(key)}"?\s*[.=]|[{{,]\s*"?{re.escape(key)}"?\s*=')
        for number in range(first, len(self.lines)):
            if _ANY_HEADER.match(self.lines[number]) and not self.lines[number].lstrip().startswith("[step."):
                break
            if wanted.search(self.lines[number]):
                return number + 1
        return first

    def table_line(self, *names: str) -> int:
        """The line where a table of the setting begins; 1 where it has no line of its own."""
        header = re.compile(r"^\s*\[\s*" + r"\s*\.\s*".join(rf'"?{re.escape(name)}"?' for name in names) + r"\s*\]")
        return next((number for number, line in enumerate(self.lines, start=1) if header.match(line)), 1)


def read_script(text: str, file: str) -> Script:
    """The scenario in this text. Raises ScenarioInvalid."""
    lines = tuple(text.splitlines())
    try:
        whole = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        at = _AT_LINE.search(str(problem))
        line = int(at[1]) if at is not None and at[1] else len(lines)
        raise ScenarioInvalid(file, line, "", f'{_AT_LINE.sub("", str(problem)).strip()}; a line is `key = "text"`, lists stand in [ ]') from None

    def wrong(key: str, matter: str) -> ScenarioInvalid:
        found = next((number for number, line in enumerate(lines, start=1) if re.match(rf"\s*\[*\s*{re.escape(key)}\b", line)), 1)
        return ScenarioInvalid(file, found, "", matter)

    for key in whole:
        if key not in TOP:
            raise wrong(key, f'nothing of a scenario is called "{key}"; {nearest(key, TOP)}')
    for key in ("title", "teaches", "begins"):
        if not isinstance(whole.get(key), str) or not whole[key].strip():
            raise wrong(key, f'write {key} = "…" at the top: ' + _WHAT[key])
    for key in ("policy", "projects", "units", "cases", "never"):
        if not isinstance(whole.get(key, {}), dict) or (
            key not in ("policy", "never") and not all(isinstance(one, dict) for one in whole.get(key, {}).values())
        ):
            raise wrong(key, f"{key} is a table: write [{key}] or [{key}.NAME] and its keys under it")
    steps = whole.get("step", [])
    if not isinstance(steps, list) or not steps:
        raise wrong("step", "a scenario has steps: write [[step]] and its keys under it")
    headers = [number for number, line in enumerate(lines, start=1) if _STEP_HEADER.match(line)]
    if len(headers) != len(steps):
        raise wrong("step", "write each step as [[step]] on a line of its own")
    try:
        never = {case: texts(where, case) for case, where in whole.get("never", {}).items()}
        strangers = frozenset(texts(whole.get("strangers", []), "strangers"))
    except Unfit as unfit:
        raise wrong(unfit.key, unfit.matter) from None
    return Script(
        file=file,
        lines=lines,
        title=whole["title"],
        teaches=whole["teaches"],
        begins=whole["begins"],
        zone=whole.get("zone", "Europe/Rome"),
        network=whole.get("network", "it"),
        empty=whole.get("empty", False) is True,
        strangers=strangers,
        policy=whole.get("policy", {}),
        projects=whole.get("projects", {}),
        units=whole.get("units", {}),
        cases=whole.get("cases", {}),
        never=never,
        steps=tuple(StepText(number, line, keys) for number, (line, keys) in enumerate(zip(headers, steps, strict=True), start=1)),
    )


_WHAT = {
    "title": "what the day is called",
    "teaches": "what somebody learns from it, in a sentence",
    "begins": 'the local time at which it begins, for example "2024-08-14 22:00"',
}


def texts(value: object, key: str) -> tuple[str, ...]:
    """A text, or a list of texts, as a tuple. Raises Unfit."""
    if isinstance(value, str):
        return (value,)
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise Unfit(f'{key} is a text or a list of texts: {key} = ["…", "…"]', key)
    return tuple(value)
