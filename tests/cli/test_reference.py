"""The reference pages say what the code says."""

from __future__ import annotations

from coordinator.reference import pages


def test_the_pages_are_as_the_code_has_them() -> None:
    for path, text in pages().items():
        assert path.read_text(encoding="utf-8") == text, f"{path.name}: run python -m coordinator.reference"
