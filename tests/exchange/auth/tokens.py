"""The pieces of a token."""

from __future__ import annotations

import base64


def joined(*parts: bytes) -> str:
    """Return parts as those of a token."""
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)


def raw(text: str) -> bytes:
    """Return the bytes behind base64url."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
