"""Civil time as data: open hours on the line of instants, and arithmetic with the time that passes in them.

The offsets of the network's civil time from UTC are a table in the policy, so that every machine computes the same instants whatever time zone data it
carries. An instant is open where its local time lies in a window of its local day; so an hour that the clocks repeat counts twice, and one that they
skip counts not at all. Integers only; instants and durations are milliseconds.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from itertools import pairwise

MINUTE_MS = 60_000
DAY_MS = 86_400_000
WHOLE_DAY = ((0, DAY_MS),)
"""The windows of a day that is open throughout."""

Window = tuple[int, int]
"""From (inclusive) and to (exclusive), milliseconds of local time since the day's midnight."""
Offset = tuple[int, int]
"""(instant from which it holds, local time minus UTC)."""

_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
_BLOCK_MS = 32 * DAY_MS
_FURTHEST_BLOCKS = 40
"""How far arithmetic looks: over three years. Whatever is not found by then is put there, so that every deadline comes."""
_MOST_KEPT = 128


def day_number(iso_date: str) -> int:
    """Days since 1970-01-01 of a date. Raises ValueError where the text is none."""
    return date.fromisoformat(iso_date).toordinal() - _EPOCH_ORDINAL


def weekday_of(day: int) -> int:
    """0 for a Monday to 6 for a Sunday, by days since 1970-01-01."""
    return (day + 3) % 7


def local_ms(offsets: tuple[Offset, ...], at_ms: int) -> int:
    """The local time of an instant, counted like instants: before the first offset that one holds, without any local time is UTC."""
    if not offsets:
        return at_ms
    index = bisect_right(offsets, at_ms, key=lambda offset: offset[0])
    return at_ms + offsets[max(0, index - 1)][1]


class _Block:
    """The open intervals within one stretch of time: sorted, apart from each other, with what is open before each."""

    __slots__ = ("before", "ends", "starts", "total")

    def __init__(self, intervals: Iterable[Window]) -> None:
        self.starts: list[int] = []
        self.ends: list[int] = []
        self.before: list[int] = []
        self.total = 0
        for start, end in intervals:
            if self.ends and self.ends[-1] == start:
                self.ends[-1] = end
            else:
                self.before.append(self.total)
                self.starts.append(start)
                self.ends.append(end)
            self.total += end - start

    def passed(self, at_ms: int) -> int:
        """Open time of this stretch before an instant."""
        index = bisect_right(self.starts, at_ms) - 1
        return 0 if index < 0 else self.before[index] + min(at_ms, self.ends[index]) - self.starts[index]


