"""What a client may say on the Advanced Trade WebSocket, and how Coinbase answers what it does not understand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import msgspec

# Wording seen from Coinbase: coinbase-advanced-py issues 19, 64 and 92. Which of the two it gives for what
# is documented nowhere; a misspelt channel gets the first one (issue 92).
AUTHENTICATION_FAILURE: Final = "authentication failure"
FAILURE_TO_SUBSCRIBE: Final = "failure to subscribe"
# Not known from Coinbase: its documentation names the limit and not the answer.
RATE_LIMITED: Final = "rate limit exceeded"

PUBLIC_CHANNELS: Final = (
    "heartbeats",
    "candles",
    "status",
    "ticker",
    "ticker_batch",
    "level2",
    "market_trades",
)
PRIVATE_CHANNELS: Final = ("user", "futures_balance_summary")
"""Channels that tell of the user: each subscription needs a JWT (docs: Advanced Trade WebSocket channels)."""
WITHOUT_PRODUCTS: Final = ("heartbeats", "futures_balance_summary")
"""Channels in which product ids are allowed and mean nothing."""

_OWN_USDC: Final = ("USDT-USDC", "EURC-USDC")  # the only books in USDC that are no alias


@dataclass(frozen=True)
class Request:
    """A subscribe or unsubscribe that can be carried out.

    Attributes:
        type: which of the two.
        channel: one of those that the door serves.
        products: product ids, each once, as the market knows them (on ``user`` as the client wrote them); empty if
            the client named none.
        token: the JWT that came with a private channel, or None; public channels take any and need none.
    """

    type: Literal["subscribe", "unsubscribe"]
    channel: str
    products: tuple[str, ...]
    token: str | None = field(default=None, repr=False)

    @property
    def words(self) -> Mapping[str, object]:
        """What the journal tells of it."""
        return {"channel": self.channel, "products": list(self.products)}


@dataclass(frozen=True)
class Refused:
    """A message that is answered with an error frame.

    Attributes:
        answer: the error's message.
        reason: what is wrong with it, for the journal.
    """

    answer: str
    reason: str

    @property
    def frames(self) -> Sequence[bytes]:
        """The error that its client gets."""
        return (error_frame(self.answer),)


class _Message(msgspec.Struct):
    type: str | None = None
    channel: str | None = None
    product_ids: list[str] | None = None
    channels: Any = None
    jwt: Any = None


_decode = msgspec.json.Decoder(_Message).decode


def error_frame(message: str) -> bytes:
    """Return an error frame: it has no envelope and no sequence number."""
    return b'{"type":"error","message":%b}' % msgspec.json.encode(message)


def understand(
    text: str | bytes, products: tuple[str, ...], channels: tuple[str, ...] = PUBLIC_CHANNELS
) -> Request | Refused:
    """Read one text message of a client.

    Args:
        text: the message.
        products: product ids of the market.
        channels: those that this door serves.
    """
    try:
        message = _decode(text)
    except msgspec.MsgspecError as error:
        return Refused(FAILURE_TO_SUBSCRIBE, f"not understood: {error}")
    except UnicodeDecodeError:
        return Refused(FAILURE_TO_SUBSCRIBE, "not UTF-8")
    if message.channel is None and message.channels is not None:
        return Refused(
            FAILURE_TO_SUBSCRIBE,
            "the Exchange dialect (`channels`): Advanced Trade takes one `channel`",
        )
    if message.type not in ("subscribe", "unsubscribe"):
        return Refused(
            FAILURE_TO_SUBSCRIBE, f"type {message.type!r}: expected subscribe or unsubscribe"
        )
    if message.channel is None:
        return Refused(FAILURE_TO_SUBSCRIBE, "no channel")
    if message.channel not in channels:
        return Refused(AUTHENTICATION_FAILURE, f"no channel {message.channel!r} here")
    asked = _asked(message.channel, message.product_ids or ())
    unknown = [name for name in asked if name not in products and _book_name(name) not in products]
    if unknown and message.type == "subscribe":
        return Refused(FAILURE_TO_SUBSCRIBE, f"no product {', '.join(unknown)}")
    private = message.channel in PRIVATE_CHANNELS
    return Request(
        "subscribe" if message.type == "subscribe" else "unsubscribe",
        message.channel,
        asked,
        message.jwt if private and isinstance(message.jwt, str) else None,
    )


def _asked(channel: str, names: Iterable[str]) -> tuple[str, ...]:
    """Return the products that a message means, each once."""
    if channel in WITHOUT_PRODUCTS:
        return ()
    if channel in PRIVATE_CHANNELS:
        return tuple(dict.fromkeys(names))  # products in USDC are their own there (docs: channels)
    return tuple(dict.fromkeys(_book_name(name) for name in names))


def _book_name(product_id: str) -> str:
    """Return the book behind a name: public channels serve the USD book for its USDC alias (docs: channels)."""
    if product_id.endswith("-USDC") and product_id not in _OWN_USDC:
        return product_id[:-1]
    return product_id
