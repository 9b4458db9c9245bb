"""A control plane whose server is in memory."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from downtick.links.control import Control
from tests.links.fake_toxiproxy import FakeToxiproxy


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> FakeToxiproxy:
    """A Toxiproxy in memory, which every new `Control` talks to."""
    server = FakeToxiproxy()
    monkeypatch.setattr("downtick.links.control.urllib3.HTTPConnectionPool", server.pool)
    return server


@pytest.fixture
def control(fake: FakeToxiproxy) -> Iterator[Control]:
    """The control plane of that server."""
    with Control("http://127.0.0.1:8474") as opened:
        yield opened
