"""How an answer leaves: whole, late, drop by drop, cut short, or never."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Final, cast

from aiohttp import web

from downtick.exchange.call import Delivery, HttpAnswer
from downtick.exchange.connection import Connection
from downtick.exchange.protocol import HttpProtocol

_DROP_EVERY: Final = 0.05  # real seconds between two drops of a paced answer


def plain_response(answer: HttpAnswer) -> web.Response:
    """Return an HTTP answer in aiohttp's form."""
    return web.Response(
        status=answer.answer.status,
        body=answer.answer.body,
        headers={"Content-Type": answer.answer.content_type, **answer.headers},
    )


async def deliver(
    request: web.BaseRequest, answer: HttpAnswer, delivery: Delivery, fault: int | None
) -> tuple[web.Response, int]:
    """Send an answer as asked, and return it with the bytes of its body that were sent.

    Args:
        request: that is answered.
        answer: to it.
        delivery: how it leaves.
        fault: handle of the fault whose doing that is, if any.
    """
    connection = cast(HttpProtocol, request.protocol).connection
    body = answer.answer.body
    part = body[: int(len(body) * delivery.share)]
    response = plain_response(answer)
    if delivery.then != "keep":
        connection.ending = "fault", fault
        response.force_close()
    if delivery.delay and await _gone_within(connection, delivery.delay):
        return response, 0
    if delivery.share:
        with contextlib.suppress(ConnectionResetError):  # the client may go in the middle of it
            await _send(request, response, part, delivery)
        connection.written += request.writer.output_size
    await _end(request, connection, delivery, fault)
    return response, len(part)


async def _send(
    request: web.BaseRequest, response: web.Response, part: bytes, delivery: Delivery
) -> None:
    whole = delivery.share == 1
    await response.prepare(request)
    if whole and delivery.pace is None:
        await response.write_eof()
        return
    connection = cast(HttpProtocol, request.protocol).connection
    size = len(part) if delivery.pace is None else max(1, int(delivery.pace * _DROP_EVERY))
    for start in range(0, len(part), size):
        if start and await _gone_within(connection, size / cast(float, delivery.pace)):
            return
        await request.writer.write(part[start : start + size])
    if whole:
        await request.writer.write_eof()


async def _end(
    request: web.BaseRequest, connection: Connection, delivery: Delivery, fault: int | None
) -> None:
    transport = request.transport
    if transport is None:
        return
    match delivery.then:
        case "close":
            transport.close()
        case "reset":
            connection.reset(transport, "fault", fault)
        case "silence":
            await connection.gone.wait()


async def _gone_within(connection: Connection, seconds: float) -> bool:
    """Wait, and return whether the connection was lost meanwhile."""
    try:
        async with asyncio.timeout(seconds):
            await connection.gone.wait()
    except TimeoutError:
        return False
    return True
