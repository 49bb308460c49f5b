"""`staffetta`, and `python -m coordinator`: the command line with the composition root behind it."""

from __future__ import annotations

from collections.abc import Callable

from coordinator import wiring
from coordinator.cli.main import run
from coordinator.cli.wires import LocalRun, Wires
from coordinator.settings import Settings

PROCESSES = ("worker", "projector", "relay", "gateway")


def main() -> None:
    """The program's entry."""
    processes = {name: _process(name) for name in PROCESSES}
    run(Wires(wiring.settings_here, wiring.open_network, wiring.create_network, wiring.heal_network, _start_local, processes))


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
