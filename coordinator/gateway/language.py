"""In which language a caller wants sentences: English, unless `Accept-Language` (RFC 9110) prefers Italian."""

from __future__ import annotations

from typing import Annotated

from fastapi import Header

from events.language import Language

AcceptLanguage = Annotated[str | None, Header(description="Language of sentences: `it`, else English.")]

_LONGEST = 1_000
"""Characters of the header that are looked at."""


def language_of(accept_language: str | None) -> Language:
    """The language wanted most of those there are; English where none is named, or the header says nothing that can be read. `it-IT` is Italian."""
    best, best_weight = Language.ENGLISH, 0.0
    for part in (accept_language or "")[:_LONGEST].split(","):
        tag, _, parameter = part.partition(";")
        name = tag.strip().lower().partition("-")[0]
        if name in tuple(Language) and (weight := _weight(parameter)) > best_weight:
            best, best_weight = Language(name), weight
    return best


def _weight(parameter: str) -> float:
    """`q=0.8`; 1 where nothing is said, 0 where it cannot be read."""
    name, _, value = parameter.strip().partition("=")
    if not name:
        return 1.0
    try:
        weight = float(value)
    except ValueError:
        return 0.0
    return weight if name.strip().lower() == "q" and 0 <= weight <= 1 else 0.0
