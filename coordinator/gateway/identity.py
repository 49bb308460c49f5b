"""Whose request it is: the bearer token's grant, and what may be done with it in a network."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from coordinator.access import Grant
from coordinator.domain.who_may import Scope, View, scope_of
from coordinator.gateway import metrics
from coordinator.gateway.problems import Code, Problem
from coordinator.gateway.rooms import Rooms
from coordinator.rooms import NetworkRoom
from events.fact import Actor


def rooms_of(request: Request) -> Rooms:
    """What the app was built with."""
    rooms = request.app.state.rooms
    assert isinstance(rooms, Rooms)
    return rooms


def token_of(request: Request) -> str:
    """The bearer token as it was sent. Raises Problem where there is none."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Problem(Code.TOKEN_MISSING)
    return token.strip()


def grant_of(request: Request, rooms: Annotated[Rooms, Depends(rooms_of)]) -> Grant:
    """The grant of the request's token. Raises Problem where there is none, or it is not in force."""
    grant = rooms.tokens().grant_of(token_of(request))
    if grant is None:
        raise Problem(Code.TOKEN_UNKNOWN)
    return grant


def room_of(network: str, rooms: Annotated[Rooms, Depends(rooms_of)], grant: Annotated[Grant, Depends(grant_of)]) -> NetworkRoom:
    """The network in the address. Raises Problem where it is not served here, or the token is for others."""
    room = rooms.networks.get(network)
    if room is None:
        raise Problem(Code.UNKNOWN_NETWORK)
    if network not in grant.networks:
        raise Problem(Code.NOT_ALLOWED)
    return room


def require(grant: Grant, view: View) -> Scope:
    """How far the grant's holder may see the view. Raises Problem where `coordinator.domain.who_may` gives its standing no right."""
    scope = scope_of(grant.standing, view)
    if scope is None:
        raise Problem(Code.NOT_ALLOWED)
    return scope


def require_inbox(grant: Grant, project_id: str | None) -> None:
    """Raises Problem unless the inbox (None: the helpline's) is the holder's own, or the helpline asks."""
    if require(grant, View.INBOX) is Scope.OWN_PROJECT and (project_id is None or project_id != grant.project_id):
        raise Problem(Code.NOT_ALLOWED)


def require_own_words(room: NetworkRoom, grant: Grant, actor: Actor, line: int = 1) -> None:
    """Raises Problem unless the grant's holder may report an event of this actor. `line`: where in the request it stands."""
    differs = grant.may_say(actor)
    if differs is not None:
        metrics.refused_at_door.labels(room.name, str(Code.ACTOR_DIFFERS)).inc()
        raise Problem(Code.ACTOR_DIFFERS, more={"line": line, "field": differs})


TheGrant = Annotated[Grant, Depends(grant_of)]
TheRoom = Annotated[NetworkRoom, Depends(room_of)]
TheRooms = Annotated[Rooms, Depends(rooms_of)]
