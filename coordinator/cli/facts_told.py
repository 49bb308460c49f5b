"""A fact of a case's timeline as people read it: what happened, in a sentence, then what it says, field by field in words.

`--json` has every field under its own name, codes as codes.
"""

from __future__ import annotations

from dataclasses import is_dataclass
from enum import StrEnum
from typing import Any, get_args

from coordinator.cli.code_words import word_of
from coordinator.cli.field_words import FIELDS, YES_NO
from coordinator.cli.instants import age_text, time_text
from coordinator.cli.views_words import words_in
from coordinator.viewing import Plain
from events.facts import EVENT_TYPES, OUTCOME_TYPES
from events.happenings import happening
from events.language import Language, in_language
from events.typed import hints_of
from projections.hand_over import HandOver

_KINDS = {kind.__name__: kind for kind in (*EVENT_TYPES, *OUTCOME_TYPES)}
_BESIDE = {"hand_over": HandOver, "complete": bool, "locked": bool}
"""Fields that a view adds to a fact."""
_NOT_TOLD = frozenset(
    {
        "sequence",
        "at_ms",
        "event",
        "outcome",
        "event_id",
        "actor",
        "case_id",
        "hold_id",
        "excluded",
        "scored",
        "rest",
        "digest",
        "scarcity",
        "trust",
        "period",
    }
)
"""What stands beside it, concerns nobody who reads, or is `staffetta explain`'s to tell."""
_NO_DURATION_MS = 1_000_000_000_000
"""Milliseconds beyond which a number is an instant (since 2001)."""
_TO_SOMEBODY = ("ReferralRouted", "ResponsibilityPassed")


def fact_text(plain: Plain, language: Language) -> str:
    """Lines: what happened, then each field that says something."""
    name = str(plain.get("event") or plain["outcome"])
    hints = {**_BESIDE, **hints_of(_KINDS[name])}
    told = [happening(name, language)]
    if name in _TO_SOMEBODY and plain.get("project_id") is None:
        told.append(words_in(language).to_helpline)
    told += [_field(field, hints.get(field), value, language) for field, value in plain.items() if field not in _NOT_TOLD and _says(value)]
    return "\n".join(told)


def _says(value: object) -> bool:
    return value is not None and value != "" and value != []


def _field(name: str, hint: Any, value: object, language: Language) -> str:
    told = in_language(FIELDS[name], language)
    times = [time for time in (value if isinstance(value, list) else [value]) if isinstance(time, int)]
    if name.endswith("_ms") and times:
        return f"{told}: {', '.join(time_text(time) if time > _NO_DURATION_MS else age_text(time, language) for time in times)}"
    return f"{told}: {_value(hint, value, language)}"


def _value(hint: Any, value: object, language: Language) -> str:
    """By the type of the field: a code as its word, a record by its fields."""
    kind = _kind_in(hint)
    if isinstance(value, list):
        between = "; " if any(isinstance(each, dict) for each in value) else ", "
        return between.join(_value(hint, each, language) for each in value)
    if isinstance(value, dict):
        hints = {**_BESIDE, **(hints_of(kind) if kind is not None and is_dataclass(kind) else {})}
        return ", ".join(_field(name, hints.get(name), inner, language) for name, inner in value.items() if _says(inner) and inner is not False)
    if isinstance(value, bool):
        return in_language(YES_NO[value], language)
    if kind is not None and issubclass(kind, StrEnum):
        return word_of(kind, str(value), language)
    return str(value)


def _kind_in(hint: Any) -> type | None:
    """The class that a hint is about: of `X`, `X | None`, `tuple[X, ...]`."""
    if isinstance(hint, type):
        return hint
    return next((kind for each in get_args(hint) if each not in (None, type(None), ...) and (kind := _kind_in(each)) is not None), None)
