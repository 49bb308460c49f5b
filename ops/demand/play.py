"""What every part of the simulated day shares: the world, the agenda, the seed, and the last ledger sequence anybody has seen."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from ops.demand.agenda import Agenda
from ops.demand.chance import chance
from ops.demand.world import World


@dataclass(slots=True)
class Play:
    """One run of the simulated days."""

    world: World
    agenda: Agenda
    seed: int
    start_ms: int
    days: int
    """Days with new demand."""
    end_ms: int
    """Nothing is reported from here on."""
    quiet: frozenset[str]
    """Projects that hardly answer."""
    sequence: int = 0
    """Last ledger sequence read back: what a count taken now takes into account."""

    def draw(self, *about: object) -> Random:
        """Chance for one question of this run."""
        return chance(self.seed, *about)
