"""Which bytes are pictures that we take: told by their first bytes, not by what somebody calls them."""

from __future__ import annotations

CONTENT_TYPES = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/webp": ".webp",
}
HEAD_BYTES = 12


def content_type_of(head: bytes) -> str | None:
    """Return the content type that the first `HEAD_BYTES` bytes of a file show, or None if it is no such picture."""
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    return None
