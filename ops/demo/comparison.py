"""What matching gained: the same synthetic days rehearsed on the decision core under other policies. `python -m ops.demo.comparison` plays them alone.

Three are compared. *This policy*: the network's own. *Thrift first*: the same without scarcity weights, so that among places that suit alike the least
special one is taken. *First come*: today's practice (`ops.demand.first_come`). One seed is an anecdote; many are measured in the laboratory.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace

from coordinator.matching.best_place import Matcher, match
from ops.demand.day import DEFAULT_DAYS, DEFAULT_HEAVINESS, DEFAULT_SEED, Day
from ops.demand.first_come import FirstCome
from ops.demand.rehearsal import rehearse
from ops.demand.tally import Tally
from ops.laboratory.objective import MOST_FIT_A_PERSON, URGENCY_POINTS, waiting_points
from ops.networks import load_network
from ops.networks.loading import Network

THIS_POLICY = "this policy"
THRIFT_FIRST = "thrift first"
FIRST_COME = "first come"
TIMES_AS_HEAVY = 8
"""The second comparison: as many requests as in so many networks, on the same places."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of the requests of some days under one policy; times are simulated minutes."""

    requests: int
    within_deadline: int
    """A place accepted before the request's own deadline, and not lost again."""
    persons: int
    """In requests with a place that was proposed in time and accepted."""
    value: float
    """V of these: each person 400, 200 or 100 by urgency, and how well the place suits them; a day of waiting costs 1 a person."""
    first_proposal_median_min: float | None
    acceptance_median_min: float | None


def outcome_of(tally: Tally) -> Outcome:
    """The figures of a run, live or rehearsed."""
    summary, placements = tally.summary(), tally.placements()
    points = sum(
        each.persons * URGENCY_POINTS[each.urgency]
        + min(each.fit_points, MOST_FIT_A_PERSON * each.persons)
        - waiting_points(each.persons, each.waited_ms)
        for each in placements
    )
    return Outcome(
        summary.requests,
        summary.served_within_deadline,
        sum(each.persons for each in placements),
        points / 10,
        summary.first_proposal_median_min,
        summary.acceptance_median_min,
    )


def without_weights(network: Network) -> Network:
    """The same network with a policy that says nothing of what is scarce."""
    return replace(network, policy={name: value for name, value in network.policy.items() if name != "matching"})


def has_weights(network: Network) -> bool:
    """Whether the network's policy holds scarcity weights."""
    return bool((network.policy.get("matching") or {}).get("suggested", {}).get("scarcity"))


_POLICIES: Mapping[str, tuple[Callable[[Network], Network], Callable[[], Matcher]]] = {
    THIS_POLICY: (lambda network: network, lambda: match),
    THRIFT_FIRST: (without_weights, lambda: match),
    FIRST_COME: (without_weights, FirstCome),
}


def rehearsed(network: Network, policy: str, seed: int, days: int, heaviness: float) -> Outcome:
    """These days under a policy of `_POLICIES`."""
    changed, matcher = _POLICIES[policy]
    tally = Tally()
    for each in rehearse(Day(changed(network), seed, days, heaviness), network.network, matcher()):
        tally.took(each.timed, each.answer)
    return outcome_of(tally)


def compared(network: Network, seed: int, days: int, heaviness: float) -> dict[str, Outcome]:
    """These days under each policy, by its name."""
    return {policy: rehearsed(network, policy, seed, days, heaviness) for policy in _POLICIES}


async def compared_elsewhere(network: str, seed: int, days: int, heaviness: float) -> dict[str, dict[str, Outcome]]:
    """What `main` finds, in a process of its own. Raises RuntimeError where that fails; what it says stands on standard error."""
    arguments = ("--network", network, "--seed", str(seed), "--days", str(days), "--heaviness", str(heaviness))
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "ops.demo.comparison", *arguments, stdout=asyncio.subprocess.PIPE)
    try:
        out, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
    if process.returncode != 0:
        raise RuntimeError("The days could not be rehearsed under other policies")
    return {name: _outcomes(told) for name, told in json.loads(out).items()}


def _outcomes(told: Mapping[str, Mapping[str, float | None]]) -> dict[str, Outcome]:
    return {policy: Outcome(**figures) for policy, figures in told.items()}  # type: ignore[arg-type]


def main(arguments: list[str] | None = None) -> int:
    """Rehearses, and prints `{"same": {policy: figures}, "heavier": {policy: figures}}`."""
    parser = argparse.ArgumentParser(prog="python -m ops.demo.comparison", description="Rehearses synthetic days under three policies.")
    parser.add_argument("--network", default="it")
    parser.add_argument("--seed", type=int, default=DEFAULT_SEED)
    parser.add_argument("--days", type=int, default=DEFAULT_DAYS)
    parser.add_argument("--heaviness", type=float, default=DEFAULT_HEAVINESS)
    chosen = parser.parse_args(arguments)
    network = load_network(chosen.network)
    found = {
        name: {policy: asdict(outcome) for policy, outcome in compared(network, chosen.seed, chosen.days, heaviness).items()}
        for name, heaviness in (("same", chosen.heaviness), ("heavier", chosen.heaviness * TIMES_AS_HEAVY))
    }
    print(json.dumps(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
