"""What the two projects of a transfer have arranged for the hand-over, and what is still missing. Who leaves with a list unfinished leaves all the same."""

from __future__ import annotations

from dataclasses import dataclass

from events.quick import quick
from events.vocabulary import HandOverItem

HELPLINE_SPEAKS = ""
"""Stands for the helpline where a body's id stands otherwise: it speaks for the project being left."""


@quick
@dataclass(frozen=True, slots=True)
class Arranged:
    """One list as somebody said it."""

    speaker: str
    """Body; `HELPLINE_SPEAKS`: the helpline."""
    first: bool
    """The side said it for the first time; false: it takes the place of what that side had said."""
    items: tuple[HandOverItem, ...]
    """Arranged, or not needed."""


@quick
@dataclass(frozen=True, slots=True)
class HandOver:
    """How the hand-over of a transfer stands."""

    sides: int
    """Projects that have said what they arranged: 0 to 2."""
    missing: tuple[HandOverItem, ...]
    """What neither has arranged or called not needed, in the order of the list."""

    @property
    def is_complete(self) -> bool:
        """Both have spoken, and nothing is missing."""
        return self.sides == 2 and not self.missing


def hand_over(said: tuple[Arranged, ...]) -> HandOver:
    """How the lists stand, from everything that was said since the acceptance, in order.

    An event does not say for which project its body spoke. A list goes to the side that this body spoke for before; where that leaves both open (another
    body of a project of several), only what stands under either reading counts as arranged: the list may look less complete than it is, never more.
    """
    sides: list[tuple[set[str], frozenset[HandOverItem]]] = []
    for one in said:
        items = frozenset(one.items)
        if one.first and len(sides) < 2:
            sides.append(({one.speaker}, items))
            continue
        spoke_for = [number for number, (speakers, _) in enumerate(sides) if one.speaker in speakers]
        if len(sides) == 1:
            spoke_for = [0]
        if spoke_for:
            number = spoke_for[-1]  # who acts for both amends the receiving side's, which came second
            sides[number] = (sides[number][0] | {one.speaker}, items)
        elif sides:
            sides = [({one.speaker}, items), (sides[0][0] | sides[1][0], sides[0][1] & sides[1][1])]
    covered = frozenset[HandOverItem]().union(*(items for _, items in sides))
    return HandOver(len(sides), tuple(item for item in HandOverItem if item not in covered))
