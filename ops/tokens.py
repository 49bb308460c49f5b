"""Tokens for every actor of the configured networks, in the data directory, once: for installations that try the system out.

python -m ops.tokens        writes `local-tokens.json` (the tokens) and `tokens.json` (their digests) where they are missing
"""

from __future__ import annotations

import sys

from coordinator.local import issue_tokens
from coordinator.settings import load_settings


def main() -> None:
    """Issue them, unless they were issued before."""
    issued = issue_tokens(load_settings())
    if issued is not None:
        print(f"tokens: {issued}", file=sys.stderr)


if __name__ == "__main__":
    main()
