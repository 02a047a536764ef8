"""Hashing passwords with argon2id; the only module that knows how."""

from __future__ import annotations

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_hasher = PasswordHasher()


@cache
def _nobodys() -> str:
    """The hash of a password that nobody has, so that an unknown login takes as long as a wrong password."""
    return _hasher.hash("nobody's")


def hash_password(password: str) -> str:
    """Return the salted argon2id hash of a password."""
    return _hasher.hash(password)


def matches(stored: str | None, password: str) -> bool:
    """Tell whether a password has that hash. Without a hash (nobody, or no password yet) it takes as long."""
    try:
        found = _hasher.verify(stored or _nobodys(), password)
    except (VerificationError, InvalidHashError):
        return False
    return found and stored is not None
