from __future__ import annotations

import asyncio
from typing import Any

from downtick.exchange.kernel import stream_position


class Reset(asyncio.Transport):
    """A TLS transport whose connection was reset a moment ago: it has no socket any more."""

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return default


def test_a_connection_that_was_just_reset_has_no_position() -> None:
    """A feed that still writes to it goes on to its other clients."""
    assert stream_position(Reset()) is None
