"""What can be wrong with a scenario as it is written. An expectation that does not hold is no error: it is a result."""

from __future__ import annotations


class Unfit(Exception):
    """A value or word that does not fit, before anybody knows where it stands: what is the matter, and which key it is about."""

    def __init__(self, matter: str, key: str = "") -> None:
        super().__init__(matter)
        self.matter = matter
        self.key = key


class ScenarioInvalid(Exception):
    """The scenario cannot be played; the message names file, line and step, and says what to write instead."""

    def __init__(self, file: str, line: int, step: str, matter: str) -> None:
        where = f"{file}, line {line}" + (f", {step}" if step else "")
        super().__init__(f"{where}: {matter}")
        self.file = file
        self.line = line
        self.step = step
        self.matter = matter
