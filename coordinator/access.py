"""Who may say and see what: a bearer token stands for a person of a body in one standing, in named networks.

Only digests of tokens are stored. What a standing may say and see is in `coordinator.domain.who_may`.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from coordinator.domain.who_may import Standing
from coordinator.private_file import write_private
from events.fact import Actor
from events.vocabulary import Role

__all__ = ["MACHINE_BODY", "Grant", "Standing", "Tokens", "TokensInvalid", "digest_of", "new_token", "read_tokens", "write_tokens"]

MACHINE_BODY = "at-the-machine"
"""Stands as the body of whoever uses the command line on the operator's machine."""

_REPORTING = frozenset(Standing(role.value) for role in Role)


@dataclass(frozen=True, slots=True)
class Grant:
    """What one token gives."""

    person: str | None
    """The staff member; None: any member of the body (the body's own system names them)."""
    body: str
    standing: Standing
    project_id: str | None
    """The project whose units and inbox it sees; None for every standing but `project`."""
    networks: tuple[str, ...]
    """Networks in which it holds."""

    def may_say(self, actor: Actor) -> str | None:
        """None where an event of this actor may come with this token; else the name of the field that differs."""
        if self.standing is Standing.SIMULATOR:
            return None
        if self.standing not in _REPORTING or actor.role is not Role(self.standing.value):
            return "actor.role"
        if actor.body != self.body:
            return "actor.body"
        if self.person is not None and actor.person != self.person:
            return "actor.person"
        return None


class TokensInvalid(Exception):
    """The file of tokens cannot be used; the message says which entry and why, never a token."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens that are in force, by SHA-256 digest (hex)."""

    grants: dict[str, Grant]

    def grant_of(self, token: str) -> Grant | None:
        """The grant of a presented token, or None. Looked up by digest, so that the time taken tells nothing about a token."""
        return self.grants.get(digest_of(token))


def digest_of(token: str) -> str:
    """SHA-256 of a token, hex. Tokens are 256 random bits, so a plain digest cannot be searched."""
    return hashlib.sha256(token.encode()).hexdigest()


def new_token() -> str:
    """256 random bits as URL-safe text."""
    return secrets.token_urlsafe(32)


def read_tokens(path: Path, *, development: bool) -> Tokens:
    """The tokens in a file. Raises TokensInvalid; a missing file is no tokens, so that a gateway starts closed.

    Tokens of simulators are not in force unless in `development`.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return Tokens({})
    grants: dict[str, Grant] = {}
    try:
        entries = json.loads(text)["tokens"]
        for number, entry in enumerate(entries, start=1):
            try:
                grant = Grant(entry["person"], str(entry["body"]), Standing(entry["standing"]), entry["project_id"], tuple(entry["networks"]))
                if development or grant.standing is not Standing.SIMULATOR:
                    grants[str(entry["sha256"])] = grant
            except (KeyError, TypeError, ValueError) as problem:
                raise TokensInvalid(f"{path.name}: entry {number} is not a grant ({type(problem).__name__})") from None
    except (json.JSONDecodeError, KeyError, TypeError):
        raise TokensInvalid(f'{path.name}: expected {{"tokens": [...]}}') from None
    return Tokens(grants)


def write_tokens(path: Path, issued: Iterable[tuple[str, Grant]]) -> None:
    """Stores the digests of tokens with their grants, readable by the owner alone. Replaces the file at once, never half."""
    entries = [{"sha256": digest_of(token), **asdict(grant)} for token, grant in issued]
    write_private(path, json.dumps({"tokens": entries}, indent=1) + "\n")
