"""The assignment is the best there is, by every assignment there is; it is one, whoever asks in whatever order; and short of time it says by how much it may fall short."""

from __future__ import annotations

from random import Random

import pytest

from coordinator.matching import assignment
from coordinator.matching.assignment import Choice, Near, Seeker, assign
from tests.matching.competitors import Instance, best_of_all, drawn, is_possible, worth_of

A_THOUSAND = 1000


@pytest.mark.parametrize("thousand", range(10))
def test_it_is_the_best_of_all_assignments(thousand: int) -> None:
    for seed in range(thousand * A_THOUSAND, (thousand + 1) * A_THOUSAND):
        instance = drawn(seed)
        found = assign(instance.seekers, instance.room, instance.near)
        assert (seed, found.places) == (seed, best_of_all(instance))
        assert not any(found.short_by)


def test_short_of_steps_it_gives_what_is_possible_and_says_by_how_much_it_may_fall_short() -> None:
    fell_short = 0
    for seed in range(2 * A_THOUSAND):
        instance = drawn(seed, most_seekers=7)
        most = worth_of(instance, assign(instance.seekers, instance.room, instance.near).places)
        hurried = assign(instance.seekers, instance.room, instance.near, most_steps=0)
        assert is_possible(instance, hurried.places)
        missing = most - worth_of(instance, hurried.places)
        assert 0 <= missing <= sum(hurried.short_by)
        fell_short += missing > 0
    assert fell_short, "no instance was hard enough to need more than one step"


def test_short_of_steps_nobody_alone_could_do_better() -> None:
    """What an explanation rests on: every place that ranks before the one given is taken by others, or near somebody to keep apart."""
    for seed in range(A_THOUSAND):
        instance = drawn(seed, most_seekers=7)
        places = assign(instance.seekers, instance.room, instance.near, most_steps=0, most_together=3).places
        assert is_possible(instance, places)
        for index, seeker in enumerate(instance.seekers):
            for choice in seeker.choices:
                if choice.place == places[index]:
                    break
                assert not is_possible(instance, (*places[:index], choice.place, *places[index + 1 :]))


def test_short_of_steps_two_exchange_what_they_have_where_both_together_gain(monkeypatch: pytest.MonkeyPatch) -> None:
    instances = [drawn(seed, most_seekers=7) for seed in range(2 * A_THOUSAND)]

    def hurried() -> list[int]:
        return [worth_of(each, assign(each.seekers, each.room, each.near, most_steps=0).places) for each in instances]

    exchanged = hurried()
    monkeypatch.setattr(assignment._Search, "_exchange", lambda *_: False)
    alone = hurried()
    assert all(now >= before for now, before in zip(exchanged, alone, strict=True))
    assert sum(exchanged) > sum(alone)


def test_the_same_again_whatever_places_are_called() -> None:
    for seed in range(A_THOUSAND):
        instance = drawn(seed)
        order = list(range(len(instance.room)))
        Random(seed).shuffle(order)
        renamed = Instance(
            tuple(
                Seeker(seeker.people, tuple(Choice(order[each.place], each.worth, each.tie_break) for each in seeker.choices), seeker.apart_from)
                for seeker in instance.seekers
            ),
            tuple(instance.room[order.index(place)] for place in range(len(order))),
            Near([instance.near.neighbourhoods[order.index(place)] for place in range(len(order))]),
        )
        places = assign(instance.seekers, instance.room, instance.near).places
        again = assign(renamed.seekers, renamed.room, renamed.near).places
        assert again == tuple(None if place is None else order[place] for place in places)


NOWHERE_NEAR = Near([frozenset({str(place)}) for place in range(100)])


def wants(*places: tuple[int, int], people: int = 1, apart_from: frozenset[int] = frozenset()) -> Seeker:
    """A seeker with choices (place, worth), ties by number."""
    return Seeker(people, tuple(Choice(place, worth, bytes([place])) for place, worth in places), apart_from)


def test_two_placed_are_more_than_one_who_has_what_they_like_best() -> None:
    assert assign([wants((0, 20), (1, 10)), wants((0, 19))], [1, 1], NOWHERE_NEAR).places == (1, 0)


def test_of_two_alike_whoever_is_served_first_has_the_place() -> None:
    assert assign([wants((0, 20)), wants((0, 20))], [1], NOWHERE_NEAR).places == (0, None)


def test_more_worth_comes_before_the_order_of_service() -> None:
    assert assign([wants((0, 20)), wants((0, 21))], [1], NOWHERE_NEAR).places == (None, 0)


def test_having_a_place_comes_before_the_lowest_tie_break_of_anybody() -> None:
    assert assign([wants((0, 20), (1, 20)), wants((0, 20))], [1, 1], NOWHERE_NEAR).places == (1, 0)


def test_a_household_that_is_worth_more_takes_the_room_of_two() -> None:
    assert assign([wants((0, 20)), wants((0, 20)), wants((0, 45), people=2)], [2], NOWHERE_NEAR).places == (None, None, 0)


def test_no_household_parts() -> None:
    assert assign([wants((0, 40), (1, 40), people=2)], [2, 1], NOWHERE_NEAR).places == (0,)
    assert assign([wants((0, 40), people=2), wants((0, 41), people=2), wants((0, 19))], [3], NOWHERE_NEAR).places == (None, 0, 0)


def test_two_who_are_kept_apart_are_not_near_each_other() -> None:
    town = Near([frozenset({"0", "town"}), frozenset({"1", "town"}), frozenset({"2"})])
    one, other = wants((0, 30), (1, 20), apart_from=frozenset({1})), wants((0, 30), (1, 29), (2, 10), apart_from=frozenset({0}))
    assert assign([one, other], [2, 2, 2], town).places == (0, 2)
    assert assign([one, wants((0, 30), (1, 29), apart_from=frozenset({0}))], [2, 2], town).places == (0, None)


def test_nobody_and_nothing() -> None:
    assert assign([], [], NOWHERE_NEAR).places == ()
    assert assign([wants(), wants()], [], NOWHERE_NEAR).places == (None, None)


def test_many_for_one_place_and_more_than_are_weighed_together() -> None:
    """The second takes seekers in turns, in order of service: the first turn has what it wants, then the next; and says what it may have missed."""
    crowd = [wants((0, 10 + index // 500)) for index in range(2000)]
    assert [index for index, place in enumerate(assign(crowd, [3], NOWHERE_NEAR).places) if place == 0] == [1500, 1501, 1502]
    pairs = [wants((0, 10 + index), (1, 10 + index)) for index in range(10)]
    found = assign(pairs, [1, 1], NOWHERE_NEAR, most_together=4)
    assert [index for index, place in enumerate(found.places) if place is not None] == [2, 3]
    assert set(found.short_by) == {12}
