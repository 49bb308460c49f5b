"""The gateway describes itself without a script and without anybody else's server."""

from __future__ import annotations

from typing import cast

import httpx
import pytest

from coordinator.gateway.app import create_app
from coordinator.gateway.description import page
from coordinator.gateway.language import language_of
from coordinator.gateway.problems import CATALOGUE, Code, words_of
from coordinator.gateway.problems_in_italian import IN_ITALIAN
from coordinator.gateway.rooms import Rooms
from events.language import Language


async def asked(address: str, **headers: str) -> httpx.Response:
    app = create_app(cast("Rooms", None))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://gateway") as client:
        return await client.get(address, headers=headers)


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


@pytest.mark.parametrize(("header", "language"), [
    (None, "en"), ("", "en"), ("it", "it"), ("it-IT,it;q=0.9,en;q=0.8", "it"), ("en,it", "en"), ("en;q=0.2, IT;q=0.3", "it"), ("fr, it;q=0", "en"),
    ("*", "en"), ("it;q=2", "en"), ("it;q=x", "en"), (";;;,,=", "en"), ("x" * 5_000 + ",it", "en"), ("fr,it;q=0.1", "it"), ("it;q=nan", "en"),
])  # fmt: skip
def test_the_language_wanted_most_is_told(header: str | None, language: str) -> None:
    assert language_of(header) == language


def test_every_problem_is_told_in_both_languages() -> None:
    assert IN_ITALIAN.keys() == set(Code) == CATALOGUE.keys()
    for code in Code:
        english, italian = (words_of(code, language) for language in Language)
        assert all(english) and all(italian) and english[0] != italian[0] and english[1] != italian[1], code


async def test_a_problem_is_told_in_the_language_asked_for() -> None:
    english, italian = await asked("/nowhere"), await asked("/nowhere", **{"Accept-Language": "it-IT"})
    assert (english.json()["title"], italian.json()["title"]) == ("Nothing here", "Qui non c'è nulla")
    assert (english.headers["content-language"], italian.headers["content-language"]) == ("en", "it")
    assert italian.headers["vary"] == "Accept-Language" and italian.json()["detail"].startswith("Controllare l'indirizzo")
    explained = await asked("/problems/busy", **{"Accept-Language": "it"})
    assert explained.json()["title"] == "Non adesso" and explained.json()["status"] == 503
    failed = await asked("/v1/it/policy", **{"Accept-Language": "it"})
    assert failed.json()["title"] == "Errore del gateway", "what nobody caught, too"
