"""The decision core: pure, total, and the same on every machine.

    decide(state, event, at_ms, policy) -> outcomes        evolve(state, entry) -> state

Rooms, in the order in which they are read: `state`, then a file a stream (`network`, `availability`, `referral`, `person`, `transfer`), then what
they share: `deciding` (an entry in the making), `proposing` (who is matched, and when), `settling` (held places when something changes),
`deadlines` (what the clock makes happen), `seen_events` (repeats). There is no clock, no randomness, no float and no I/O here.
"""

from coordinator.domain.decide import decide
from coordinator.domain.evolve import evolve
from coordinator.domain.rules import RULES, rules_carried
from coordinator.domain.state import State, initial_state
from coordinator.domain.upcoming import next_deadline_ms

__all__ = ["RULES", "State", "decide", "evolve", "initial_state", "next_deadline_ms", "rules_carried"]
