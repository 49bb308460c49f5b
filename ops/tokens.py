"""Tokens for every actor of the configured networks, in the data directory, once: for installations that try the system out.

python -m ops.tokens        writes `local-tokens.json` (the tokens) and `tokens.json` (their digests) where they are missing
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict

from coordinator.access import new_token, write_private, write_tokens
from coordinator.local import LOCAL_TOKENS, load_or_empty, local_grants
from coordinator.settings import load_settings


def main() -> None:
    """Issue them, unless they were issued before."""
    settings = load_settings()
    plain = settings.data / LOCAL_TOKENS
    if plain.exists() and settings.tokens_path.exists():
        return
    issued = [(new_token(), grant) for grant in local_grants([load_or_empty(place.name) for place in settings.networks], settings)]
    write_private(plain, json.dumps({"tokens": [{"token": token, **asdict(grant)} for token, grant in issued]}, indent=1) + "\n")
    write_tokens(settings.tokens_path, issued)
    print(f"tokens: {plain}", file=sys.stderr)


if __name__ == "__main__":
    main()
