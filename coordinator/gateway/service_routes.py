"""For those who run the gateway: alive, ready, metrics. No token, and nothing in them about anybody."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from coordinator.gateway import metrics
from coordinator.gateway.counting import counts
from coordinator.gateway.identity import TheRooms
from coordinator.gateway.rooms import Rooms
from reading.key_errors import KeyStoreBehind

router = APIRouter(tags=["service"])


@router.get("/healthz", summary="The process answers", response_class=PlainTextResponse)
async def healthz() -> str:
    """Always `ok`."""
    return "ok\n"


@router.get("/readyz", summary="Events are taken and answered")
async def readyz(rooms: TheRooms) -> JSONResponse:
    """200 where every network's ledger is followed and its decisions are not behind, else 503; says which and why."""
    networks = {name: network_health(rooms, name) for name in rooms.networks}
    ready = all(health["ready"] for health in networks.values())
    return JSONResponse({"ready": ready, "networks": networks}, 200 if ready else 503)


@router.get("/metrics", summary="Metrics for Prometheus", response_class=PlainTextResponse)
async def read_metrics(rooms: TheRooms) -> Response:
    """In the Prometheus text format."""
    for name, room in rooms.networks.items():
        tail = room.intake.tail
        metrics.settled_lag.labels(name).set(tail.lag_ms() / 1000)
        if tail.position is not None:
            metrics.settled_sequence.labels(name).set(tail.position.sequence)
    await asyncio.gather(*(counts.count(room) for room in rooms.networks.values()))
    return Response(generate_latest(metrics.registry), media_type=CONTENT_TYPE_LATEST)


def network_health(rooms: Rooms, name: str) -> dict[str, object]:
    """Whether a network's events are taken, and how far its ledger was read. A key store that was restored beneath this process serves nobody here any more."""
    tail, keys = rooms.networks[name].intake.tail, rooms.networks[name].keystore
    position = tail.position
    lag_ms = tail.lag_ms()
    return {
        "ready": keys.serving and tail.failure is None and tail.has_caught_up and lag_ms <= rooms.max_lag_ms,
        "sequence": None if position is None else position.sequence,
        "lag_ms": lag_ms,
        "stopped_by": type(tail.failure).__name__ if tail.failure is not None else None if keys.serving else KeyStoreBehind.__name__,
    }
