"""The REST door: each request is journalled, asked of the faults, carried out, and answered as the faults allow.

::

    request ──▶ journal ──▶ faults ──▶ routes, in the venue as faults show it ──▶ faults: another answer? ──┐
                              └────────────▶ answered in the exchange's place ──────────────────────────────┤
                                                                        journal ◀── sent as faults have it ◀┘
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from itertools import count
from typing import Final, cast

from aiohttp import web

from downtick.exchange.call import Call, Delivery, HttpAnswer
from downtick.exchange.delivery import deliver
from downtick.exchange.error_bodies import v3_error
from downtick.exchange.hub import Hub
from downtick.exchange.protocol import HttpProtocol
from downtick.exchange.venue import Venue

_JOURNALLED_BODY: Final = 4096  # bytes of a request's body that the journal keeps

Routes = Callable[[Call, Venue], Awaitable[HttpAnswer]]
"""Carries a request out in a venue, which may be a fault's picture of the true one, and returns what it is answered with."""


class Rest:
    """Handles every request of one REST door.

    Args:
        hub: has the faults, the triggers and the journal.
        routes: of the dialect that this door speaks.
        numbers: counts requests over all doors.
    """

    def __init__(self, hub: Hub, routes: Routes, numbers: count[int]) -> None:
        self._hub = hub
        self._routes = routes
        self._numbers = numbers

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one request."""
        connection = cast(HttpProtocol, request.protocol).connection
        call, refused = await self._read(request, connection.number)
        journal, faults = self._hub.journal, self._hub.faults
        journal.record(
            "request",
            conn=call.conn,
            id=call.number,
            method=call.method,
            path=call.path,
            query=request.query_string,
            body=call.body[:_JOURNALLED_BODY].decode(errors="replace") or None,
        )
        self._hub.triggers.count("exchange.requests")
        struck = (refused, None) if refused is not None else faults.request(call)
        if struck is not None:
            answer, handle = struck
        else:
            answer, handle = await faults.carried_out(call, self._hub.venue, self._routes)
        delivery, of = faults.delivery(call) or (Delivery(), None)
        response, sent = await deliver(request, answer, delivery, of)
        journal.record(
            "answer",
            conn=call.conn,
            id=call.number,
            status=answer.answer.status,
            size=sent,
            fault=handle if of is None else of,
        )
        return response

    async def _read(self, request: web.BaseRequest, conn: int) -> tuple[Call, HttpAnswer | None]:
        """Return the request with its body, and the answer if that body cannot be taken."""
        body, refused = b"", None
        try:
            body = await request.read()
        except web.HTTPRequestEntityTooLarge:
            refused = HttpAnswer(v3_error(413))
        call = Call(
            conn,
            next(self._numbers),
            request.method,
            request.path,
            request.query,
            request.headers,
            body,
            request.scheme,
        )
        return call, refused
