"""The REST door: public market data, with the faults that HTTP can have."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from itertools import count, pairwise
from time import time_ns
from typing import Final, cast

from aiohttp import web

from downtick.exchange import answers
from downtick.exchange.error_bodies import Answer, v3_error
from downtick.exchange.faults import HttpAnswer
from downtick.exchange.gateway import plain_response
from downtick.exchange.hub import Hub
from downtick.exchange.market import MarketClock, MarketState
from downtick.exchange.protocol import HttpProtocol

BASE: Final = "/api/v3/brokerage/"


class Rest:
    """Handles every request of the REST door.

    Args:
        hub: has the faults, the triggers and the journal.
        state: of the market.
        clock: of the market.
    """

    def __init__(self, hub: Hub, state: MarketState, clock: MarketClock) -> None:
        self._state = state
        self._clock = clock
        self._hub = hub
        self._numbers = count(1)

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one request."""
        connection = cast(HttpProtocol, request.protocol).connection
        number, journal, faults = next(self._numbers), self._hub.journal, self._hub.faults
        method, path = request.method, request.path
        journal.record(
            "request",
            conn=connection.number,
            id=number,
            method=method,
            path=path,
            query=request.query_string,
        )
        self._hub.triggers.count("exchange.requests")
        products = _products(request)
        struck = faults.request(connection.number, method, path, products)
        handle = struck[1].handle if struck else None
        answer = struck[0] if struck else HttpAnswer(await self._answer(request))
        cut = faults.cuts(connection.number, method, path, products)
        if cut is not None:
            handle = cut.handle
            connection.ending = "fault", handle
        sent = await _send(request, answer, whole=cut is None)
        connection.written += request.writer.output_size
        journal.record(
            "answer",
            conn=connection.number,
            id=number,
            status=answer.answer.status,
            size=sent.content_length if cut is None else len(answer.answer.body) // 2,
            fault=handle,
        )
        return sent

    async def _answer(self, request: web.BaseRequest) -> Answer:
        state, clock, query = self._state, self._clock, request.query
        if not request.path.startswith(BASE):
            return answers.unknown_path()
        if request.method not in {"GET", "HEAD"}:
            return v3_error(405)
        match request.path.removeprefix(BASE).strip("/").split("/"):
            case ["time"]:
                return answers.server_time(time_ns())
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
                return answers.product_book(state, query, time_ns())
            case _:
                return answers.unknown_path()


def _products(request: web.BaseRequest) -> Sequence[str]:
    """Return the products that a request names, in its path or its query."""
    query = request.query
    segments = request.path.split("/")
    named = [s for before, s in pairwise(segments) if before == "products"]
    return (*named, *query.getall("product_id", []), *query.getall("product_ids", []))


async def _send(request: web.BaseRequest, answer: HttpAnswer, *, whole: bool) -> web.Response:
    """Send an answer; if not whole, half of its body, and then the end of the connection."""
    response = plain_response(answer)
    body = answer.answer.body
    if whole:
        await response.prepare(request)
        await response.write_eof()
        return response
    response.force_close()
    await response.prepare(request)
    await request.writer.write(body[: len(body) // 2])
    if request.transport is not None:
        request.transport.close()
    return response