class Hours:
    """Open hours without end in either direction, by the windows of each local day. What was computed is kept; it is a function of the arguments."""

    __slots__ = ("_blocks", "_offsets", "_opening", "_windows_of")

    def __init__(self, offsets: tuple[Offset, ...], windows_of: Callable[[int], tuple[Window, ...]]) -> None:
        """`offsets` sorted by instant; `windows_of`: days since 1970-01-01 -> windows of that local day, sorted and apart."""
        self._offsets = offsets
        self._windows_of = windows_of
        self._blocks: dict[int, _Block] = {}
        self._opening: tuple[int, int, int | None] = (0, 0, None)
        """(from, until, the next opening after every instant from the one until the other)."""

    def is_open(self, at_ms: int) -> bool:
        """Whether an instant is within the open hours."""
        block = self._block(at_ms // _BLOCK_MS)
        index = bisect_right(block.starts, at_ms) - 1
        return index >= 0 and at_ms < block.ends[index]

    def open_until(self, at_ms: int) -> int:
        """When the hours that are open at an instant close; the instant itself where they are closed."""
        for number in self._ahead(at_ms):
            block = self._block(number)
            index = bisect_right(block.starts, at_ms) - 1
            if index < 0 or at_ms >= block.ends[index]:
                break
            at_ms = block.ends[index]
            if at_ms < (number + 1) * _BLOCK_MS:
                break
        return at_ms

    def next_opening(self, after_ms: int) -> int | None:
        """The first instant after `after_ms` at which the hours open, having been closed; None: not in three years, if ever."""
        since, until, opening = self._opening
        if not since <= after_ms < until:
            opening = self._find_opening(after_ms)
            self._opening = (after_ms, opening if opening is not None else after_ms + _BLOCK_MS, opening)
        return opening

    def _find_opening(self, after_ms: int) -> int | None:
        for number in self._ahead(after_ms):
            block = self._block(number)
            index = bisect_right(block.starts, after_ms)
            if index == 0 and block.starts and block.starts[0] == number * _BLOCK_MS and self.is_open(block.starts[0] - 1):
                index = 1
            if index < len(block.starts):
                return block.starts[index]
        return None

    def between(self, from_ms: int, to_ms: int) -> int:
        """How much open time passes from one instant to a later one; nothing to an earlier one."""
        if to_ms <= from_ms:
            return 0
        first, last = from_ms // _BLOCK_MS, to_ms // _BLOCK_MS
        whole = sum(self._block(number).total for number in range(first, last))
        return whole + self._block(last).passed(to_ms) - self._block(first).passed(from_ms)

    def after(self, from_ms: int, amount_ms: int) -> int:
        """The earliest instant by which so much open time has passed since `from_ms`; at the latest the end of what is looked at."""
        if amount_ms <= 0:
            return from_ms
        needed = amount_ms + self._block(from_ms // _BLOCK_MS).passed(from_ms)
        number = 0
        for number in self._ahead(from_ms):
            block = self._block(number)
            if block.total >= needed:
                index = bisect_left(block.before, needed) - 1
                return block.starts[index] + needed - block.before[index]
            needed -= block.total
        return (number + 1) * _BLOCK_MS

    def before(self, to_ms: int, amount_ms: int) -> int:
        """The latest instant from which so much open time passes until `to_ms`; at the earliest the beginning of what is looked at."""
        if amount_ms <= 0:
            return to_ms
        number = to_ms // _BLOCK_MS
        left = self._block(number).passed(to_ms) - amount_ms
        furthest = number - _FURTHEST_BLOCKS
        while left < 0 and number > furthest:
            number -= 1
            left += self._block(number).total
        if left < 0:
            return number * _BLOCK_MS
        block = self._block(number)
        index = bisect_right(block.before, left) - 1
        return block.starts[index] + left - block.before[index]

    def _ahead(self, at_ms: int) -> range:
        first = at_ms // _BLOCK_MS
        return range(first, first + _FURTHEST_BLOCKS)

    def _block(self, number: int) -> _Block:
        block = self._blocks.get(number)
        if block is None:
            if len(self._blocks) >= _MOST_KEPT:
                self._blocks.clear()
            block = self._blocks[number] = _Block(self._intervals(number * _BLOCK_MS, (number + 1) * _BLOCK_MS))
        return block

    def _intervals(self, from_ms: int, to_ms: int) -> Iterator[Window]:
        """The open intervals of a stretch, in order; neighbours may touch."""
        for start, end, offset in _stretches(self._offsets, from_ms, to_ms):
            for day in range((start + offset) // DAY_MS, (end + offset - 1) // DAY_MS + 1):
                midnight = day * DAY_MS - offset
                for opens, closes in self._windows_of(day):
                    first, last = max(start, midnight + opens), min(end, midnight + closes)
                    if first < last:
                        yield first, last


def _stretches(offsets: tuple[Offset, ...], from_ms: int, to_ms: int) -> Iterator[tuple[int, int, int]]:
    """The parts of a stretch of time under one offset each: (from, to, offset)."""
    changes = [since for since, _ in offsets if from_ms < since < to_ms]
    edges = [from_ms, *changes, to_ms]
    for start, end in pairwise(edges):
        yield start, end, local_ms(offsets, start) - start


def working_hours(offsets: tuple[Offset, ...], weekdays: Iterable[int], holidays: Iterable[str], windows: tuple[Window, ...]) -> Hours:
    """The same windows on every working day: these weekdays (0 a Monday), but for holidays (ISO 8601 dates)."""
    works, closed = frozenset(weekdays), frozenset(day_number(day) for day in holidays)
    return Hours(offsets, lambda day: windows if weekday_of(day) in works and day not in closed else ())
