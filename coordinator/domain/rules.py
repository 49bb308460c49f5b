"""The versions of the decision rules that this release carries.

The version in force is state, changed by `RulesAdopted`. A release carries every version in force or still to be verified; a worker whose release
lacks the one in force must stop, undecided. To add a version, add it here and let the decision that differs ask `draft.rules_version`.
"""

from __future__ import annotations

from coordinator.domain.state import State

RULES = frozenset({1})


def rules_carried(state: State) -> bool:
    """Whether this release carries the rules in force."""
    return state.rules_version in RULES
