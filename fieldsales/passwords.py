"""Hashing passwords with argon2id; the only module that knows how."""

from __future__ import annotations

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_hasher = PasswordHasher()
_NOBODYS = _hasher.hash("the password of nobody, so that an unknown login takes as long as a wrong password")


def hash_password(password: str) -> str:
    """Return the salted argon2id hash of a password."""
    return _hasher.hash(password)


def matches(stored: str | None, password: str) -> bool:
    """Tell whether a password has that hash. Without a hash (nobody, or no password yet) it takes as long."""
    try:
        found = _hasher.verify(stored or _NOBODYS, password)
    except (VerificationError, InvalidHashError):
        return False
    return found and stored is not None
