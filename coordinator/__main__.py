"""`staffetta`, and `python -m coordinator`: the command line with the composition root behind it, which is imported by what a command needs of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING

from coordinator.cli.main import run
from coordinator.cli.wires import LocalRun, Wires

if TYPE_CHECKING:
    from coordinator.ledger.accepting_loss import LostEvent
    from coordinator.ledger.heal import Healed
    from coordinator.rooms import NetworkRoom
    from coordinator.settings import NetworkPlace, Settings

PROCESSES = ("worker", "projector", "relay", "gateway")


def main() -> None:
    """The program's entry."""
    processes = {name: _process(name) for name in PROCESSES}
    run(Wires(_load_settings, _open_network, _create_network, _heal_network, _accept_loss, _start_local, processes))


def _load_settings() -> Settings:
    from coordinator.running import settings_here

    return settings_here()


def _open_network(settings: Settings, place: NetworkPlace, *, taking_events: bool = False) -> AbstractAsyncContextManager[NetworkRoom]:
    from coordinator.wiring import open_network

    return open_network(settings, place, taking_events=taking_events)


async def _create_network(settings: Settings, place: NetworkPlace, say: Callable[[str], None], *, created_at_ms: int | None = None) -> bool:
    from coordinator.wiring import create_network

    return await create_network(settings, place, say, created_at_ms=created_at_ms)


def _heal_network(settings: Settings, place: NetworkPlace) -> Awaitable[Healed]:
    from coordinator.wiring import heal_network

    return heal_network(settings, place)


async def _accept_loss(settings: Settings, place: NetworkPlace, room: NetworkRoom, offset: int, accepted: Sequence[LostEvent]) -> None:
    from coordinator.wiring import accept_loss

    await accept_loss(settings, place, room, offset, accepted)


def _process(name: str) -> Callable[[Settings], None]:
    def start(settings: Settings) -> None:
        from coordinator import processes

        runs = {"worker": processes.run_worker, "projector": processes.run_projector, "relay": processes.run_relay, "gateway": processes.run_gateway}
        runs[name](settings)

    return start


def _start_local(settings: Settings, say: Callable[[str], None]) -> LocalRun:
    from coordinator.local import start_local

    return start_local(settings, say)


if __name__ == "__main__":
    main()
