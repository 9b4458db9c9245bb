"""Proves to Coinbase who asks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol


class BadKey(ValueError):
    """A key that cannot be used, and why. Never holds any part of it."""


class Signer(Protocol):
    """One key. Every request and every subscription gets a proof of its own: none can be used twice for long."""

    def headers(
        self, method: str, host: str, target: str, body: bytes, now: float
    ) -> Mapping[str, str]:
        """Return the headers that sign a request.

        Args:
            method: of HTTP.
            host: of the endpoint, with its port if it has one.
            target: path and query, as they are sent.
            body: as it is sent.
            now: seconds since 1970.
        """

    def login(self, now: float) -> Mapping[str, Any]:
        """Return the members that sign a WebSocket subscription at an instant in seconds since 1970."""
