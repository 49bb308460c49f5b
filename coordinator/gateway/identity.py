"""Whose request it is: the bearer token's grant, and what may be done with it in a network."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from coordinator.access import Grant, Standing
from coordinator.gateway.problems import Code, Problem
from coordinator.gateway.rooms import Rooms
from coordinator.rooms import NetworkRoom


def rooms_of(request: Request) -> Rooms:
    """What the app was built with."""
    rooms = request.app.state.rooms
    assert isinstance(rooms, Rooms)
    return rooms


def grant_of(request: Request, rooms: Annotated[Rooms, Depends(rooms_of)]) -> Grant:
    """The grant of the request's token. Raises Problem where there is none, or it is not in force."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Problem(Code.TOKEN_MISSING)
    grant = rooms.tokens().grant_of(token.strip())
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


def require(grant: Grant, *standings: Standing) -> None:
    """Raises Problem where the grant's standing is none of these; a simulator's is all of them."""
    if grant.standing not in (*standings, Standing.SIMULATOR):
        raise Problem(Code.NOT_ALLOWED)


def require_project(grant: Grant, project_id: str) -> None:
    """Raises Problem unless the helpline asks, or the project itself."""
    if grant.standing in (Standing.HELPLINE, Standing.SIMULATOR):
        return
    require(grant, Standing.PROJECT)
    if grant.project_id != project_id:
        raise Problem(Code.NOT_ALLOWED)


TheGrant = Annotated[Grant, Depends(grant_of)]
TheRoom = Annotated[NetworkRoom, Depends(room_of)]
TheRooms = Annotated[Rooms, Depends(rooms_of)]
