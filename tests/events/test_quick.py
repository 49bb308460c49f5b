"""Quick records: made faster, and in everything else what the language makes of a frozen dataclass."""

from __future__ import annotations

import copy
import pickle
from dataclasses import FrozenInstanceError, dataclass, field, fields, make_dataclass

import pytest

from events.acceptance import Position
from events.facts import FACT_TYPES
from events.quick import quick


@dataclass(frozen=True, slots=True)
class Plain:
    """As the language makes it."""

    a: int
    b: str
    c: tuple[int, ...] = ()
    d: int = field(default=4, compare=False)


@quick
@dataclass(frozen=True, slots=True)
class Quick:
    """The same, quick."""

    a: int
    b: str
    c: tuple[int, ...] = ()
    d: int = field(default=4, compare=False)


def test_a_quick_record_is_what_the_slow_one_is() -> None:
    for arguments, named in (((1, "x"), {}), ((1, "x", (2,)), {"d": 5}), ((), {"b": "x", "a": 1})):
        slow, made = Plain(*arguments, **named), Quick(*arguments, **named)
        assert type(made) is Quick
        assert repr(made) == repr(slow).replace("Plain", "Quick")
        assert hash(made) == hash(slow)
        assert made == copy.copy(made) == copy.deepcopy(made) == pickle.loads(pickle.dumps(made))
    assert Quick(1, "x", d=4) == Quick(1, "x", d=5) != Quick(2, "x")


def test_it_stays_locked() -> None:
    made = Quick(1, "x")
    with pytest.raises(FrozenInstanceError):
        made.a = 2  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError):
        del made.a
    assert not hasattr(made, "__dict__")
    for wrong in ((), (1,), (1, "x", (), 4, 5)):
        with pytest.raises(TypeError):
            Quick(*wrong)


def test_it_has_no_subclasses() -> None:
    with pytest.raises(TypeError, match="no subclasses"):
        type("Nearer", (Position,), {})


def test_a_class_that_does_more_than_store_is_refused() -> None:
    counting = make_dataclass("Counting", [("a", int), ("b", list, field(default_factory=list))], frozen=True, slots=True)
    checking = make_dataclass("Checking", [("a", int)], frozen=True, slots=True, namespace={"__post_init__": lambda self: None})
    inheriting = make_dataclass("Inheriting", [("e", int, 5)], bases=(Plain,), frozen=True, slots=True)
    for kind in (counting, checking, inheriting):
        with pytest.raises(TypeError, match=kind.__name__):
            quick(kind)


def test_every_fact_is_quick() -> None:
    for kind in FACT_TYPES.values():
        assert not fields(kind) or kind.__init__.__code__.co_filename == f"<quick {kind.__name__}>"
