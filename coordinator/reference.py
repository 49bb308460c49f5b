"""The reference pages that follow from the code: settings, problems of the gateway, refusal codes. `python -m coordinator.reference` writes them."""

from __future__ import annotations

import ast
import inspect
from itertools import pairwise
from pathlib import Path

from coordinator import settings as settings_module
from coordinator.gateway.problems import CATALOGUE
from coordinator.settings import Settings, variable_of
from events.sentences import refusal_sentence
from events.vocabulary import RefusalCode

PAGES = Path(__file__).parent.parent / "docs" / "reference"
WRITTEN = "<!-- Written by `python -m coordinator.reference`; a test compares. -->\n\n"


def settings_page() -> str:
    """Every setting with its meaning and default."""
    meanings = _meanings()
    lines = ["# Settings\n", WRITTEN + "Environment variables. What is unknown under `STAFFETTA_`, or does not fit, is an error with what to do.\n"]
    lines += ["| variable | default | meaning |", "|---|---|---|"]
    for name, field in Settings.model_fields.items():
        default = "it:0" if name == "networks" else field.default
        lines.append(f"| `{variable_of(name)}` | {'' if default is None else f'`{default}`'} | {meanings[name]} |")
    return "\n".join(lines) + "\n"


def problems_page() -> str:
    """Every problem of the gateway."""
    lines = ["# Problems of the gateway\n", WRITTEN + "Problem details (RFC 9457); `type` is `/problems/CODE`, and explains itself there.\n"]
    lines += ["| code | status | title | what to do |", "|---|---|---|---|"]
    lines += [f"| `{code}` | {int(kind.status)} | {kind.title} | {kind.what_to_do} |" for code, kind in CATALOGUE.items()]
    return "\n".join(lines) + "\n"


def refusals_page() -> str:
    """Every refusal code with its sentences."""
    lines = ["# Refusal codes\n", WRITTEN + "A refusal is an accepted entry: the event changed nothing, and the ledger says why.\n"]
    lines += ["| code | English | Italian |", "|---|---|---|"]
    lines += [f"| `{code}` | {refusal_sentence(code)} | {refusal_sentence(code, 'it')} |" for code in RefusalCode]
    return "\n".join(lines) + "\n"


def pages() -> dict[Path, str]:
    """Text of each page by its path."""
    return {PAGES / "settings.md": settings_page(), PAGES / "problems.md": problems_page(), PAGES / "refusals.md": refusals_page()}


def _meanings() -> dict[str, str]:
    """The sentence under each field of `Settings`, from its source. Raises KeyError later where one has none: an undocumented setting."""
    tree = ast.parse(inspect.getsource(settings_module))
    body = next(node.body for node in tree.body if isinstance(node, ast.ClassDef) and node.name == Settings.__name__)
    found = {}
    for field, text in pairwise(body):
        if (
            isinstance(field, ast.AnnAssign)
            and isinstance(field.target, ast.Name)
            and isinstance(text, ast.Expr)
            and isinstance(text.value, ast.Constant)
        ):
            found[field.target.id] = " ".join(str(text.value.value).split())
    return found


def main() -> None:
    """Writes the pages."""
    PAGES.mkdir(parents=True, exist_ok=True)
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
