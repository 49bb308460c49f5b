"""The gateway describes itself without a script and without anybody else's server."""

from __future__ import annotations

from typing import cast

import httpx

from coordinator.gateway.app import create_app
from coordinator.gateway.description import page
from coordinator.gateway.problems import CATALOGUE
from coordinator.gateway.rooms import Rooms


async def asked(address: str) -> httpx.Response:
    app = create_app(cast("Rooms", None))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://gateway") as client:
        return await client.get(address)


async def test_every_address_and_every_problem_is_on_the_page() -> None:
    described = create_app(cast("Rooms", None)).openapi()
    text = (await asked("/docs")).text
    assert all(f"<code>{address}</code>" in text for address in described["paths"])
    assert all(f">{code}<" in text for code in CATALOGUE)
    assert "/docs" not in described["paths"]


async def test_nothing_comes_from_elsewhere() -> None:
    answer = await asked("/docs")
    assert "<script" not in answer.text and "http://" not in answer.text and "https://" not in answer.text
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")


async def test_the_front_door_leads_to_it() -> None:
    answer = await asked("/")
    assert (answer.status_code, answer.headers["location"]) == (307, "/docs")


def test_what_is_described_is_escaped() -> None:
    operation = {"summary": "<b>", "description": "`a<b`", "parameters": [{"name": "<x>", "in": "query", "description": "&"}]}
    text = page({"info": {"title": "<T>", "description": "One.\n\nTwo."}, "paths": {"/<y>": {"get": operation}}})
    assert "<T>" not in text and "<x>" not in text and "<y>" not in text and "&lt;b&gt;" in text
    assert "<code>a&lt;b</code>" in text and "<p>One.</p><p>Two.</p>" in text
