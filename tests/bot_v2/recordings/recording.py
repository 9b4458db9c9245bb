"""Answers of the stub exchange, kept in a file for tests that mock Coinbase's REST API.

``python -m tests.bot_v2.recordings.recording`` writes the file anew. A test sees to it that the stub still answers
so: mock and stub cannot drift apart.
"""

from __future__ import annotations

import asyncio
import json
import time
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, NamedTuple
from urllib.parse import parse_qs

from bot_v2.features.brokerages.broker import OrderRequest
from bot_v2.features.brokerages.coinbase.advanced_trade import AdvancedTrade
from tests.bot_v2.features.brokerages.coinbase.in_process import InProcess, Told, client, of_site
from tests.exchange.brokerage.site import SECONDS, Site

FILE: Final = Path(__file__).with_name("advanced_trade.json")

RESTING: Final = OrderRequest(
    "a recorded order", "BTC-USD", "buy", Decimal("0.001"), Decimal("10000.00"), post_only=True
)
FILLED: Final = OrderRequest("a recorded market order", "BTC-USD", "buy", Decimal("0.002"))


class Recorded(NamedTuple):
    """One request, and what the stub answered.

    Attributes:
        method: of the request.
        path: of it.
        order_status: what of orders was asked for; it alone, of all queries, tells two requests of one path apart.
        asked: name of the order that was placed, or None.
        status: of the answer.
        answer: its JSON.
    """

    method: str
    path: str
    order_status: list[str]
    asked: str | None
    status: int
    answer: Any


async def record() -> list[Recorded]:
    """Let the bot's own client ask the stub for everything that the bot asks for, and return what was said.

    An order is there twice: as it was when it was placed is kept, not what became of it.
    """
    site, said = Site(), dict[tuple[str, str, tuple[str, ...], str | None], Recorded]()
    tell = of_site(site)

    def noted(line: str, body: Any) -> Told:
        told = tell(line, body)
        method, _, rest = line.partition(" ")
        path, _, query = rest.partition("?")
        states = parse_qs(query).get("order_status", [])
        name = body.get("client_order_id") if isinstance(body, dict) else None
        one = Recorded(method, path, states, name, told[0], json.loads(told[2]))
        said.setdefault((method, path, tuple(states), name), one)
        return told

    asking = client(InProcess(noted))
    venue = AdvancedTrade(asking)
    soon = time.monotonic() + 60
    await venue.account()
    await venue.positions(["BTC-USD", "ETH-USD"])
    await venue.quote("BTC-USD")
    await venue.time()
    resting = await venue.submit(RESTING, soon)
    await venue.order(resting)
    await venue.order(await venue.submit(FILLED, soon))
    await venue.open_orders()
    await venue.order_named(RESTING.client_order_id, SECONDS)
    await venue.fills(SECONDS)
    await venue.cancel(resting, soon)
    asking.close()
    return list(said.values())


def kept() -> list[Recorded]:
    """Return what the file says."""
    return [Recorded(**each) for each in json.loads(FILE.read_text(encoding="utf-8"))]


def main() -> None:
    """Write the file anew."""
    entries = [each._asdict() for each in asyncio.run(record())]
    FILE.write_text(json.dumps(entries, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
