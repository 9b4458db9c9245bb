"""The REST routes of Advanced Trade."""

from __future__ import annotations

import asyncio
from typing import Final

from downtick.exchange import answers
from downtick.exchange.call import Call, HttpAnswer
from downtick.exchange.error_bodies import Answer, v3_error
from downtick.exchange.venue import Venue

BASE: Final = "/api/v3/brokerage/"


class AdvancedTrade:
    """Carries out a request of Advanced Trade's REST API.

    Args:
        venue: where it is carried out.
    """

    def __init__(self, venue: Venue) -> None:
        self._venue = venue

    async def __call__(self, call: Call) -> HttpAnswer:
        """Answer one request."""
        return HttpAnswer(await self._answer(call))

    async def _answer(self, call: Call) -> Answer:
        state, clock, query = self._venue.market, self._venue.clock, call.query
        if not call.path.startswith(BASE):
            return answers.unknown_path()
        if call.method not in {"GET", "HEAD"}:
            return v3_error(405)
        match call.path.removeprefix(BASE).strip("/").split("/"):
            case ["time"]:
                return answers.server_time(self._venue.now())
            case ["products"] | ["market", "products"]:
                return answers.products(state, query, query.getall("product_ids", []))
            case ["products", name] | ["market", "products", name]:
                return answers.product(state, name)
            case ["products", name, "ticker"] | ["market", "products", name, "ticker"]:
                return answers.ticker(state, clock, name, query)
            case ["products", name, "candles"] | ["market", "products", name, "candles"]:
                # Years of candles may be drawn for this: not on the loop, where the feed would wait for it.
                return await asyncio.to_thread(answers.candles, state, clock, name, query)
            case ["product_book"] | ["market", "product_book"]:
                return answers.product_book(state, query, self._venue.now())
            case _:
                return answers.unknown_path()
