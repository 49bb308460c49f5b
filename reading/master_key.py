"""The master key: it wraps every key of the key store and is never in it. 64 random bytes, kept as 128 hexadecimal digits in a file or a variable.

Wrapping is AES-SIV (RFC 5297 was made for it), bound to what is wrapped, so that a row of the store moved over another does not unwrap.
"""

from __future__ import annotations

import os
import secrets
import stat
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from reading.key_errors import MasterKeyUnusable, MasterKeyWrong

MASTER_KEY_BYTES = 64


class MasterKey:
    """Wraps and unwraps. Shows nothing of itself in text."""

    __slots__ = ("_cipher",)

    def __init__(self, key: bytes) -> None:
        if len(key) != MASTER_KEY_BYTES:
            raise MasterKeyUnusable(f"A master key is {MASTER_KEY_BYTES} bytes, not {len(key)}.")
        self._cipher = AESSIV(key)

    def wrap(self, bound_to: bytes, plain: bytes) -> bytes:
        """`plain` under the master key, usable only with the same `bound_to`."""
        return self._cipher.encrypt(plain, [bound_to])

    def unwrap(self, bound_to: bytes, wrapped: bytes) -> bytes:
        """What was wrapped. Raises MasterKeyWrong where another key wrapped it, or it was wrapped for something else."""
        try:
            return self._cipher.decrypt(wrapped, [bound_to])
        except (InvalidTag, ValueError):
            raise MasterKeyWrong("a wrapped key does not open under this master key") from None


def master_key_from_text(text: str) -> MasterKey:
    """The key written as 128 hexadecimal digits; white space around them is allowed. Raises MasterKeyUnusable."""
    try:
        key = bytes.fromhex(text.strip())
    except ValueError:
        raise MasterKeyUnusable("A master key is written in hexadecimal digits.") from None
    return MasterKey(key)


def master_key_from_file(path: Path) -> MasterKey:
    """The key in this file. Raises MasterKeyUnusable where there is none, or where everybody on the machine can read it."""
    try:
        mode = path.stat().st_mode
        text = path.read_text("ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise MasterKeyUnusable(f"The master key file cannot be read: {type(error).__name__}.") from None
    if mode & stat.S_IRWXO:
        raise MasterKeyUnusable("The master key file is open to everybody on this machine; take their rights away (chmod o= FILE).")
    return master_key_from_text(text)


def create_master_key_file(path: Path) -> None:
    """Write a new random master key that only this user may read. Raises FileExistsError rather than replace one: what it wraps would be lost."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(MASTER_KEY_BYTES) + "\n")
        file.flush()
        os.fsync(file.fileno())
