"""How well places are trusted: on simulated answers whose truth is known, and on rehearsed days of the national network. `python -m ops.trust`.

The simulated projects differ in how carefully they publish and how fast their figures go stale; half of them change their ways half-way. Nobody tells the
trust. Beside it: one number for all places (the best there was, known only afterwards), all taken to be free, and the truth itself, which nothing beats
but by luck.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from events.answers import NO_ANSWERS, Answers, age_class, with_answer
from events.network import Trust
from events.trust import TrustTable
from ops.demand.day import Day
from ops.demand.rehearsal import rehearse
from ops.networks.loading import load_network
from ops.networks.opening import trust_of
from projections.calibration import Answered, AnsweredFold, Calibration, Scores, calibration_of, scores_of
from projections.reported import effects_of

_HOUR_MS = 3_600_000
_OLDEST_HOURS = 80
"""Two working days over a weekend, and some."""


@dataclass(frozen=True, slots=True)
class Simulated:
    """Scores on answers whose truth is known."""

    calibration: Calibration
    truth: Scores
    """Of the true probabilities."""


def simulate(terms: Trust, seed: int, projects: int = 21, answers: int = 3000) -> Simulated:
    """So many answers of so many projects, one after the other; each is expected before it is known."""
    chance = random.Random(seed)
    careful = [chance.uniform(0.85, 1.0) for _ in range(projects)]
    half_life = [chance.uniform(40.0, 400.0) for _ in range(projects)]
    told: dict[str, Answers] = {}
    table = TrustTable(terms, {}, NO_ANSWERS)
    found: list[Answered] = []
    truths: list[tuple[int, bool]] = []
    for number in range(answers):
        if number == answers // 2:
            for project in range(0, projects, 2):
                careful[project], half_life[project] = chance.uniform(0.85, 1.0), chance.uniform(40.0, 400.0)
        project = chance.randrange(projects)
        age_ms = int(min(_OLDEST_HOURS, chance.expovariate(1 / 14.0)) * _HOUR_MS)
        truth = careful[project] * 0.5 ** (age_ms / _HOUR_MS / half_life[project])
        free, project_id = chance.random() < truth, f"project-{project}"
        found.append(Answered(number, project_id, age_ms, table.known(project_id, age_ms).permille, free))
        truths.append((round(1000 * truth), free))
        before = told.get(project_id)
        cells = with_answer(before.cells if before is not None else NO_ANSWERS, age_class(age_ms), free=free)
        told = {**told, project_id: Answers(project_id, cells)}
        table = table.with_answers(told, project_id)
    calibration = calibration_of(found)
    assert calibration is not None
    return Simulated(calibration, scores_of(truths))


def rehearsed(seed: int, days: int, heaviness: float) -> Calibration | None:
    """What came of the trust on rehearsed days; None: nobody answered."""
    fold = AnsweredFold()
    for step in rehearse(Day(load_network("it"), seed, days, heaviness), "it"):
        if step.entry is not None:
            fold.take(effects_of(step.entry))
    return calibration_of(fold.answered)


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints both, for people or as JSON."""
    parser = argparse.ArgumentParser(prog="python -m ops.trust", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--answers", type=int, default=3000, help="simulated answers")
    parser.add_argument("--days", type=int, default=30, help="rehearsed days; 0: none")
    parser.add_argument("--heaviness", type=float, default=4.0, help="how many ordinary days one rehearsed day is worth")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    chosen = parser.parse_args(arguments)
    terms = trust_of(load_network("it").policy["trust"])
    simulated = simulate(terms, chosen.seed, answers=chosen.answers)
    month = rehearsed(chosen.seed, chosen.days, chosen.heaviness) if chosen.days else None
    if chosen.json:
        print(json.dumps({"simulated": asdict(simulated), "rehearsed": None if month is None else asdict(month)}))
        return 0
    print(f"{simulated.calibration.answers} simulated answers of 21 projects, seed {chosen.seed}")
    _show(simulated.calibration, simulated.truth)
    if month is not None:
        print(f"\n{month.answers} answers of {chosen.days} rehearsed days, seed {chosen.seed}")
        _show(month, None)
    return 0


def _show(found: Calibration, truth: Scores | None) -> None:
    ways = {
        "as trusted": found.trust,
        "one number for all": found.constant,
        "all free": found.always,
        **({} if truth is None else {"the truth": truth}),
    }
    print(f"  free {found.free} of {found.answers}\n  {'':20}{'Brier':>8}{'log':>8}")
    for name, scores in ways.items():
        print(f"  {name:20}{(scores.brier or 0) / 10_000:8.4f}{(scores.log or 0) / 1000:8.3f}")
    print(f"  {'trusted by':>14}{'answers':>9}{'expected':>10}{'free':>8}")
    for each in found.reliability:
        span = f"{each.from_permille / 10:.0f}-{min(1000, each.to_permille) / 10:.0f} %"
        print(f"  {span:>14}{each.answers:9}{each.expected_permille / 10:9.1f}%{each.free_permille / 10:7.1f}%")


if __name__ == "__main__":
    sys.exit(main())
