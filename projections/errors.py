"""Failures of the views. A broker, a key store or a database that does not answer is none of these: it is waited for.

    ProjectionError
    +-- ViewsMissing      the network has no views in this database
    +-- ViewsOutdated     the views have another shape, or were folded by other rules, than this release's: rebuild
    +-- PositionMoved     another runner or a rebuild moved the position: read it again and go on from there
    +-- AsOfAhead         the asked sequence has not been reached by the views
    +-- RebuildRunning    another rebuild of this network is under way
    +-- ViewsApart        a view cannot be rebuilt by itself beside the others: the ledger has not the entry at which they stand
    +-- HalfLost          the process that folded one half of a rebuild ended before it was done; nothing was swapped in
    +-- ViewsStopped      the runner must not go on until a person has looked
        +-- PlaceHeldTwice    the last line against double booking fired

What the ledger's reader and the vault raise passes through: `reading.errors.ReadingStopped`, `events.errors.SealBroken`, `events.errors.BodyUnreadable`.
"""

from __future__ import annotations


class ProjectionError(Exception):
    """The root of this tree."""


class ViewsMissing(ProjectionError):
    """The network has no views in this database."""

    def __init__(self, network: str) -> None:
        super().__init__(f"The views of {network} are not in this database. Start its view runner, or rebuild them.")
        self.network = network


class ViewsOutdated(ProjectionError):
    """The views were folded by other rules than this release's."""

    def __init__(self, network: str, found: str, needed: str) -> None:
        super().__init__(
            f"The views of {network} are of shape {found}, and this release makes shape {needed}. Rebuild them: the old ones serve until then."
        )
        self.network = network


class PositionMoved(ProjectionError):
    """Another runner or a rebuild moved the position; nothing was written."""

    def __init__(self, network: str, expected: int) -> None:
        super().__init__(f"The views of {network} are no longer at sequence {expected}.")
        self.network = network


class AsOfAhead(ProjectionError):
    """The asked sequence has not been reached by the views."""

    def __init__(self, asked: int, reached: int) -> None:
        super().__init__(f"Sequence {asked} is asked for, and the views stand at {reached}.")
        self.asked = asked
        self.reached = reached


class RebuildRunning(ProjectionError):
    """Another rebuild of this network is under way."""

    def __init__(self, network: str) -> None:
        super().__init__(f"Another rebuild of the views of {network} is under way.")
        self.network = network


class ViewsApart(ProjectionError):
    """A view cannot be rebuilt by itself: the ledger has not the entry at which the other views stand."""

    def __init__(self, network: str, sequence: int) -> None:
        super().__init__(
            f"The other views of {network} stand at entry {sequence}, and the ledger has another there, or none. Nothing was swapped in; rebuild all of them."
        )
        self.network = network


class HalfLost(ProjectionError):
    """The process that folded one half of a rebuild ended before it was done."""

    def __init__(self, network: str, why: str) -> None:
        super().__init__(f"The process that folded the clear half of the views of {network} ended before it was done: {why}. The old views serve on.")
        self.network = network


class ViewsStopped(ProjectionError):
    """The runner must not go on until a person has looked. Starting again does not help."""


class PlaceHeldTwice(ViewsStopped):
    """The last line against double booking fired."""

    def __init__(self, network: str, after_sequence: int, last_sequence: int, constraint: str) -> None:
        super().__init__(
            f"The ledger of {network} holds one place twice, in an entry after {after_sequence} and up to {last_sequence} ({constraint}). "
            "Nothing of these entries was written. Stop the workers and look."
        )
        self.network = network
        self.after_sequence = after_sequence
        self.last_sequence = last_sequence
        self.constraint = constraint
