"""What an experiment found, as tables of at most 80 columns and as rows for a CSV file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from events.vocabulary import Urgency
from ops.demand.hours import HOUR_MS
from ops.laboratory.experiment import Future, Summary, gain, group_summaries, spread, summary
from ops.laboratory.groups import DIMENSIONS
from ops.laboratory.intervals import Interval, part_of
from ops.laboratory.objective import POINTS_A_UNIT

Row = tuple[str, ...]


def aligned(title: str, columns: Row, rows: Sequence[Row], left: int = 1) -> str:
    """A table in plain text: the first `left` columns to the left, figures to the right."""
    widths = [max(len(row[index]) for row in (columns, *rows)) for index in range(len(columns))]

    def line(row: Row) -> str:
        cells = (cell.ljust(width) if index < left else cell.rjust(width) for index, (cell, width) in enumerate(zip(row, widths, strict=True)))
        return "  ".join(cells).rstrip()

    return "\n".join([title, line(columns), line(tuple("-" * width for width in widths)), *map(line, rows)])


def share(interval: Interval | None, digits: int = 3) -> str:
    """A mean with half the width of its interval."""
    if interval is None:
        return "-"
    if interval.high == float("inf"):
        return f"{interval.mean:.{digits}f}"
    return f"{interval.mean:.{digits}f} ±{(interval.high - interval.low) / 2:.{digits}f}"


def short(interval: Interval | None, digits: int) -> str:
    """The same without a zero before the point."""
    return share(interval, digits).replace("0.", ".") if interval is not None and abs(interval.mean) < 1 else share(interval, digits)


def hours(value_ms: float | None) -> str:
    """A time in hours."""
    return "-" if value_ms is None else f"{value_ms / HOUR_MS:.1f}"


def signed(interval: Interval) -> str:
    """A gain in per cent with its interval."""
    if interval.high == float("inf"):
        return f"{100 * interval.mean:+.2f} %"
    return f"{100 * interval.mean:+.2f} % [{100 * interval.low:+.2f}, {100 * interval.high:+.2f}]"


def policies_table(futures: Sequence[Future], policies: Sequence[str]) -> str:
    """Policies under one load, hindsight first where it is known."""
    asked = sum(future.asked for future in futures) / len(futures)
    best = [future.hindsight for future in futures if future.hindsight is not None]
    rows: list[Row] = []
    if len(best) == len(futures):
        rows.append(
            (
                "hindsight",
                "1",
                f"{part_of(sum(each.placed for each in best), sum(future.asked for future in futures)):.3f}",
                f"{sum(each.persons for each in best) / len(best):.0f}",
                *(f"{sum(each.persons_by_urgency[urgency] for each in best) / len(best):.0f}" for urgency in Urgency),
                "",
                "",
            )
        )
    for name in policies:
        found = summary(futures, name)
        rows.append(
            (
                name,
                share(found.share_of_hindsight) if found.share_of_hindsight is not None else f"{found.worth.mean / POINTS_A_UNIT:.0f} V",
                f"{found.share_placed.mean:.3f}",
                f"{found.persons.mean:.0f}",
                *(f"{found.persons_by_urgency[urgency].mean:.0f}" for urgency in Urgency),
                hours(found.wait_median_ms),
                hours(found.wait_p90_ms),
            )
        )
    title = f"{futures[0].load}: {len(futures)} futures, {asked:.0f} requests each; persons placed by urgency; waits in hours"
    return aligned(title, ("policy", "of hindsight", "placed", "persons", "now", "days", "planned", "median", "p90"), rows)


def against_table(futures: Sequence[Future], ours: str, others: Iterable[str]) -> str:
    """One policy against others on the same futures."""
    whole = "hindsight" if all(future.hindsight is not None for future in futures) else "the other's V"
    rows = [(f"against {name}", signed(gain(futures, ours, name))) for name in others if name != ours]
    return aligned(f"{ours}: V more, in shares of {whole}, paired, 95 %", ("", "gain"), rows)


def regret_table(futures: Sequence[Future], policies: Sequence[str]) -> str:
    """What each policy leaves to hindsight, a future; "-" where no hindsight is known."""
    regrets = [(name, summary(futures, name).regret) for name in policies]
    rows = [(name, "-" if found is None else f"{found.mean / POINTS_A_UNIT:.0f}", "-" if found is None else _width(found)) for name, found in regrets]
    return aligned(f"{futures[0].load}: regret, V that hindsight would have had beside, a future", ("policy", "V", "95 %"), rows)


def _width(interval: Interval) -> str:
    return "-" if interval.high == float("inf") else f"±{(interval.high - interval.low) / 2 / POINTS_A_UNIT:.0f}"


def ends_table(futures: Sequence[Future], policies: Sequence[str]) -> str:
    """How proposals and requests ended, a future."""
    found = [summary(futures, name) for name in policies]
    rows: list[Row] = []
    for told in (_endings(found), _outcomes(found)):
        rows += told
    title = f"{futures[0].load}: how proposals (p) and requests (r) ended, on average a future"
    return aligned(title, ("", *policies), rows)


def _endings(found: Sequence[Summary]) -> Iterator[Row]:
    for name in sorted({name for each in found for name in each.endings}):
        yield (f"p {name}", *(_average(each.endings.get(name, 0), each) for each in found))


def _outcomes(found: Sequence[Summary]) -> Iterator[Row]:
    for name in sorted({name for each in found for name in each.outcomes}):
        yield (f"r {name}", *(_average(each.outcomes.get(name, 0), each) for each in found))


def _average(number: int, found: Summary) -> str:
    return f"{number / found.futures:.1f}"


def groups_table(futures: Sequence[Future], before: str, after: str) -> str:
    """Share placed and median wait by group, under two policies."""
    rows: list[Row] = []
    for one, other in zip(group_summaries(futures, before), group_summaries(futures, after), strict=True):
        rows.append(
            (
                one.group.replace("_", " "),
                f"{one.asked / len(futures):.0f}",
                short(one.share_placed, 2),
                short(other.share_placed, 2),
                short(one.wait_median_hours, 1),
                short(other.wait_median_hours, 1),
            )
        )
    for dimension in DIMENSIONS:
        rows.append((f"apart by {dimension}", "", short(spread(futures, before, dimension), 2), short(spread(futures, after, dimension), 2), "", ""))
    title = f"{futures[0].load}: share placed and median wait (hours), 95 %; 1 {before}, 2 {after}"
    return aligned(title, ("group", "asked", "placed 1", "placed 2", "wait 1", "wait 2"), rows)


def projects_table(futures: Sequence[Future], policies: Sequence[str]) -> str:
    """Persons that projects take in, against their places."""
    capacity = futures[0].capacity
    rows = [
        (
            project,
            str(capacity[project]),
            *(
                f"{sum(future.figures[name].by_project.get(project, 0) for future in futures) / len(futures) / capacity[project]:.2f}"
                for name in policies
            ),
        )
        for project in sorted(capacity)
    ]
    return aligned(f"{futures[0].load}: persons taken in a future, for each place of the project", ("project", "places", *policies), rows)


CSV_COLUMNS: Row = (
    "load", "seed", "policy", "asked", "placed", "persons", "persons_immediate", "persons_within_days", "persons_planned", "v_points",
    "hindsight_points", "proposals", "wait_median_hours", "breaches",
)  # fmt: skip


def csv_rows(futures: Iterable[Future]) -> Iterator[Row]:
    """One row a future and policy, hindsight among them."""
    for future in futures:
        best = future.hindsight
        known = "" if best is None else str(best.worth)
        if best is not None:
            by_urgency = (str(best.persons_by_urgency[urgency]) for urgency in Urgency)
            yield (
                future.load, str(future.seed), "hindsight", str(future.asked), str(best.placed), str(best.persons), *by_urgency, known, known, "", "", "",
            )  # fmt: skip
        for name, figures in future.figures.items():
            median = sorted(figures.waits_ms)[len(figures.waits_ms) // 2] / HOUR_MS if figures.waits_ms else None
            yield (
                future.load,
                str(future.seed),
                name,
                str(future.asked),
                str(figures.placed),
                str(figures.persons),
                *(str(figures.persons_by_urgency[urgency]) for urgency in Urgency),
                str(figures.worth),
                known,
                str(figures.proposals),
                "" if median is None else f"{median:.2f}",
                "" if figures.breaches < 0 else str(figures.breaches),
            )
