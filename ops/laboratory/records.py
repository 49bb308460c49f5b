"""What came of one policy on one frozen future, as plain data: enough to check every rule without the simulator."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum, unique
from typing import Any

from events.network import DutyHoursPublished, PolicyAdopted
from events.vocabulary import DeclineCode, Urgency
from ops.laboratory.instance import Instance
from ops.networks.loading import Network
from ops.networks.opening import opening_events


@unique
class Ending(StrEnum):
    """How a proposal ended."""

    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    """Whoever asked no longer does."""
    RELEASED = "released"
    """Somebody from whom the case is kept apart turned out to be near."""


@unique
class Outcome(StrEnum):
    """What became of a request."""

    PLACED = "placed"
    DEADLINE = "deadline"
    """No place was accepted in time."""
    WITHDRAWN = "withdrawn"
    MINOR = "minor"
    """An unaccompanied minor: people decide, and no machine proposes."""
    DECLINES = "declines"
    """Declined as often as the policy allows; a person goes on."""
    DISCLOSURES = "disclosures"
    """Told to as many projects as the policy allows; a person goes on."""
    REASSESS = "reassess"
    """A project said that the person is not eligible; a person goes on."""


@dataclass(frozen=True, slots=True)
class Proposed:
    """A proposal and its end. Indices are those of the instance."""

    request: int
    unit: int
    at_ms: int
    known_free: int
    """What the network counted on in the unit before it."""
    observed_at_ms: int
    """When the count was observed that it counted on."""
    places: tuple[int, ...]
    """The real places taken from `at_ms` on, as many as there are people; empty: the unit had too few."""
    deadline_ms: int
    ends_ms: int
    how: Ending
    code: DeclineCode | None
    score: int
    leaves_ms: int | None
    """Accepted: when the stay ends and the places are left; None: at `ends_ms`."""


@dataclass(frozen=True, slots=True)
class Served:
    """What became of one request."""

    request: int
    outcome: Outcome
    persons: int
    urgency: Urgency
    unit: int | None
    proposed_ms: int | None
    """When the accepted proposal was made."""
    wait_ms: int | None
    """From arrival to the accepted proposal."""
    first_proposal_ms: int | None
    """From arrival to the first proposal of all; None: there was none."""
    proposals: int
    declines: int
    worth: int
    """Points in V; 0 where not placed."""


@dataclass(frozen=True, slots=True)
class Played:
    """One policy on one instance."""

    policy: str
    seed: int
    load: str
    days: int
    served: tuple[Served, ...]
    """By request."""
    proposed: tuple[Proposed, ...]
    """In the order in which they were made."""
    calls: int
    """How often the matcher was asked."""

    @property
    def worth(self) -> int:
        """V in points."""
        return sum(served.worth for served in self.served)

    @property
    def placed(self) -> int:
        """Requests placed."""
        return sum(served.outcome is Outcome.PLACED for served in self.served)

    @property
    def persons(self) -> int:
        """Persons placed."""
        return sum(served.persons for served in self.served if served.outcome is Outcome.PLACED)

    def persons_of(self, urgency: Urgency) -> int:
        """Persons placed of one urgency."""
        return sum(served.persons for served in self.served if served.outcome is Outcome.PLACED and served.urgency is urgency)


def as_json(played: Played, instance: Instance) -> dict[str, Any]:
    """Everything that a checker needs, in types of JSON: the network, who asked, when places were free, and every proposal with its end."""
    return {
        "policy": played.policy,
        "seed": played.seed,
        "load": played.load,
        "units": [_plain(unit) for unit in instance.units],
        "windows": [[[[window.opens_ms, window.closes_ms] for window in place] for place in unit] for unit in instance.windows],
        "published": [list(instants) for instants in instance.published],
        "asked": [_plain(asdict(asked) | {"request": _fields(asked.request)}) for asked in instance.asked],
        "proposed": [_plain(proposed) for proposed in played.proposed],
        "served": [_plain(served) for served in played.served],
    }


def _fields(record: Any) -> dict[str, Any]:
    return {name: getattr(record, name) for name in record.__dataclass_fields__}


def _plain(value: Any) -> Any:
    if hasattr(value, "__dataclass_fields__"):
        return _plain(_fields(value))
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, frozenset | set):
        return sorted(map(_plain, value), key=str)
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return str(value) if isinstance(value, StrEnum) else value


def network_as_json(network: Network) -> dict[str, Any]:
    """What a checker needs of the network: its policy and the duty hours of its projects, as it opens with them."""
    ids = (f"{number:08d}" for number in range(100_000))
    opening = list(opening_events(network, lambda: next(ids), "administrator-1", {}, suggested=True))
    return {
        "policy": next(_plain(event) for event in opening if isinstance(event, PolicyAdopted)),
        "duty": {event.project_id: _plain(event) for event in opening if isinstance(event, DutyHoursPublished)},
    }
