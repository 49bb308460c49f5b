"""`python -m tests.planted`: a table for people, and as its last line one JSON object: `planted`, `caught`. Exit status 0 only if all were caught."""

from __future__ import annotations

import asyncio
import itertools
import json
import logging
import sys

from ops.services.postgres import PostgresServer
from ops.services.throwaway import throwaway_directory
from tests.planted.check import Stage
from tests.planted.summary import Planted, planted_summary


def main() -> int:
    """Plants every bug, with a PostgreSQL server of its own; the exit status."""
    logging.disable(logging.ERROR)
    numbers = itertools.count()
    with throwaway_directory() as directory, PostgresServer(directory / "postgres", durable=False) as postgres:
        stage = Stage(directory, lambda: postgres.create_database(f"planted_{next(numbers)}"))
        sums = asyncio.run(planted_summary(stage, _say))
    print(json.dumps(sums))
    return 0 if sums["planted"] == sums["caught"] else 1


def _say(done: Planted) -> None:
    by = ", ".join(check.name for check, _ in done.bug.caught_by)
    print(
        f"{'caught' if not done.missed else 'MISSED'}  {done.bug.area:<16} {done.bug.name}\n        {'by ' + by if not done.missed else '; '.join(done.missed)}"
    )
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
