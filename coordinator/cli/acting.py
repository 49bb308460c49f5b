"""Whom somebody at the machine acts as: `--as ROLE`. The machine has the keys, so what is shown is cut to the role that was chosen, and recorded."""

from __future__ import annotations

import getpass
from typing import Annotated

import typer

from coordinator.access import MACHINE_BODY, Grant, Standing
from coordinator.cli.not_done import Cannot, NotDone
from coordinator.domain.who_may import Scope, View, scope_of
from events.ids import is_slug

AsOption = Annotated[
    str,
    typer.Option(
        "--as",
        metavar="ROLE",
        help="The role to act in: `helpline`, `auditor`, `administrator`, `evaluator`, or `project:ID`. What you see is cut to it, and recorded.",
    ),
]

_CHOSEN = frozenset({Standing.HELPLINE, Standing.AUDITOR, Standing.ADMINISTRATOR, Standing.EVALUATOR})


def acting_as(role: str, network: str) -> Grant:
    """The grant of the chosen role. Raises NotDone where it is none."""
    name, _, project = role.partition(":")
    if name == Standing.PROJECT and is_slug(project):
        return Grant(_user(), MACHINE_BODY, Standing.PROJECT, project, (network,))
    if role in _CHOSEN:
        return Grant(_user(), MACHINE_BODY, Standing(role), None, (network,))
    raise NotDone(Cannot.UNKNOWN_ROLE, role=role, known=", ".join(sorted(_CHOSEN)))


def allowed(grant: Grant, view: View) -> Scope:
    """How far the role sees the view. Raises NotDone where it has no right to it."""
    scope = scope_of(grant.standing, view)
    if scope is None:
        raise NotDone(Cannot.NOT_FOR_ROLE, role=grant.standing)
    return scope


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"
