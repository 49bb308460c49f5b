"""Labels of a scenario and the ids they stand for. A label is a name in the scenario alone: no event carries it."""

from __future__ import annotations

import hashlib
from dataclasses import fields, is_dataclass

from coordinator.scenario.errors import Unfit
from coordinator.scenario.words import nearest
from events.facts import Fact
from events.network import ProjectAmended, ProjectRegistered

BORN = frozenset({("TransferRequested", "transfer_id"), ("ContactLogged", "contact_id")})
"""(event, field): ids that whoever reports chooses anew."""


def derived(kind: str, label: str) -> str:
    """A canonical UUID (version 4) for a label; the same at every play."""
    digest = hashlib.sha256(f"scenario:{kind}:{label}".encode()).hexdigest()
    return f"{digest[:8]}-{digest[8:12]}-4{digest[13:16]}-8{digest[17:20]}-{digest[20:32]}"


class Names:
    """Every label known so far, and the newest id of each kind by case."""

    def __init__(self, strangers: frozenset[str]) -> None:
        self.strangers = strangers
        self.lead_bodies: dict[str, str] = {}
        """By project: who speaks for it unless another body is named."""
        self._ids: dict[tuple[str, str], str] = {}
        self._labels: dict[str, str] = {}
        self._newest: dict[tuple[str, str | None], str] = {}
        self._born: dict[tuple[str, str], int] = {}
        self._slugs: dict[str, set[str]] = {"unit": set(), "project": set(), "body": set()}

    def give(self, kind: str, label: str, identifier: str | None = None) -> str:
        """From now on the label stands for an id (a derived one where none is given)."""
        found = identifier or derived(kind, label)
        self._ids[kind, label] = found
        self._labels.setdefault(found, label)
        return found

    def identifier(self, kind: str, label: str) -> str:
        """What a label stands for. Raises Unfit for one that was never given and is no stranger."""
        found = self._ids.get((kind, label))
        if found is not None:
            return found
        if label in self.strangers:
            return self.give(kind, label)
        raise Unfit(f'there is no {kind} called "{label}"; {nearest(label, self.known(kind))} (a name meant to be unknown stands in `strangers`)')

    def knows(self, kind: str, label: str) -> bool:
        """Whether the label was given."""
        return (kind, label) in self._ids

    def known(self, kind: str) -> list[str]:
        """Labels of a kind."""
        return sorted(label for each, label in self._ids if each == kind)

    def label(self, identifier: str) -> str | None:
        """The label of an id; None: it has none."""
        return self._labels.get(identifier)

    def next_of(self, kind: str, case: str) -> str:
        """The label of the next thing born in a case: `Anna 1`, `Anna 2`. What was refused was never born."""
        return f"{case} {self._born.get((kind, case), 0) + 1}"

    def newest(self, field: str, case_id: str | None) -> str | None:
        """The id that the last fact of a case (or of any, where `case_id` is None) had in a field."""
        return self._newest.get((field, case_id))

    def slug(self, kind: str, name: str) -> str:
        """A unit, project or body of the network, or a stranger. Raises Unfit."""
        if name in self._slugs[kind] or name in self.strangers:
            return name
        raise Unfit(f'the network has no {kind} "{name}"; {nearest(name, self._slugs[kind])} (a name meant to be unknown stands in `strangers`)')

    def slugs(self, kind: str) -> set[str]:
        """Units, projects or bodies so far."""
        return self._slugs[kind]

    def learn(self, fact: Fact) -> None:
        """Takes ids and short names from a fact that took effect."""
        if not is_dataclass(fact):
            return
        if isinstance(fact, ProjectRegistered | ProjectAmended):
            self.lead_bodies[fact.project_id] = fact.lead_body
        case_id = getattr(fact, "case_id", None)
        for event, field_born in BORN:
            if type(fact).__name__ == event:
                born = (field_born.removesuffix("_id"), self.label(case_id or "") or "case")
                self._born[born] = self._born.get(born, 0) + 1
        for field in fields(fact):
            value = getattr(fact, field.name)
            if field.name in ("unit_id", "project_id") and isinstance(value, str):
                self._slugs[field.name.removesuffix("_id")].add(value)
            elif field.name == "bodies":
                self._slugs["body"].update(value)
            elif field.name.endswith("_id") and field.name not in ("event_id", "case_id") and isinstance(value, str):
                self._newest[field.name, case_id] = value
                self._newest[field.name, None] = value
