"""`/docs`: what the gateway offers, as one page from its OpenAPI description. No script and nothing from elsewhere: whoever reads it tells nobody."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from coordinator.gateway.problems import CATALOGUE

router = APIRouter(include_in_schema=False)
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #1b1b1b; background: #fff }
h2 { margin-top: 2.5rem } h3 { margin: 1.8rem 0 .3rem; font-size: 1.05rem }
code { background: #f1f1f1; padding: .1rem .3rem; overflow-wrap: anywhere } .method { font-weight: 700; text-transform: uppercase }
table { border-collapse: collapse; width: 100%; margin: .5rem 0 } th, td { text-align: left; vertical-align: top; padding: .25rem .75rem .25rem 0; border-top: 1px solid #ddd }
@media (prefers-color-scheme: dark) { body { color: #eee; background: #16181b } code { background: #2a2d31 } th, td { border-color: #444 } a { color: #9cc7ff } }
"""


@router.get("/docs")
async def docs(request: Request) -> HTMLResponse:
    """The page."""
    return HTMLResponse(page(request.app.openapi()), headers=_HEADERS)


@router.get("/")
async def front() -> RedirectResponse:
    """Whoever comes without an address is shown what there is."""
    return RedirectResponse("/docs")


def page(described: Mapping[str, Any]) -> str:
    """An OpenAPI description for people: what it is for, each address with its parameters and answers, and every problem."""
    info = described["info"]
    parts = [
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">',
        f"<title>{escape(info['title'])}: the gateway</title><style>{_STYLE}</style></head><body>",
        f"<h1>{escape(info['title'])}: the gateway</h1>{_prose(info['description'])}",
        '<p>Send <code>Authorization: Bearer TOKEN</code> with every request under <code>/v1</code>. The same description for programs: <a href="/openapi.json">openapi.json</a>.</p>',
        "<h2>Addresses</h2>",
    ]
    for address, methods in described["paths"].items():
        for method, operation in methods.items():
            parts += _operation(method, address, operation)
    parts += ["<h2>Problems</h2><table><tr><th>type</th><th>status</th><th>title</th><th>what to do</th></tr>"]
    parts += [
        f'<tr><td><a href="/problems/{code}"><code>{code}</code></a></td><td>{int(kind.status)}</td><td>{escape(kind.title)}</td><td>{_code(kind.what_to_do)}</td></tr>'
        for code, kind in CATALOGUE.items()
    ]
    return "".join([*parts, "</table></body></html>\n"])


def _operation(method: str, address: str, operation: Mapping[str, Any]) -> Iterator[str]:
    yield f'<h3><span class="method">{escape(method)}</span> <code>{escape(address)}</code></h3><p><b>{escape(operation.get("summary", ""))}.</b></p>'
    yield _prose(operation.get("description", ""))
    parameters = operation.get("parameters", [])
    if parameters:
        yield "<table><tr><th>parameter</th><th>in</th><th>what it says</th></tr>"
        for parameter in parameters:
            needed = "" if parameter.get("required") else " (may be left out)"
            said = parameter.get("description") or parameter.get("schema", {}).get("description", "")
            yield f"<tr><td><code>{escape(parameter['name'])}</code></td><td>{escape(parameter['in'])}{needed}</td><td>{_code(said)}</td></tr>"
        yield "</table>"


def _prose(text: str) -> str:
    """Paragraphs."""
    return "".join(f"<p>{_code(paragraph)}</p>" for paragraph in text.strip().split("\n\n") if paragraph)


def _code(text: str) -> str:
    """Text as HTML; what stands between backticks is code."""
    parts = escape(text).split("`")
    return "".join(f"<code>{part}</code>" if number % 2 else part for number, part in enumerate(parts))
