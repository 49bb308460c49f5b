"""Today's practice, to compare with: in order of arrival, any place that fits, nothing free until tomorrow morning. The rules bind it all the same."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from coordinator.matching.open_units import open_units_of
from coordinator.matching.place import Place
from coordinator.matching.request import Request
from events.vocabulary import Host, Need, Urgency
from ops.demand.day import Day
from ops.demand.first_come import FirstCome
from ops.demand.rehearsal import rehearse
from ops.networks import load_network
from tests.checker.book import Step, check, write
from tests.domain.world import HOUR, MINUTE
from tests.matching.examples import NOW, PLACE, REQUEST, TERMS


def asked(case_id: str, **changes: object) -> Request:
    return replace(REQUEST, case_id=case_id, transfer_id=f"of {case_id}", **changes)  # type: ignore[arg-type]


def units(number: int, **changes: object) -> list[Place]:
    return [replace(PLACE, unit_id=f"u{index}", **{"free": 1, **changes}) for index in range(number)]  # type: ignore[arg-type]


def proposed(matcher: FirstCome, requests: list[Request], places: list[Place], at_ms: int = NOW) -> list[str | None]:
    """The unit of each request; None: nothing."""
    answers = matcher(requests, open_units_of(places), at_ms, TERMS, {})
    assert [answer.case_id for answer in answers] == [request.case_id for request in requests]
    return [answer.best.place.unit_id if answer.best is not None else None for answer in answers]


def test_who_came_first_is_served_first_whatever_the_urgency() -> None:
    matcher = FirstCome()
    assert proposed(matcher, [asked("anna")], []) == [None]
    tomorrow = NOW + 26 * HOUR
    assert proposed(matcher, [asked("bea", urgency=Urgency.IMMEDIATE), asked("anna")], units(1), tomorrow) == [None, "u0"]


def test_no_place_is_better_than_another() -> None:
    everything = frozenset(Need)
    chosen = {proposed(FirstCome(), [asked(f"case {number}")], units(9, offers=everything)) == ["u0"] for number in range(5)}
    plain = proposed(FirstCome(), [asked("anna")], [*units(8, offers=everything), replace(PLACE, unit_id="u8")])
    again = proposed(FirstCome(), [asked("anna")], units(9))
    assert len(chosen) == 1 and plain == again


def test_who_was_told_that_nothing_is_free_is_looked_at_again_next_morning() -> None:
    matcher = FirstCome()
    at_nine = NOW + 10 * HOUR
    assert proposed(matcher, [asked("anna")], units(2, hosts=frozenset({Host.MEN})), at_nine) == [None]
    for later in (MINUTE, 5 * HOUR, 22 * HOUR):
        assert proposed(matcher, [asked("anna")], units(1), at_nine + later) == [None]
    assert proposed(matcher, [asked("anna")], units(1), at_nine + 24 * HOUR) == ["u0"]
    assert proposed(matcher, [asked("anna", parked=frozenset({"u0"}))], [*units(1), replace(PLACE, unit_id="u1")], at_nine + 25 * HOUR) == ["u1"]


def test_no_place_is_given_twice_and_who_is_kept_apart_stays_apart() -> None:
    anna, bea = asked("anna", apart_from=frozenset({"bea"})), asked("bea", apart_from=frozenset({"anna"}))
    far = replace(PLACE, unit_id="zz", project_id="sicilia", region="19", free=1)
    found = proposed(FirstCome(), [anna, bea], [*units(1, free=3), far])
    assert set(found) == {"u0", "zz"}
    assert proposed(FirstCome(), [asked("anna"), asked("bea"), asked("cleo")], units(2)).count(None) == 1


def test_days_of_today_s_practice_break_no_rule(tmp_path: Path) -> None:
    """What it explains is not the product's: it says again what it said this morning, and has looked at no other unit than the one that would do."""
    rehearsed = list(rehearse(Day(load_network("it"), 2, 1, 20.0), "it", FirstCome()))
    steps = [Step(each.timed.at_ms, each.timed.event, list(each.answer.outcomes)) for each in rehearsed if each.entry is not None]
    findings = check(write(steps), tmp_path)
    assert findings.proposals >= 20
    others = [breach for breach in findings.breaches if not breach.rule.startswith("explained.")]
    assert others == []
    assert not [breach for breach in findings.breaches if "is scored and breaks" in breach.text]
