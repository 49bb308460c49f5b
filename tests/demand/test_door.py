"""What the gateway tells is what the ledger decided: every outcome of a day survives its JSON form."""

from __future__ import annotations

import json

import pytest

from coordinator.plain import fact_json
from events.verdict import Duplicate, Recorded, Refused
from events.vocabulary import RefusalCode
from ops.demand.day import Day
from ops.demand.rehearsal import rehearse
from ops.demo.door import NotAccepted, answer_of, outcome_of
from ops.networks import load_network


def told(**changes: object) -> dict[str, object]:
    return {"status": "accepted", "sequence": 7, "repeated": False, "verdict": {"kind": "recorded"}, "outcomes": [], **changes}


def test_every_outcome_of_a_day_is_read_back() -> None:
    outcomes = [each for rehearsed in rehearse(Day(load_network("it"), 1, 1, 8.0), "it") for each in rehearsed.answer.outcomes]
    assert len({type(each) for each in outcomes}) >= 15
    assert [outcome_of(json.loads(json.dumps(fact_json(each)))) for each in outcomes] == outcomes


def test_verdicts_are_read() -> None:
    assert answer_of(told()).verdict == Recorded()
    refused = answer_of(told(verdict={"kind": "refused", "code": "not_asked", "field": "actor"}))
    assert refused.verdict == Refused(RefusalCode.NOT_ASKED, "actor")
    assert answer_of(told(repeated=True)).verdict == Duplicate(7)


def test_no_entry_is_no_answer() -> None:
    with pytest.raises(NotAccepted):
        answer_of({"status": "pending", "event_id": "x"})
