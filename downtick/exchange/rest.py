"""The REST door: each request is journalled, asked of the faults, carried out, and answered as the faults allow.

::

    request ──▶ journal ──▶ faults: answered in the exchange's place ───────────────────┐
                              └─▶ let in? ──▶ faults: carried out, and what is shown ───┴─▶ faults: delivery ──▶ journal
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Final, Protocol, cast

from aiohttp import web

from downtick.exchange.call import Call, Delivery, HttpAnswer
from downtick.exchange.delivery import deliver
from downtick.exchange.error_bodies import v3_error
from downtick.exchange.hub import Hub
from downtick.exchange.kernel import stream_position
from downtick.exchange.protocol import HttpProtocol
from downtick.exchange.venue import Venue, doing

_JOURNALLED_BODY: Final = 4096  # bytes of a request's body that the journal keeps

CarryOut = Callable[[Call, Venue], Awaitable[HttpAnswer]]
"""Carries a request out in a venue, which may be a fault's picture of the true one, and returns its answer."""


@dataclass(frozen=True)
class Admitted:
    """A request that is let in.

    Attributes:
        carry_out: what it leads to.
        headers: of its answer, whatever that is.
    """

    carry_out: CarryOut
    headers: Mapping[str, str] = field(default_factory=dict)


class Dialect(Protocol):
    """The API that a door speaks."""

    def admit(self, call: Call) -> Admitted | HttpAnswer:
        """Return how a request is carried out, or the answer that it gets instead."""


class Rest:
    """Handles every request of one REST door.

    Args:
        hub: has the faults, the triggers and the journal.
        dialect: that this door speaks.
        numbers: counts requests over all doors.
    """

    def __init__(self, hub: Hub, dialect: Dialect, numbers: count[int]) -> None:
        self._hub = hub
        self._dialect = dialect
        self._numbers = numbers

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one request."""
        protocol = cast(HttpProtocol, request.protocol)
        protocol.arrived()
        try:
            call, refused = await self._read(request, protocol.connection.number)
        except ConnectionResetError:  # the client left before the whole of its body was there
            return web.Response()  # for nobody
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
        answer, handle = struck if struck is not None else await self._carried_out(call)
        delivery, of = faults.delivery(call) or (Delivery(), None)
        response, sent = await deliver(request, answer, delivery, of)
        journal.record(
            "answer",
            conn=call.conn,
            id=call.number,
            status=answer.answer.status,
            size=sent,
            offset=_position(request) if sent else None,
            fault=handle if of is None else of,
        )
        return response

    async def _carried_out(self, call: Call) -> tuple[HttpAnswer, int | None]:
        """Carry a request out, if it is let in, and return its answer with the handle of the fault behind that."""
        admitted = self._dialect.admit(call)
        if isinstance(admitted, HttpAnswer):
            return admitted, None
        with doing(call.number):
            answer, handle = await self._hub.faults.carried_out(
                call, self._hub.venue, admitted.carry_out
            )
        return HttpAnswer(answer.answer, {**admitted.headers, **answer.headers}), handle

    async def _read(self, request: web.BaseRequest, conn: int) -> tuple[Call, HttpAnswer | None]:
        """Return the request with its body, and the answer if that body cannot be taken."""
        body, refused = b"", None
        try:
            async with asyncio.timeout(self._hub.patience):
                body = await request.read()
        except web.HTTPRequestEntityTooLarge:
            refused = HttpAnswer(v3_error(413))
        except TimeoutError:
            refused = HttpAnswer(v3_error(408))
        call = Call(
            conn,
            next(self._numbers),
            request.method,
            request.path,
            request.query,
            request.headers,
            body,
            request.remote or "",
            request.raw_path,
        )
        return call, refused


def _position(request: web.BaseRequest) -> int | None:
    """Return where what was written ends in the connection's byte stream, None if that is unknown."""
    transport = request.transport
    return None if transport is None else stream_position(transport)
