"""Frozen records made in half the time: what the language does with them stays the same.

The `__init__` of a frozen dataclass stores each field through `object.__setattr__`, the slow way round its own lock; and nearly every object that a reader
or a worker makes is such a record (an eighth of a rebuild's time went there). A quick record's `__init__` is for its own length an instance of an open twin, a
class of the same slots without the lock, stores the fields as plain attributes, and is a record of its own class again before anybody else sees it.
"""

from __future__ import annotations

from dataclasses import MISSING, fields
from inspect import Parameter, signature
from typing import TypeVar

_T = TypeVar("_T")


def quick(kind: type[_T]) -> type[_T]:
    """The same frozen dataclass with slots, its `__init__` replaced. To be put above `@dataclass(frozen=True, slots=True)`.

    Raises TypeError for a class whose `__init__` does more than to store its fields in order, or that shares its slots with a base.
    """
    stored = fields(kind)  # type: ignore[arg-type]
    names = [field.name for field in stored]
    slow = kind.__init__
    plain = all(field.init and not field.kw_only and field.default_factory is MISSING for field in stored)
    ordered = [name for name, each in signature(slow).parameters.items() if each.kind is Parameter.POSITIONAL_OR_KEYWORD] == ["self", *names]
    if not names:
        return kind
    if not plain or not ordered or hasattr(kind, "__post_init__") or kind.__mro__ != (kind, object):
        raise TypeError(f"{kind.__name__} cannot be made quickly")
    twin = type("_Open", (), {"__slots__": tuple(names)})
    lines = ["def __init__(self, " + ", ".join(names) + "):", "    open_up(self, Twin)", *(f"    self.{name} = {name}" for name in names)]
    named = {"open_up": vars(object)["__class__"].__set__, "Twin": twin, "Kind": kind}
    exec(compile("\n".join([*lines, "    self.__class__ = Kind"]), f"<quick {kind.__name__}>", "exec"), named)  # noqa: S102
    made = named["__init__"]
    made.__defaults__, made.__annotations__, made.__qualname__ = slow.__defaults__, slow.__annotations__, slow.__qualname__
    kind.__init__ = made  # type: ignore[method-assign]
    kind.__init_subclass__ = classmethod(_no_subclass)  # type: ignore[assignment]
    return kind


def _no_subclass(kind: type) -> None:
    raise TypeError(f"{kind.__name__}: a quick record has no subclasses, whose instances its `__init__` would turn into its own")
