"""The rig in containers: the bot dials Coinbase's own names, and a link between them fails. See `make compose-test`."""

from __future__ import annotations

import pytest

from chaos_tests.compose.engine import project

pytestmark = [pytest.mark.integration, pytest.mark.slow, pytest.mark.timeout(1800)]


def test_the_bot_falls_back_and_returns_in_its_container() -> None:
    """It trades; its market data is frozen; it goes on by REST, and returns to the stream afterwards."""
    with project() as up:
        trading = up.until_said("mode recovering -> normal", within=60)
        up.inject("market_ws", "freeze", "--for", "30s")
        polling = up.until_said("streaming -> rest_polling", after=trading, within=60)
        up.until_said("rest_polling -> streaming", after=polling, within=60)
        page = up.container("bot").exec_run(
            [
                "python",
                "-c",
                "import urllib.request as r; print(r.urlopen('http://127.0.0.1:9100/metrics').read().decode())",
            ]
        )
        assert "bot_v2_orders_placed_total" in page.output.decode()
        for service in ("toxiproxy", "exchange", "bot", "prometheus"):
            assert up.container(service).attrs["State"]["Health"]["Status"] == "healthy"
