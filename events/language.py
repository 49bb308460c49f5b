"""The languages of what people read, and how a text is kept that is said in both: side by side, so that neither is forgotten."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import TypeVar


class Language(StrEnum):
    """ISO 639-1."""

    ENGLISH = "en"
    ITALIAN = "it"


T = TypeVar("T")

Said = tuple[str, str]
"""English, Italian."""


class SaidError(Exception):
    """A failure whose text is said in both languages; as a string it is the English one."""

    def __init__(self, said: Said) -> None:
        super().__init__(said[0])
        self.said = said


def in_language(both: tuple[T, T], language: Language | str) -> T:
    """What is meant for a language, of what is given for English and Italian. Raises ValueError for another language."""
    english, italian = both
    return english if Language(language) is Language.ENGLISH else italian


def filled(said: Said, *values: object, **named: object) -> Said:
    """A text with what stands in its braces, by `str.format`; what is itself said in both languages goes into each as it is said in it."""
    return _filled(said[0], 0, values, named), _filled(said[1], 1, values, named)


def joined(all_said: Iterable[Said], between: str) -> Said:
    """Several texts in one, in each language."""
    told = list(all_said)
    return between.join(english for english, _ in told), between.join(italian for _, italian in told)


def _filled(text: str, which: int, values: tuple[object, ...], named: Mapping[str, object]) -> str:
    return text.format(*(_one(value, which) for value in values), **{name: _one(value, which) for name, value in named.items()})


def _one(value: object, which: int) -> object:
    if isinstance(value, SaidError):
        return value.said[which]
    return value[which] if isinstance(value, tuple) else value
