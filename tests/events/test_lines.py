"""The events file: what is documented is accepted, what is not says where and what to do, and no error repeats a value."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings

from events.errors import LineInvalid
from events.facts import EVENT_TYPES, Event
from events.lines import MAX_LINE_BYTES, format_line, parse_line
from events.transfer import TransferRequested
from tests.events import strategies
from tests.events.test_codec import REQUEST

DOCUMENT = Path(__file__).parents[2] / "docs" / "events-file.md"
LINE = format_line(REQUEST)


def _example(kind: str) -> str:
    found = re.search(rf"<!-- {kind} -->\n```(?:json)?\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    return found[1]


@settings(deadline=None, max_examples=300)
@given(strategies.events())
def test_any_event_comes_back(event: Event) -> None:
    line = format_line(event)
    assert "\n" not in line and "\r" not in line
    assert parse_line(line, 1) == event


def test_the_documented_lines_are_accepted() -> None:
    lines = _example("accepted").splitlines()
    events = [parse_line(line, number) for number, line in enumerate(lines, start=1)]
    assert [type(event).__name__ for event in events] == ["AvailabilityPublished", "ReferralReceived", "AgreementGiven", "TransferRequested"]
    assert getattr(events[0], "observed_at_ms") == 1_772_350_200_000  # noqa: B009
    assert getattr(events[0], "free_from_ms") is None  # noqa: B009


def test_the_documented_errors_are_given() -> None:
    pairs = [block.split("\n") for block in _example("refused").strip().split("\n\n")]
    assert len(pairs) >= 5
    for number, (line, told) in enumerate(pairs, start=1):
        with pytest.raises(LineInvalid) as raised:
            parse_line(line, number)
        assert str(raised.value) == told
        assert raised.value.line == number


@pytest.mark.parametrize(
    ("instant", "milliseconds"),
    [
        ("1772350200000", 1_772_350_200_000),
        ('"2026-03-01T08:30:00+01:00"', 1_772_350_200_000),
        ('"2026-03-01T07:30:00Z"', 1_772_350_200_000),
        ('"2026-03-01T07:30:00.123Z"', 1_772_350_200_123),
        ("0", 0),
    ],
)
def test_instants_are_milliseconds_or_iso_8601(instant: str, milliseconds: int) -> None:
    event = parse_line(LINE.replace("1767225600000", instant), 1)
    assert isinstance(event, TransferRequested) and event.needed_by_ms == milliseconds


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("", "not JSON"),
        ("null", "not an object"),
        ("[]", "not an object"),
        ("{}", 'the field "event" is missing'),
        ('{"event": 7}', 'the field "event" is missing or no text'),
        ('{"event": "PlaceHeld"}', "outcome"),
        ('{"event": "Xyz"}', "unknown event; one of: A"),
        ("[" * 200_000, "not JSON that can be read"),
        (LINE[:-1], "not JSON at column"),
        (LINE + LINE, "not JSON at column"),
        (LINE.replace("1767225600000", "1e3"), "needed_by_ms must be a whole number"),
        (LINE.replace("1767225600000", "true"), "needed_by_ms must be a whole number"),
        (LINE.replace("1767225600000", "-1"), "needed_by_ms is not between the years"),
        (LINE.replace("1767225600000", "9" * 30), "needed_by_ms is not between the years"),
        (LINE.replace("1767225600000", "9" * 5000), "not JSON that can be read"),
        (LINE.replace("1767225600000", "NaN"), "NaN is not JSON"),
        (LINE.replace("1767225600000", "-Infinity"), "-Infinity is not JSON"),
        (LINE.replace("1767225600000", '"tomorrow"'), "needed_by_ms is neither milliseconds nor ISO 8601"),
        (LINE.replace("1767225600000", '"2026-03-01T08:30:00"'), "no offset"),
        (LINE.replace("1767225600000", '"2026-03-01T08:30:00.1234Z"'), "finer than a millisecond"),
        (LINE.replace('"case_id":"01956c2e', '"case_id":"01956C2E'), "case_id is not a UUID"),
        (LINE.replace('"safety"', '"canary"'), "reason must be one of safety, capacity"),
        (LINE.replace('"canary"', '"canary\\u0000"'), "note holds U+0000"),
        (LINE.replace('"canary"', '"canary\\ud800"'), "not JSON that can be read"),
        (LINE.replace('"canary"', "17"), "note must be a text"),
        (LINE.replace("[]", "{}"), "wished_levels must be a list"),
        (LINE.replace('"note"', '"canary of mine"'), "with a name that no field has"),
        (LINE.replace('"role"', '"rule":1,"role"'), 'unknown field "rule" in actor'),
        (LINE.replace('"reason"', '"note":"","reason"'), 'field "note" stands twice'),
        (LINE.replace('"canary"', '"' + "canary" * 2_000_000 + '"'), "longer than 262,144 bytes"),
        ('{"event":"' + "canary" * 30_000 + '"}', "unknown event"),
    ],
)
def test_what_is_wrong_is_named_and_no_value_repeated(line: str, told: str) -> None:
    with pytest.raises(LineInvalid) as raised:
        parse_line(line, 17)
    message = str(raised.value)
    assert message.startswith("line 17: ")
    assert told in message
    assert "canary" not in message
    assert len(message) < 1_200


def test_a_line_is_measured_in_bytes() -> None:
    wide = LINE.replace("canary", "è" * (MAX_LINE_BYTES // 2))
    with pytest.raises(LineInvalid, match="longer than"):
        parse_line(wide, 1)


def test_every_field_is_needed_but_one_that_may_be_null() -> None:
    whole = json.loads(LINE)
    for name in whole:
        rest = json.dumps({key: value for key, value in whole.items() if key != name})
        if name == "leaving_province":
            assert getattr(parse_line(rest, 1), name) is None
        else:
            with pytest.raises(LineInvalid, match=name):
                parse_line(rest, 1)


def test_every_event_has_an_adapter() -> None:
    for kind in EVENT_TYPES:
        with pytest.raises(LineInvalid, match="event_id is missing"):
            parse_line(json.dumps({"event": kind.__name__}), 1)
