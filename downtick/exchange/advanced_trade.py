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
    """Carries out a request of Advanced Trade's REST API."""

    async def __call__(self, call: Call, venue: Venue) -> HttpAnswer:
        """Answer one request in a venue."""
        return HttpAnswer(await self._answer(call, venue))

    async def _answer(self, call: Call, venue: Venue) -> Answer:
        state, clock, query = venue.market, venue.clock, call.query
        if not call.path.startswith(BASE):
            return answers.unknown_path()
        if call.method not in {"GET", "HEAD"}:
            return v3_error(405)
        match call.path.removeprefix(BASE).strip("/").split("/"):
            case ["time"]:
                return answers.server_time(venue.now())
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
                return answers.product_book(state, query, venue.now())
            case _:
                return answers.unknown_path()
