"""How wide the columns of a table are, so that on a narrow terminal words stay whole, and ids break where they have a hyphen."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rich.cells import cell_len

_MAY_END = re.compile(r"(?<=[_=,/])(?=.)|(?<=\w-)(?=.)|\s+")
"""Where a line may end: in a word after `_`, `=`, `,` or `/`, and after a hyphen, but not after a minus."""


def widths_of(columns: Sequence[Sequence[str]], available: int) -> list[int] | None:
    """Characters for each column, given all its cells, the heading among them. None: they do not fit side by side without cutting what stays together."""
    least = [max((cell_len(piece) for cell in cells for piece in _pieces(cell)), default=1) for cells in columns]
    words = [max((cell_len(word) for cell in cells for word in cell.split()), default=1) for cells in columns]
    lines = [max((cell_len(line) for cell in cells for line in cell.splitlines()), default=1) for cells in columns]
    if sum(least) > available:
        return None
    widths, spare = least, available - sum(least)
    for index in sorted(range(len(widths)), key=lambda index: words[index] - widths[index]):
        grown = max(0, min(spare, words[index] - widths[index]))
        widths[index] += grown
        spare -= grown
    for _ in range(min(spare, sum(lines) - sum(widths))):
        widths[max(range(len(widths)), key=lambda index: lines[index] / widths[index])] += 1
    return widths


def folded(text: str, width: int) -> str:
    """The text in lines of at most so many characters: broken between words, else inside one where it has a hyphen or the like, else anywhere.

    What is indented stays so, all its lines, where no word must be broken for it.
    """
    return "\n".join(line for paragraph in text.split("\n") for line in _indented(paragraph, width))


def _indented(text: str, width: int) -> list[str]:
    indent = text[: len(text) - len(text.lstrip(" "))]
    if not text.strip() or max(map(cell_len, text.split())) > width - len(indent):
        return _lines(text, width)
    return [indent + line for line in _lines(text, width - len(indent))]


def _lines(text: str, width: int) -> list[str]:
    lines = [""]
    for word in text.split():
        joined = f"{lines[-1]} {word}" if lines[-1] else word
        if cell_len(joined) <= width:
            lines[-1] = joined
            continue
        if lines[-1] and cell_len(word) <= width:
            lines.append(word)
            continue
        if lines[-1]:
            lines.append("")
        for piece in _pieces(word):
            if lines[-1] and cell_len(lines[-1] + piece) > width:
                lines.append("")
            while cell_len(piece) > width:
                lines[-1], piece = piece[:width], piece[width:]
                lines.append("")
            lines[-1] += piece
    return lines


def _pieces(text: str) -> list[str]:
    return [piece for piece in _MAY_END.split(text) if piece]
