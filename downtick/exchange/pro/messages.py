"""What a client may say on the WebSocket of the Exchange dialect, and how Coinbase answers what it does not take.

A message may be carried out in part: each product and channel that cannot be subscribed gets an error of its own, and
the others are subscribed (seen on Coinbase's Exchange sandbox).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import msgspec

CHANNELS: Final = (
    "heartbeat",
    "status",
    "ticker",
    "ticker_batch",
    "level2",
    "level2_batch",
    "matches",
    "full",
    "user",
)
PRIVATE_CHANNELS: Final = ("level2", "full", "user")
"""Channels that need a signature (docs: Exchange WebSocket authentication; since 2023-08-01)."""
WITHOUT_PRODUCTS: Final = ("status",)
"""Channels in which product ids are allowed and mean nothing."""

# Seen from Coinbase: coinbasepro-python issues 255 and 371, cryptofeed issue 990, gocryptotrader PR 1421.
_NO_CHANNELS: Final = "No channels provided"
_NO_TYPE: Final = "Type has to be either subscribe or unsubscribe"
_NO_PRODUCT: Final = "You need to specify at least one product ID for channel {}"
_AUTHENTICATE: Final = (
    "level2, level3, and full channels now require authentication. "
    "https://docs.cloud.coinbase.com/exchange/docs/websocket-auth"
)
# Not known from Coinbase, whose documentation names the rule and not the answer.
_USER_AUTHENTICATE: Final = (
    "user channel requires authentication. "
    "https://docs.cloud.coinbase.com/exchange/docs/websocket-auth"
)

Type = Literal["subscribe", "unsubscribe"]


@dataclass(frozen=True)
class Request:
    """The part of a message that can be carried out.

    Attributes:
        type: which of the two.
        channels: product ids by channel; none at all, in an unsubscribe, means all of them.
    """

    type: Type
    channels: Mapping[str, tuple[str, ...]]

    @property
    def words(self) -> Mapping[str, object]:
        """What the journal tells of it."""
        products = dict.fromkeys(name for names in self.channels.values() for name in names)
        return {"channels": list(self.channels), "products": list(products)}


@dataclass(frozen=True)
class Refused:
    """The part of a message that cannot be carried out.

    Attributes:
        frames: an error frame for each reason.
        reason: what is wrong, for the journal.
    """

    frames: tuple[bytes, ...]
    reason: str


@dataclass(frozen=True)
class Understood:
    """A message, taken apart.

    Attributes:
        request: what can be carried out, if anything.
        refused: what cannot, if anything.
        credentials: the members that sign it.
    """

    request: Request | None
    refused: Refused | None
    credentials: Mapping[str, object]


class _Message(msgspec.Struct):
    type: Any = None
    product_ids: list[str] | None = None
    channels: list[Any] | None = None
    channel: Any = None
    key: Any = None
    passphrase: Any = None
    timestamp: Any = None
    signature: Any = None


class _Channel(msgspec.Struct):
    name: str
    product_ids: list[str] | None = None


_decode = msgspec.json.Decoder(_Message).decode


def error_frame(message: str, reason: str | None = None) -> bytes:
    """Return an error as this dialect writes it."""
    error = {"type": "error", "message": message}
    return msgspec.json.encode(error if reason is None else {**error, "reason": reason})


MALFORMED: Final = error_frame("Malformed JSON")


def refused(type_: str, *answers: str, reason: str | None = None) -> Refused:
    """Return a refusal with one error frame for each answer.

    Args:
        type_: of the message.
        answers: the errors' reasons.
        reason: for the journal; the answers if not given.
    """
    message = "Failed to unsubscribe" if type_ == "unsubscribe" else "Failed to subscribe"
    frames = tuple(error_frame(message, answer) for answer in answers)
    return Refused(frames, reason or "; ".join(answers))


def understand(text: str | bytes, products: Sequence[str]) -> Understood:
    """Read one text message of a client.

    Args:
        text: the message.
        products: product ids of the market.
    """
    try:
        message = _decode(text)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        return Understood(None, Refused((MALFORMED,), f"not understood: {error}"), {})
    credentials = {
        name: value
        for name in ("key", "passphrase", "timestamp", "signature")
        if (value := getattr(message, name)) is not None
    }
    if message.type not in ("subscribe", "unsubscribe"):
        reason = f"type {str(message.type)[:40]!r}: expected subscribe or unsubscribe"
        return Understood(None, refused("subscribe", _NO_TYPE, reason=reason), credentials)
    if not message.channels:
        return Understood(None, _no_channels(message), credentials)
    return _taken_apart(message, products, credentials)


def must_sign(channel: str) -> str:
    """Return what Coinbase answers to a private channel without a signature."""
    return _USER_AUTHENTICATE if channel == "user" else _AUTHENTICATE


def _no_channels(message: _Message) -> Refused:
    reason = None
    if message.channel is not None:
        reason = "the Advanced Trade dialect (`channel`): the Exchange dialect takes `channels`"
    return refused(message.type, _NO_CHANNELS, reason=reason)


def _taken_apart(
    message: _Message, products: Sequence[str], credentials: Mapping[str, object]
) -> Understood:
    type_: Type = message.type
    wanted: dict[str, tuple[str, ...]] = {}
    errors: dict[str, None] = {}  # each once, in order
    for channel in _channels(message):
        asked = () if channel.name in WITHOUT_PRODUCTS else tuple(channel.product_ids or ())
        known = tuple(name for name in asked if name in products)
        errors |= {f"{name} is not a valid product": None for name in asked if name not in products}
        if channel.name not in CHANNELS:
            errors[f"{channel.name} is not a valid channel"] = None
        elif known or channel.name in WITHOUT_PRODUCTS or (type_ == "unsubscribe" and not asked):
            wanted[channel.name] = tuple(dict.fromkeys((*wanted.get(channel.name, ()), *known)))
        elif not asked:
            errors[_NO_PRODUCT.format(channel.name)] = None
    return Understood(
        Request(type_, wanted) if wanted else None,
        refused(type_, *errors) if errors else None,
        credentials,
    )


def _channels(message: _Message) -> list[_Channel]:
    """Return the channels of a message; one without products of its own has the message's."""
    channels = []
    for given in message.channels or ():
        try:
            channel = msgspec.convert(
                {"name": given} if isinstance(given, str) else given, _Channel
            )
        except msgspec.ValidationError:
            channel = _Channel(str(given)[:40])
        if not channel.product_ids:
            channel.product_ids = message.product_ids
        channels.append(channel)
    return channels
