"""What the gateway is built with: networks with everything opened, tokens, and the settings that concern it. Made in `coordinator.wiring` alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from coordinator.access import Tokens
from coordinator.rooms import NetworkRoom


@dataclass(frozen=True, slots=True)
class Rooms:
    """The gateway's surroundings."""

    networks: Mapping[str, NetworkRoom]
    tokens: Callable[[], Tokens]
    """The tokens in force now: read again when their file changes, so that a revoked one is shut out at once."""
    default_wait_ms: int
    max_lag_ms: int
    development: bool
    """Callers may date events of a network on its own clock."""
