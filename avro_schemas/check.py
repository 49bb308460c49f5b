"""Checks the contracts: `python -m avro_schemas.check`. With `--release`, enters what is new into `released.json` and writes golden bytes for it.

Exit status 0 where every rule of README.md holds; 1 where one is broken, with a line for each place.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from avro_schemas import rules
from avro_schemas.dataclasses_agree import dataclasses_agree
from avro_schemas.files import HERE, Released, current_symbols, digest_of, path_of, read_files, read_released, write_released
from avro_schemas.golden import envelope_kept, golden_kept, write_envelope, write_golden


def problems(directory: Path, *, releasing: bool = False) -> list[str]:
    """A sentence for each broken rule, in the order of the rules; empty where all hold. `releasing`: what is new need not be released yet."""
    files, released = read_files(directory), read_released(directory)
    if files.unreadable:
        return list(files.unreadable)
    found = [
        *rules.never_edited(files.versions, released),
        *rules.allowed_types(files.versions),
        *rules.one_text_a_fingerprint(files.versions),
        *rules.documented(files.versions),
        *rules.vocabularies_only_grow(released),
    ]
    if not found:
        found = [*rules.fully_compatible(files.versions), *dataclasses_agree(files.versions)]
    if not found and not releasing:
        found = [*rules.released_before_use(files.versions, released)] or [*golden_kept(directory, files.versions), *envelope_kept(directory)]
    return found


def release(directory: Path) -> list[str]:
    """Enters every new file and symbol into the manifest, with golden bytes. Gives the paths of what is new. Call it where `problems` finds none."""
    files, released = read_files(directory), read_released(directory)
    new = [version for version in files.versions if path_of(version) not in released.sha256]
    for version in new:
        write_golden(directory, version)
    write_envelope(directory)
    write_released(directory, Released({path_of(version): digest_of(version) for version in files.versions}, current_symbols()))
    return [path_of(version) for version in new]


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m avro_schemas.check", description="Checks the contracts in avro_schemas/ against their rules.")
    parser.add_argument(
        "--release", action="store_true", help="enter new schemas and symbols into released.json, for ever, and write their golden bytes"
    )
    parser.add_argument("--directory", type=Path, default=HERE, help="the directory to check (default: this one)")
    options = parser.parse_args(arguments)
    found = problems(options.directory, releasing=options.release)
    for problem in found:
        print(problem, file=sys.stderr)
    if found:
        print(f"{len(found)} broken", file=sys.stderr)
        return 1
    if options.release:
        for path in release(options.directory):
            print(f"released {path}")
    print(f"{len(read_files(options.directory).versions)} schemas, all rules hold")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
