"""The table of who may what has a line for everything, and the core keeps to it: every recorded event of random histories, asked again by everybody else."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
import typer

from coordinator.cli.main import app as command_line
from coordinator.domain import decide
from coordinator.domain.who_may import DOORS, OUTCOMES, REPORTS, VIEWS, Scope, Standing, View, may_report, scope_of, shown
from coordinator.gateway import description
from coordinator.gateway.app import create_app
from coordinator.gateway.rooms import Rooms
from events.entry import Locked, OpenedEvent, Unread
from events.fact import Actor
from events.facts import EVENT_TYPES, OUTCOME_TYPES, Event
from events.verdict import Recorded, Refused
from events.vocabulary import RefusalCode, Role
from ops.reference import commands_of
from tests.domain.test_histories import History
from tests.domain.world import ADMINISTRATOR, CLOCK, HELPLINE, uuid

ADD = "add its line in coordinator/domain/who_may.py, then run python -m ops.reference"
OUTSIDER = Actor("staff-elsewhere", "body-elsewhere", Role.PROJECT)
"""Of a registered project that has no unit and no case, and was asked nothing."""
OF_NOBODY = Actor("staff-nobody", "body-nobody-knows", Role.PROJECT)
HISTORIES = 12


def test_every_event_has_a_line() -> None:
    names = {kind.__name__ for kind in EVENT_TYPES}
    assert names - REPORTS.keys() == set(), f"who may report this event? {ADD} (REPORTS)"
    assert REPORTS.keys() - names == set(), "REPORTS names what is no event"


def test_every_outcome_has_a_line() -> None:
    names = {kind.__name__ for kind in OUTCOME_TYPES}
    assert names - OUTCOMES.keys() == set(), f"to whom is this outcome shown? {ADD} (OUTCOMES)"
    assert OUTCOMES.keys() - names == set(), "OUTCOMES names what is no outcome"


def test_every_view_has_a_line() -> None:
    assert set(View) - VIEWS.keys() == set(), f"who may ask for this view? {ADD} (VIEWS)"


def test_every_route_and_command_has_a_line() -> None:
    gateway = create_app(Rooms({}, lambda: pytest.fail("nobody asks"), 0, 0, development=True))
    routes = {f"{method.upper()} {path}" for path, methods in gateway.openapi()["paths"].items() for method in methods}
    unlisted = {f"GET {path}" for route in (*gateway.routes, *description.router.routes) if (path := getattr(route, "path", None)) is not None}
    routes |= {route for route in unlisted if route in DOORS}
    commands = {path for path, _ in commands_of("staffetta", typer.main.get_command(command_line))}
    assert (routes | commands) - DOORS.keys() == set(), f"which view stands behind this door? {ADD} (DOORS)"
    assert DOORS.keys() - routes - commands == set(), "DOORS names what is no route and no command"


def test_every_role_of_actors_is_a_standing_and_the_police_are_none() -> None:
    assert {role.value for role in Role} <= {standing.value for standing in Standing}
    assert {standing.value for standing in Standing} == {
        "helpline", "project", "administrator", "clock", "auditor", "evaluator", "referrer", "simulator",
    }  # fmt: skip
    assert all(Standing.SIMULATOR not in rights for table in (REPORTS, OUTCOMES, VIEWS) for rights in table.values())


@pytest.mark.parametrize("standing", [Standing.EVALUATOR, Standing.REFERRER])
def test_an_evaluator_and_a_referrer_see_no_case_and_no_unit(standing: Standing) -> None:
    assert not any(shown(standing, name) for name in OUTCOMES)
    assert {scope_of(standing, view) for view in View} <= {None, Scope.INDICATORS, Scope.RECEIVED}


def test_a_project_has_nothing_whole() -> None:
    """What a project may is always about its own."""
    rights = [given[Standing.PROJECT] for table in (REPORTS, OUTCOMES, VIEWS) for given in table.values() if Standing.PROJECT in given]
    assert not {Scope.EVERYTHING, Scope.COORDINATION, Scope.SEALED} & set(rights)


def test_exact_capacity_and_bands() -> None:
    assert {standing for standing in Standing if scope_of(standing, View.CAPACITY)} == {Standing.HELPLINE, Standing.PROJECT, Standing.SIMULATOR}
    assert scope_of(Standing.ADMINISTRATOR, View.BANDS) is Scope.BANDS


@pytest.mark.parametrize("seed", range(HISTORIES))
def test_the_core_keeps_to_the_table(seed: int) -> None:
    """Whatever was recorded is refused to every role without a right to it, and to bodies whom it does not concern."""
    history = History(random.Random(seed))
    history.project("elsewhere", ("AO",))
    asked = 0
    for _ in range(60):
        before, known = history.state, len(history.entries)
        history.step()
        entry = history.entries[-1]
        event = entry.opened.event
        if len(history.entries) == known or isinstance(event, Unread | Locked) or not any(isinstance(one, Recorded) for one in entry.outcomes):
            continue
        asked += 1
        name = type(event).__name__
        for actor in (HELPLINE, ADMINISTRATOR, CLOCK, OUTSIDER, OF_NOBODY):
            refusal = _refusal(before, _said_by(event, actor), history.now)
            if not may_report(actor.role, name):
                assert refusal is not None and refusal.code is RefusalCode.ROLE_NOT_ALLOWED, f"{name} said by {actor.role}"
            elif actor is OF_NOBODY or (actor is OUTSIDER and REPORTS[name][Standing.PROJECT] is not Scope.ANY_PROJECT):
                assert refusal is not None, f"{name} recorded for {actor.body}, whom it does not concern"
    assert asked > 10


def _said_by(event: Event, actor: Actor) -> OpenedEvent:
    return OpenedEvent(replace(event, actor=actor, event_id=event.event_id[:-4] + "ffff"), uuid(f"{event!r}{actor}").encode()[:16], 400)


def _refusal(state: object, opened: OpenedEvent, at_ms: int) -> Refused | None:
    outcomes = decide(state, opened, at_ms, state.policy)  # type: ignore[arg-type, attr-defined]
    return next((outcome for outcome in outcomes if isinstance(outcome, Refused)), None)
