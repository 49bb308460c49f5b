"""The switch: something of the product stands for something else while a block lasts. It is in the tests alone; no setting reaches it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from types import FunctionType
from typing import Any

_OURS = ("events", "coordinator", "reading", "projections", "tests")
_NOT_OURS = "tests.planted"


@contextmanager
def patched(owner: Any, name: str, replacement: object) -> Iterator[None]:
    """An attribute of a class or a module is another while the block lasts."""
    before = vars(owner)[name]
    setattr(owner, name, replacement)
    try:
        yield
    finally:
        setattr(owner, name, before)


@contextmanager
def instead(original: object, replacement: object) -> Iterator[None]:
    """`replacement` stands wherever `original` does: under a name of a module, in a tuple there, as a default argument. Fails where it is nowhere."""
    with ExitStack() as stack:
        found = 0
        for module in _modules():
            for name, value in list(vars(module).items()):
                if value is original:
                    stack.enter_context(patched(module, name, replacement))
                    found += 1
                elif type(value) is tuple and any(item is original for item in value):
                    stack.enter_context(patched(module, name, tuple(replacement if item is original else item for item in value)))
                for function in _functions(value):
                    defaults = function.__kwdefaults__ or {}
                    for argument in [argument for argument, default in defaults.items() if default is original]:
                        stack.enter_context(_default(function, argument, replacement))
        if not found:
            raise LookupError("nothing of the product is called that")
        yield


@contextmanager
def both(*plants: Callable[[], Any]) -> Iterator[None]:
    """Several plants that only together make the bug."""
    with ExitStack() as stack:
        for plant in plants:
            stack.enter_context(plant())
        yield


@contextmanager
def _default(function: FunctionType, argument: str, replacement: object) -> Iterator[None]:
    before = function.__kwdefaults__ or {}
    function.__kwdefaults__ = {**before, argument: replacement}
    try:
        yield
    finally:
        function.__kwdefaults__ = before


def _modules() -> list[Any]:
    return [
        module for name, module in list(sys.modules.items()) if name.split(".")[0] in _OURS and not name.startswith(_NOT_OURS) and module is not None
    ]


def _functions(value: object) -> list[FunctionType]:
    """A function, or those of a class; each may stand in several modules, and is changed once for each, which does no harm."""
    if isinstance(value, FunctionType):
        return [value]
    if isinstance(value, type):
        return [method for method in vars(value).values() if isinstance(method, FunctionType)]
    return []
