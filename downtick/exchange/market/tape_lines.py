"""The lines of a recorded capture of the Coinbase Exchange WebSocket.

A capture is text, as the cryptofeed project writes it, one line each::

    wss://ws-feed.example <-> 1618677816.8434298                         a connection was opened
    wss://ws-feed.example <- 1618677817.020616: {"type":"subscribe"...}  the client sent this
    1618677817.08014: {"type":"snapshot",...}                            the client received this

Only what was received is market data. Of that, the frames below are read (Coinbase Exchange documentation,
WebSocket channels); frames of other types are passed over, as Coinbase asks of every client.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Final, Literal

import msgspec

from downtick.errors import InputError

_RECEIVED: Final = re.compile(r"(\d{1,12}(?:\.\d+)?): (\{.*\})\s*")
_OURS: Final = re.compile(r"\S+ (<->|<-|->) \d+(\.\d+)?(: .*)?\s*")

_PLACES: Final = 18  # before and behind the point; Coinbase needs far fewer

Side = Literal["buy", "sell"]


class Snapshot(msgspec.Struct, frozen=True):
    """A whole book: prices and quantities, best first."""

    product_id: str
    bids: tuple[tuple[Decimal, Decimal], ...]
    asks: tuple[tuple[Decimal, Decimal], ...]


class L2Update(msgspec.Struct, frozen=True):
    """Changed prices of a book: side, price, new quantity."""

    product_id: str
    changes: tuple[tuple[Side, Decimal, Decimal], ...]


class Match(msgspec.Struct, frozen=True):
    """A trade; ``side`` is the maker's. ``last_match`` has the same members and tells of one before."""

    product_id: str
    trade_id: Annotated[int, msgspec.Meta(ge=0)]
    side: Side
    price: Decimal
    size: Decimal
    time: datetime


class Ticker(msgspec.Struct, frozen=True):
    """The day's and the month's figures."""

    product_id: str
    price: Decimal
    open_24h: Decimal
    volume_24h: Decimal
    low_24h: Decimal
    high_24h: Decimal
    volume_30d: Decimal = Decimal(0)


class LastMatch(Match, frozen=True):
    """The trade before the subscription."""


Frame = Snapshot | L2Update | Match | Ticker


class Received(msgspec.Struct, frozen=True):
    """One frame of the tape.

    Attributes:
        where: ``file:line``, for messages.
        time: when it was received, in Unix seconds.
        frame: what it said.
    """

    where: str
    time: float
    frame: Frame


class _AnyFrame(msgspec.Struct, frozen=True):
    type: str


_any: Final = msgspec.json.Decoder(_AnyFrame)
_decoders: Final[dict[str, msgspec.json.Decoder[Frame]]] = {
    "snapshot": msgspec.json.Decoder(Snapshot),
    "l2update": msgspec.json.Decoder(L2Update),
    "match": msgspec.json.Decoder(Match),
    "last_match": msgspec.json.Decoder(LastMatch),
    "ticker": msgspec.json.Decoder(Ticker),
}


def read(lines: Iterable[str], name: str) -> Iterator[Received]:
    """Return the market-data frames of a capture, in its order.

    Args:
        lines: of the capture.
        name: of the file, for messages.

    Raises:
        InputError: a line is not of the forms above, or a frame is not what its type says; with file and line.
    """
    for number, line in enumerate(lines, start=1):
        where = f"{name}:{number}"
        received = _RECEIVED.fullmatch(line)
        if received:
            frame = _frame(received[2], where)
            if frame is not None:
                yield Received(where, float(received[1]), frame)
        elif line.strip() and not _OURS.fullmatch(line):
            raise InputError(
                f"{where}: expected `UNIX_SECONDS: {{JSON}}` for a received frame, or "
                f"`ADDRESS <- UNIX_SECONDS: {{JSON}}` for a sent one, found {line.strip()[:60]!r}"
            )


def _frame(text: str, where: str) -> Frame | None:
    try:
        decoder = _decoders.get(_any.decode(text).type)
        frame = decoder.decode(text) if decoder else None
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise InputError(f"{where}: not a frame of Coinbase Exchange: {error}") from error
    if frame is not None and not all(map(_sound, _figures(frame))):
        raise InputError(
            f"{where}: a price or a size is negative, no number, or has more than {_PLACES} places"
        )
    if frame is not None and not all(_prices(frame)):
        raise InputError(f"{where}: a price is zero")
    return frame


def _sound(figure: Decimal) -> bool:
    exponent = figure.as_tuple().exponent  # a letter where it is no number
    return (
        isinstance(exponent, int)
        and figure >= 0
        and exponent >= -_PLACES
        and figure.adjusted() < _PLACES
    )


def _prices(frame: Frame) -> Iterator[Decimal]:
    if isinstance(frame, Snapshot):
        yield from (price for price, _ in frame.bids + frame.asks)
    elif isinstance(frame, L2Update):
        yield from (price for _, price, _ in frame.changes)
    elif isinstance(frame, Match):
        yield frame.price
    else:
        yield from (frame.price, frame.open_24h)


def _figures(frame: Frame) -> Iterator[Decimal]:
    yield from _prices(frame)
    if isinstance(frame, Snapshot):
        yield from (quantity for _, quantity in frame.bids + frame.asks)
    elif isinstance(frame, L2Update):
        yield from (quantity for _, _, quantity in frame.changes)
    elif isinstance(frame, Match):
        yield frame.size
    else:
        yield from (frame.volume_24h, frame.low_24h, frame.high_24h, frame.volume_30d)
