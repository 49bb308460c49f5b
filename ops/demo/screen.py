"""The day as it is seen: on a terminal a live picture, elsewhere a line now and then. Shows capacity by macro-area, open transfers, the last events."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
from rich.bar import Bar
from rich.columns import Columns
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from events.transfer import ProposalEnded, ProposalMade, TransferClosed, TransferEscalated
from events.verdict import Duplicate, Refused
from ops.demand.hours import local_text
from ops.demand.tally import Request
from ops.demo.door import Door
from ops.demo.player import Played
from ops.networks import Network

_LOOKED_EVERY_S = 1.5
_LINE_EVERY_S = 5.0
_BESIDE_FROM = 110
"""Columns from which capacity and open transfers stand side by side."""
_CLOCK_LINES = 2
_CAPACITY_LINES = 9
_LEAST_LINES = 6
_RECENT_LINES = 16
_FRAME_LINES = 4
"""Of a panel: border, title, header."""


@dataclass(slots=True)
class Sight:
    """What the views said last."""

    areas: dict[str, tuple[int, int, int, int]] = field(default_factory=dict)
    """By macro-area: places, occupied, held, free."""
    sequence: int = -1
    """Where the views stand."""


class Screen:
    """Shows a run on this console until `shown` is cancelled."""

    def __init__(self, console: Console, network: Network, played: Played) -> None:
        self._console = console
        self._network = network
        self._played = played
        self._sight = Sight()
        self._macro_of = {region.region: region.macro_area for region in network.regions}

    async def look(self, door: Door) -> None:
        """Asks the views now and then, for ever."""
        while True:
            try:
                self._sight = self._seen(await door.view("/capacity"))
            except (httpx.HTTPError, KeyError):
                pass  # the views are behind or not there yet; the next look will tell
            await asyncio.sleep(_LOOKED_EVERY_S if self._console.is_terminal else _LINE_EVERY_S)

    def _seen(self, view: Mapping[str, Any]) -> Sight:
        areas: dict[str, list[int]] = {area: [0, 0, 0, 0] for area, _ in self._network.macro_areas}
        for unit in view["units"]:
            if unit["level"] == "non_residential" or unit.get("closed"):
                continue
            sums = areas[self._macro_of[unit["region"]]]
            for index, name in enumerate(("places", "occupied", "held", "free")):
                sums[index] += unit[name]
        return Sight({area: (sums[0], sums[1], sums[2], sums[3]) for area, sums in areas.items()}, view["as_of"]["sequence"])

    async def show(self) -> None:
        """Shows what goes on, for ever."""
        if not self._console.is_terminal:
            await self._lines()
        with Live(self.picture(), console=self._console, refresh_per_second=6, transient=True) as live:
            while True:
                await asyncio.sleep(0.2)
                live.update(self.picture())

    async def _lines(self) -> None:
        while True:
            await asyncio.sleep(_LINE_EVERY_S)
            self._console.print(self.line())

    def line(self) -> str:
        """Where the run is, in one line."""
        played = self._played
        if played.now_ms < played.day.play.start_ms:
            return f"before the day: {played.before_done} of {len(played.day.before)} events"
        tally = played.tally
        free = sum(sums[3] for sums in self._sight.areas.values())
        return (
            f"{local_text(played.now_ms)}  {tally.events} events  {len(tally.requests)} requests, {tally.open_requests()} open, "
            f"{tally.arrived} arrived, {tally.proposals} proposals, {free} places free (views at {self._sight.sequence})"
        )

    def picture(self) -> RenderableType:
        """Clock, capacity, open transfers and the last events."""
        beside = self._console.width >= _BESIDE_FROM
        left = self._console.height - _CLOCK_LINES - _CAPACITY_LINES - 1
        parts: list[RenderableType] = [self._clock()]
        if beside:
            parts.append(Columns([self._capacity(), self._open(_CAPACITY_LINES)], expand=True))
        else:
            lines = min(_CAPACITY_LINES, max(_LEAST_LINES, left // 2))
            left -= lines
            parts += [self._capacity(), self._open(lines)]
        if left >= _LEAST_LINES:
            parts.append(self._recent(min(left, _RECENT_LINES)))
        return Group(*parts)

    def _clock(self) -> RenderableType:
        played = self._played
        play = played.day.play
        if played.now_ms < play.start_ms:
            done, total, text = played.before_done, len(played.day.before), "opening the network: projects, units, last counts, cases in charge"
        else:
            done, total, text = played.now_ms - play.start_ms, play.end_ms - play.start_ms, local_text(played.now_ms)
        head = Text.assemble((text, "bold"), f"   {played.tally.events} events decided", "   synthetic demand")
        return Group(head, ProgressBar(total=max(1, total), completed=done, width=100))

    def _capacity(self) -> RenderableType:
        table = Table(title="places, as the views show them", title_justify="left", box=None, padding=(0, 1))
        for column in ("macro-area", "", "free", "held", "places"):
            table.add_column(column, justify="left" if column in ("macro-area", "") else "right")
        for area, name in self._network.macro_areas:
            places, occupied, held, free = self._sight.areas.get(area, (0, 0, 0, 0))
            table.add_row(name, Bar(max(1, places), 0, occupied + held, width=24), f"[green]{free}", f"[yellow]{held}", str(places))
        return Panel(table, height=_CAPACITY_LINES)

    def _open(self, lines: int) -> RenderableType:
        table = Table(title="open transfers", title_justify="left", box=None, padding=(0, 1))
        for column in ("case", "urgency", "needed in", "stands"):
            table.add_column(column)
        now_ms = self._played.now_ms
        waiting = sorted(
            ((transfer, request) for transfer, request in self._played.tally.requests.items() if request.ended is None),
            key=lambda pair: pair[1].needed_by_ms,
        )
        for transfer_id, request in waiting[: lines - _FRAME_LINES]:
            hours = (request.needed_by_ms - now_ms) / 3_600_000
            table.add_row(transfer_id[:8], request.urgency, f"{hours:.1f} h", _stands(request))
        return Panel(table, height=lines)

    def _recent(self, lines: int) -> RenderableType:
        table = Table(title="last events", title_justify="left", box=None, padding=(0, 1))
        for column in ("when", "event", "entry", "what followed"):
            table.add_column(column, no_wrap=True)
        for at_ms, event, answer in list(self._played.recent)[-(lines - _FRAME_LINES) :]:
            table.add_row(local_text(at_ms)[-8:], type(event).__name__, str(answer.sequence), _followed(answer.verdict, answer.outcomes))
        return Panel(table, height=lines)


def _stands(request: Request) -> str:
    if request.accepted_at_ms is not None:
        return "[green]accepted"
    if request.live_proposal is not None:
        return "[yellow]proposed"
    return f"[red]operator: {request.last_escalation.value}" if request.last_escalation is not None else "waiting"


def _followed(verdict: object, outcomes: tuple[object, ...]) -> str:
    """In a few words, without a name or a place of a person."""
    if isinstance(verdict, Refused):
        return f"[red]refused: {verdict.code.value}"
    if isinstance(verdict, Duplicate):
        return "[dim]sent again: same answer"
    said = []
    for outcome in outcomes:
        match outcome:
            case ProposalMade(score=score):
                said.append(f"[yellow]a place is proposed (score {score})")
            case ProposalEnded(how=how):
                said.append(f"the proposal is {how.value}")
            case TransferEscalated(why=why):
                said.append(f"[red]an operator is called in: {why.value}")
            case TransferClosed(how=how):
                said.append(f"[green]the transfer is over: {how.value}")
            case _:
                pass
    return "; ".join(said)


class Stopwatch:
    """Times the steps of a run."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self.steps: dict[str, float] = {}

    def lap(self, step: str) -> None:
        """Names what went on since the last lap (or the beginning), in seconds."""
        now = time.monotonic()
        self.steps[step] = round(now - self._began, 2)
        self._began = now
