"""How things are called in a scenario: events, outcomes, symbols and people in plain words. What is not known is refused with the nearest word."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from enum import StrEnum
from typing import TypeVar

from coordinator.scenario.errors import Unfit
from events.facts import EVENT_TYPES, OUTCOME_TYPES, Event, Outcome
from events.vocabulary import AgeGroup, Gender

E = TypeVar("E", bound=StrEnum)

_LETTERS = re.compile(r"[^a-z0-9]")
_INNER_CAPITAL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_MANY = 12


def squeezed(text: str) -> str:
    """The word without case, spaces, hyphens and underscores, by which two spellings are one."""
    return _LETTERS.sub("", text.lower())


def spoken(name: str) -> str:
    """A class's name in words: `TransferRequested` is "transfer requested"."""
    return _INNER_CAPITAL.sub(" ", name).lower()


def nearest(word: str, known: Iterable[str]) -> str:
    """What to write instead of a word that is not known."""
    choices = sorted(set(known))
    by_squeezed = {squeezed(choice): choice for choice in choices}
    near = difflib.get_close_matches(squeezed(word), by_squeezed, n=1, cutoff=0.6)
    if near:
        return f'did you mean "{by_squeezed[near[0]]}"?'
    if not choices:
        return "nothing can be named here"
    shown = ", ".join(choices[:_MANY])
    return f"write one of: {shown}" + (f" and {len(choices) - _MANY} more" if len(choices) > _MANY else "")


_EVENTS = {squeezed(kind.__name__): kind for kind in EVENT_TYPES}
_OUTCOMES = {squeezed(kind.__name__): kind for kind in OUTCOME_TYPES}


def event_called(words: str) -> type[Event]:
    """The event of this name. Raises Unfit."""
    found = _EVENTS.get(squeezed(words))
    if found is not None:
        return found
    if squeezed(words) in _OUTCOMES:
        raise Unfit(f'"{words}" is decided by the network, and nobody reports it; expect it instead: expect.outcomes = ["{words}"]')
    raise Unfit(f'nobody can report "{words}"; ' + nearest(words, (spoken(kind.__name__) for kind in EVENT_TYPES)))


def outcome_called(words: str) -> type[Outcome]:
    """The outcome of this name. Raises Unfit."""
    found = _OUTCOMES.get(squeezed(words))
    if found is None:
        raise Unfit(f'nothing called "{words}" follows from an event; ' + nearest(words, (spoken(kind.__name__) for kind in OUTCOME_TYPES)))
    return found


def fact_called(words: str) -> str:
    """The class's name of an event or outcome. Raises Unfit."""
    found = _EVENTS.get(squeezed(words)) or _OUTCOMES.get(squeezed(words))
    if found is None:
        raise Unfit(f'there is no "{words}"; ' + nearest(words, (spoken(kind.__name__) for kind in (*EVENT_TYPES, *OUTCOME_TYPES))))
    return found.__name__


def symbol(vocabulary: type[E], words: str) -> E:
    """The member of a closed vocabulary. Raises Unfit."""
    for member in vocabulary:
        if squeezed(member.value) == squeezed(words):
            return member
    raise Unfit(f'"{words}" is not known here; ' + nearest(words, (member.value for member in vocabulary)))


_PERSONS: dict[str, tuple[AgeGroup, Gender | None]] = {
    "woman": (AgeGroup.ADULT, Gender.WOMAN),
    "man": (AgeGroup.ADULT, Gender.MAN),
    "transwoman": (AgeGroup.ADULT, Gender.TRANS_WOMAN),
    "transman": (AgeGroup.ADULT, Gender.TRANS_MAN),
    "nonbinary": (AgeGroup.ADULT, Gender.NON_BINARY),
    "mother": (AgeGroup.ADULT, Gender.WOMAN),
    "father": (AgeGroup.ADULT, Gender.MAN),
    "girl": (AgeGroup.MINOR, Gender.WOMAN),
    "boy": (AgeGroup.MINOR, Gender.MAN),
    "littlegirl": (AgeGroup.CHILD, Gender.WOMAN),
    "littleboy": (AgeGroup.CHILD, Gender.MAN),
    "girlofdisputedage": (AgeGroup.DISPUTED, Gender.WOMAN),
    "boyofdisputedage": (AgeGroup.DISPUTED, Gender.MAN),
}
_PERSON_WORDS = ("woman", "man", "trans woman", "trans man", "non binary", "mother", "father", "girl", "boy", "little girl", "little boy",
                 "girl of disputed age", "boy of disputed age")  # fmt: skip
_PARENTS = frozenset({"mother", "father"})


def person_called(words: str) -> dict[str, object]:
    """What a word says of a person: age group, gender, and whether they are the household's parent. Raises Unfit."""
    found = _PERSONS.get(squeezed(words))
    if found is None:
        raise Unfit(f'nobody is called "{words}" here; ' + nearest(words, _PERSON_WORDS))
    age, gender = found
    return {"age_group": age.value, "gender": None if gender is None else gender.value, "parent": squeezed(words) in _PARENTS}
