"""`staffetta`, and `python -m coordinator`: the command line with the composition root behind it."""

from __future__ import annotations

from collections.abc import Callable

from coordinator import wiring
from coordinator.cli.main import run
from coordinator.cli.wires import LocalRun, Wires
from coordinator.settings import Settings


def main() -> None:
    """The program's entry."""
    processes: dict[str, Callable[[Settings], None]] = {
        "worker": wiring.run_worker,
        "projector": wiring.run_projector,
        "relay": wiring.run_relay,
        "gateway": wiring.run_gateway,
    }
    run(Wires(wiring.settings_here, wiring.open_network, wiring.create_network, _start_local, processes))


def _start_local(settings: Settings, say: Callable[[str], None]) -> LocalRun:
    from coordinator.local import start_local

    return start_local(settings, say)


if __name__ == "__main__":
    main()
