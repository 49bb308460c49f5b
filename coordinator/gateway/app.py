"""The gateway's FastAPI application, made from rooms that `coordinator.wiring` has opened."""

from __future__ import annotations

from fastapi import FastAPI

from coordinator.gateway import description, events_routes, policy_routes, problems, service_routes, views_routes
from coordinator.gateway.previews import Previews
from coordinator.gateway.rooms import Rooms
from coordinator.gateway.watching import Watching

DESCRIPTION = """
Report events, read what the network decided about them, and read the views.

An event is answered with its accepted entry, read back from the ledger. Its verdict may be a refusal: that is an answer, not an error. Errors are
problem details (RFC 9457), in Italian where `Accept-Language` prefers it; each `type` explains itself at its address. Send the same event again, with the same id, whenever an outcome is unknown.
"""


def create_app(rooms: Rooms) -> FastAPI:
    """The application. The rooms are open already, and are closed by whoever opened them."""
    app = FastAPI(title="Staffetta", version="1", description=DESCRIPTION, docs_url=None, redoc_url=None)
    app.state.rooms = rooms
    app.state.previews = Previews()
    problems.install(app)
    app.include_router(events_routes.router)
    app.include_router(views_routes.router)
    app.include_router(policy_routes.router)
    app.include_router(service_routes.router)
    app.include_router(description.router)
    app.add_middleware(Watching)
    return app
