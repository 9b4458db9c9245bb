"""From JSON to `Message`, or a clear refusal.

The frames are those of Coinbase's Advanced Trade WebSocket ("channels" in its documentation). Whatever
cannot be read is `Malformed`; nothing that a peer sends raises anything else.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

_LISTS = {  # where a channel's events keep their entries, and how an entry names its product
    "ticker": ("tickers", "product_id"),
    "ticker_batch": ("tickers", "product_id"),
    "market_trades": ("trades", "product_id"),
    "candles": ("candles", "product_id"),
    "status": ("products", "id"),
    "user": ("orders", "product_id"),
}


class Malformed(Exception):
    """A frame that cannot be read, with the reason."""


@dataclass(frozen=True)
class Message:
    """One message of the exchange.

    Attributes:
        channel: as it stands in the message (level2 says ``l2_data``).
        type: ``snapshot`` or ``update``; empty for channels whose events have none.
        product_ids: the products in it, each once, in their order.
        sequence_num: its number on its connection.
        received_at: ``time.monotonic`` seconds.
        connection: number of the connection that it came by, 1 for the first.
        timestamp: the exchange's own, as sent.
        events: as sent.
    """

    channel: str
    type: str
    product_ids: tuple[str, ...]
    sequence_num: int
    received_at: float
    connection: int
    timestamp: str
    events: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True)
class Gap:
    """Stands among the messages where some are missing.

    After it, prices are as old as the message before it, until the next message says otherwise. New
    snapshots are already asked for; level2 updates are held back until their snapshot has come.

    Attributes:
        reason: ``lost`` (the connection; what happens until the next one is not sent again), ``sequence``
            (frames of this connection are missing), ``overflow`` (the consumer was too slow).
        connection: number of the connection that it concerns.
        at: when it was noticed, in ``time.monotonic`` seconds.
        missing: how many messages are missing, where that is known.
        detail: for the reader of a log.
    """

    reason: Literal["lost", "sequence", "overflow"]
    connection: int
    at: float
    missing: int | None = None
    detail: str = ""


@dataclass(frozen=True)
class ErrorMessage:
    """The exchange's complaint. It has no envelope."""

    text: str


def parse(data: bytes, received_at: float, connection: int) -> Message | ErrorMessage:
    """Read one frame.

    Raises:
        Malformed: it is not one.
    """
    body = body_of(data)
    if body.get("type") == "error":
        return ErrorMessage(str(body.get("message", ""))[:500])
    return message_of(body, received_at, connection)


def body_of(data: bytes) -> dict[str, Any]:
    """Return the object that a frame holds.

    Raises:
        Malformed: it holds none.
    """
    try:
        body = json.loads(data.decode())
    except (ValueError, RecursionError) as error:
        raise Malformed(f"not JSON: {type(error).__name__}: {str(error)[:80]}") from None
    if not isinstance(body, dict):
        raise Malformed(f"not an object but {type(body).__name__}")
    return body


def message_of(body: Mapping[str, Any], received_at: float, connection: int) -> Message:
    """Return the message in an envelope.

    Raises:
        Malformed: it is none.
    """
    channel = body.get("channel")
    number = body.get("sequence_num")
    if not isinstance(channel, str):
        raise Malformed("no channel")
    if type(number) is not int or number < 0:
        raise Malformed(f"sequence_num is {number!r:.40}")
    events = tuple(_objects(body, "events"))
    if channel == "subscriptions":
        for event in events:
            _check_subscriptions(event)
    return Message(
        channel=channel,
        type=_type(events),
        product_ids=_products(channel, events),
        sequence_num=number,
        received_at=received_at,
        connection=connection,
        timestamp=str(body.get("timestamp", "")),
        events=events,
    )


def _objects(holder: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    entries = holder.get(key)
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise Malformed(f"{key} is not a list of objects")
    return entries


def _text(holder: Mapping[str, Any], key: str) -> str:
    value = holder.get(key)
    if not isinstance(value, str):
        raise Malformed(f"{key} is {value!r:.40}")
    return value


def _type(events: tuple[dict[str, Any], ...]) -> str:
    found = events[0].get("type", "") if events else ""
    if not isinstance(found, str):
        raise Malformed(f"type is {found!r:.40}")
    return found


def _products(channel: str, events: tuple[dict[str, Any], ...]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for event in events:
        if channel == "l2_data":
            _objects(event, "updates")
            found[_text(event, "product_id")] = None
        elif channel in _LISTS:
            entries, product = _LISTS[channel]
            for entry in _objects(event, entries):
                found[_text(entry, product)] = None
                if channel == "market_trades":
                    _text(entry, "trade_id")
    return tuple(found)


def _check_subscriptions(event: dict[str, Any]) -> None:
    listed = event.get("subscriptions")
    if not isinstance(listed, dict):
        raise Malformed("subscriptions is not an object")
    for products in listed.values():
        if not isinstance(products, list) or not all(isinstance(p, str) for p in products):
            raise Malformed("subscriptions lists something other than names")
