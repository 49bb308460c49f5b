"""Where a worker's time goes: the core, the vault and the key store wrapped in stopwatches. For the benchmark only."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Awaitable, Callable
from typing import Any


class Account:
    """Seconds by what they were spent on. A span inside another is taken out of the outer one."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self._inner = 0.0

    def timed(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function, with its time booked under `name`."""

        def measured(*arguments: Any, **named: Any) -> Any:
            outer, self._inner = self._inner, 0.0
            began = time.perf_counter()
            try:
                return function(*arguments, **named)
            finally:
                self._book(name, began, outer)

        return measured

    def timed_async(self, name: str, function: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        """The same for a coroutine function: the time until it returns, waiting included."""

        async def measured(*arguments: Any, **named: Any) -> Any:
            outer, self._inner = self._inner, 0.0
            began = time.perf_counter()
            try:
                return await function(*arguments, **named)
            finally:
                self._book(name, began, outer)

        return measured

    def _book(self, name: str, began: float, outer: float) -> None:
        taken = time.perf_counter() - began
        self.seconds[name] += taken - self._inner
        self._inner = outer + taken


class Timed:
    """An object of which some methods are timed and all others are its own."""

    def __init__(self, inner: object, **methods: Callable[..., Any]) -> None:
        self._inner = inner
        for name, method in methods.items():
            setattr(self, name, method)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


def timed_core(core: Any, account: Account) -> Any:
    """A decision core whose `decide` and `evolve` are booked."""
    return Timed(core, decide=account.timed("decide", core.decide), evolve=account.timed("evolve", core.evolve))


def timed_vault(vault: Any, account: Account) -> Any:
    """A vault whose sealing and opening are booked (the key store apart, if it is timed too)."""
    return Timed(
        vault,
        open_events=account.timed_async("open", vault.open_events),
        seal_outcomes=account.timed_async("seal", vault.seal_outcomes),
    )


def timed_keystore(store: Any, account: Account) -> Any:
    """A key store whose round trips are booked, waiting included."""
    return Timed(
        store,
        keys=account.timed_async("key_store", store.keys),
        register=account.timed_async("key_store", store.register),
        resolve=account.timed_async("key_store", store.resolve),
    )
