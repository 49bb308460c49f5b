"""The reference pages that follow from the code: settings, problems of the gateway, refusal codes. `python -m coordinator.reference` writes them."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path

from coordinator import settings as settings_module
from coordinator.domain.who_may import DOORS, OUTCOMES, REPORTS, VIEWS, Rights, Scope, Standing, View
from coordinator.gateway.problems import CATALOGUE
from coordinator.settings import Settings, variable_of
from events.sentences import refusal_sentence
from events.vocabulary import RefusalCode
from events.words import WORDS

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
    lines = [
        "# Problems of the gateway\n",
        WRITTEN
        + "Problem details (RFC 9457); `type` is `/problems/CODE`, and explains itself there. `title` and `detail` are in Italian\nwhere `Accept-Language` prefers it.\n",
    ]
    lines += ["| code | status | title | what to do |", "|---|---|---|---|"]
    lines += [f"| `{code}` | {int(kind.status)} | {kind.title} | {kind.what_to_do} |" for code, kind in CATALOGUE.items()]
    return "\n".join(lines) + "\n"


def refusals_page() -> str:
    """Every refusal code with its sentences."""
    lines = ["# Refusal codes\n", WRITTEN + "A refusal is an accepted entry: the event changed nothing, and the ledger says why.\n"]
    lines += ["| code | English | Italian |", "|---|---|---|"]
    lines += [f"| `{code}` | {refusal_sentence(code)} | {refusal_sentence(code, 'it')} |" for code in RefusalCode]
    return "\n".join(lines) + "\n"


def words_page() -> str:
    """Every code of the vocabularies with the word that people read."""
    lines = [
        "# Words\n",
        WRITTEN
        + "What people read instead of a code. Events take the codes, and programs (`--json`, HTTP) read them. Refusals have [sentences](refusals.md).\n",
    ]
    for kind, told in WORDS.items():
        lines += [f"## {kind.__name__}\n", "| code | English | Italian |", "|---|---|---|"]
        lines += [*(f"| `{code}` | {english} | {italian} |" for code, (english, italian) in told.items()), ""]
    return "\n".join(lines)


ROLES = tuple(standing for standing in Standing if standing is not Standing.SIMULATOR)


def access_page() -> str:
    """Who may report and see what: the table of `coordinator.domain.who_may`."""
    lines = [
        "# Who may do and see what\n",
        WRITTEN
        + "An empty cell: not at all. Police and immigration authorities have no role. A development installation has one more, `simulator`,\n"
        "which plays every actor and is refused anywhere else.\n",
    ]
    lines += ["## Scopes\n", "| scope | meaning |", "|---|---|"]
    lines += [f"| {scope} | {SCOPE_MEANS[scope]} |" for scope in Scope]
    lines += ["\n## Events: who may report them\n", *_rights_table("event", REPORTS)]
    lines += ["\n## Views: who may ask for them\n", *_rights_table("view", {str(view): VIEWS[view] for view in View})]
    lines += [
        f"\n`{View.SERVICE}` asks for no token and tells nothing about anybody. `{View.MACHINE}` is for whoever has the machine and its secrets.\n"
    ]
    lines += ["## Outcomes: to whom they are shown in an entry\n", *_rights_table("outcome", OUTCOMES)]
    lines += ["\n## Doors\n", "| route or command | view |", "|---|---|"]
    lines += [f"| `{door}` | {view} |" for door, view in DOORS.items()]
    return "\n".join(lines) + "\n"


SCOPE_MEANS = {
    Scope.OPENED: "What one has opened oneself with a reason (`GlassBroken`): confirmed by another body, or reviewed after; for a limited time.",
    Scope.EVERYTHING: "No limit within the network.",
    Scope.OWN_PROJECT: "The project whose body one speaks for, and the units that it runs.",
    Scope.ANY_PROJECT: "Whoever belongs to a project, about anything.",
    Scope.OWN_CASES: "Cases that one's project is responsible for. In an entry: what names the project, and what its own report brought about.",
    Scope.INVOLVED_CASES: "Own cases, and cases whose proposal one's project has accepted.",
    Scope.ASKED: "Proposals and referrals made to one's project, and its answers to them: told to no other project.",
    Scope.OWN_REPORT: "What oneself, or another of the same body in the same role, reported.",
    Scope.COORDINATION: "The coordination of all cases; identity and free text by break-glass alone.",
    Scope.BANDS: "Capacity by macro-area: none, few, some; batched and delayed.",
    Scope.SEALED: "The whole ledger as far as it is clear.",
    Scope.INDICATORS: "Indicators, nothing of a case or a unit.",
    Scope.RECEIVED: "That it was received, no more.",
}


def _rights_table(what: str, rows: Mapping[str, Rights]) -> list[str]:
    head = [f"| {what} | " + " | ".join(ROLES) + " |", "|---" * (len(ROLES) + 1) + "|"]
    return head + [f"| `{name}` | " + " | ".join(str(rights.get(standing, "")) for standing in ROLES) + " |" for name, rights in rows.items()]


def pages() -> dict[Path, str]:
    """Text of each page by its path."""
    return {
        PAGES / "access.md": access_page(),
        PAGES / "settings.md": settings_page(),
        PAGES / "problems.md": problems_page(),
        PAGES / "refusals.md": refusals_page(),
        PAGES / "words.md": words_page(),
    }


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
