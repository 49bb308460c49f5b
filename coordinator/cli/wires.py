"""What the command line is given by `coordinator.__main__`, which stands above it: how to open networks, start things, run processes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:  # whoever only lists the commands needs none of them
    from coordinator.ledger.accepting_loss import LostEvent
    from coordinator.ledger.heal import Healed
    from coordinator.rooms import NetworkRoom
    from coordinator.settings import NetworkPlace, Settings


class LocalRun(Protocol):
    """What `up` started on this machine, and keeps running."""

    @property
    def gateway_url(self) -> str:
        """Where the gateway answers."""

    @property
    def environment(self) -> dict[str, str]:
        """Settings by which what was started is reached."""

    def describe(self) -> list[str]:
        """What runs, where, and where its data and logs are: a line each."""

    def tend(self) -> None:
        """Looks after the processes; call it a few times a second."""

    def stop(self) -> None:
        """Stops everything that was started, in order."""


class OpenNetwork(Protocol):
    """Opens one network; closed with the context."""

    def __call__(self, settings: Settings, place: NetworkPlace, *, taking_events: bool = False) -> AbstractAsyncContextManager[NetworkRoom]:
        """`taking_events`: its intake is started."""


class CreateNetwork(Protocol):
    """Creates a network where it is not there yet; harmless to repeat."""

    async def __call__(self, settings: Settings, place: NetworkPlace, say: Callable[[str], None], *, created_at_ms: int | None = None) -> bool:
        """Topics, schemas, key store, views, genesis. Says each step; True where the genesis is new."""


class AcceptLoss(Protocol):
    """Decides through an event whose key is lost."""

    async def __call__(self, settings: Settings, place: NetworkPlace, room: NetworkRoom, offset: int, accepted: Sequence[LostEvent]) -> None:
        """Returns once the ledger has decided the event at `offset`. `accepted`: those up to it that no key opens. Raises what stops a worker."""


class StartLocal(Protocol):
    """Starts services and processes on this machine."""

    def __call__(self, settings: Settings, say: Callable[[str], None]) -> LocalRun:
        """Returns when the gateway is ready. Raises where something does not start; then nothing is left running."""


@dataclass(frozen=True, slots=True)
class Wires:
    """The composition root's side of the command line."""

    load_settings: Callable[[], Settings]
    """Raises SettingsInvalid."""
    open_network: OpenNetwork
    create_network: CreateNetwork
    heal: Callable[[Settings, NetworkPlace], Awaitable[Healed]]
    """Gives a ledger its lost tail back. Opens no key store, which would stop at the loss itself. Raises HealRefused."""
    accept_loss: AcceptLoss
    start_local: StartLocal
    processes: dict[str, Callable[[Settings], None]]
    """By name (`worker`, `projector`, `relay`, `gateway`): runs it until it is told to stop; raises what ends it."""
