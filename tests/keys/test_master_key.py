"""The master key's file, and what it refuses."""

from __future__ import annotations

from pathlib import Path

import pytest

from reading.key_errors import MasterKeyUnusable, MasterKeyWrong
from reading.master_key import MasterKey, create_master_key_file, master_key_from_file, master_key_from_text


def test_what_one_wraps_it_unwraps_and_no_other() -> None:
    one, other = MasterKey(bytes(64)), MasterKey(bytes(63) + b"\1")
    wrapped = one.wrap(b"row 1", b"key")
    assert one.unwrap(b"row 1", wrapped) == b"key"
    for key, bound_to, text in ((other, b"row 1", wrapped), (one, b"row 2", wrapped), (one, b"row 1", wrapped[:-1]), (one, b"row 1", b"")):
        with pytest.raises(MasterKeyWrong):
            key.unwrap(bound_to, text)


def test_a_file_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "master.key"
    create_master_key_file(path)
    text = path.read_text()
    assert path.stat().st_mode & 0o777 == 0o600
    assert len(text) == 129
    assert master_key_from_file(path).unwrap(b"", master_key_from_text(text).wrap(b"", b"key")) == b"key"
    with pytest.raises(FileExistsError):
        create_master_key_file(path)
    assert path.read_text() == text


def test_a_file_open_to_everybody_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "master.key"
    create_master_key_file(path)
    path.chmod(0o644)
    with pytest.raises(MasterKeyUnusable, match="everybody"):
        master_key_from_file(path)
    path.chmod(0o640)
    master_key_from_file(path)


@pytest.mark.parametrize("text", ["", "00", "0" * 127, "0" * 130, "x" * 128, "é" * 128])
def test_what_is_no_key_is_refused_and_not_repeated(tmp_path: Path, text: str) -> None:
    path = tmp_path / "master.key"
    path.write_text(text)
    path.chmod(0o600)
    with pytest.raises(MasterKeyUnusable) as refused:
        master_key_from_file(path)
    assert not text or text not in str(refused.value)
    with pytest.raises(MasterKeyUnusable):
        master_key_from_file(tmp_path / "missing")
