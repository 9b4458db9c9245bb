"""From messages and quotes to figures and times."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from bot_v2.features.brokerages.broker import Quote
from bot_v2.features.brokerages.coinbase.figures import Malformed, figure, instant
from bot_v2.features.brokerages.coinbase.streaming import Message
from bot_v2.features.market_data.price import Figures, Nonsense

CHANNEL: Final = "ticker"


@dataclass(frozen=True)
class Reading:
    """What a message tells of one product: the figures, or why they cannot be read."""

    product: str
    figures: Figures | Nonsense


def read(message: Message) -> Iterator[Reading]:
    """Yield what a message of the ticker channel tells of each product; nothing for other channels."""
    if message.channel != CHANNEL:
        return
    for event in message.events:
        for ticker in event["tickers"]:
            yield Reading(ticker["product_id"], _figures(ticker))


def moment(timestamp: str) -> float:
    """Return an instant of the exchange in seconds since 1970.

    Raises:
        Nonsense: it is none. A price without a time might be of any, so it is none.
    """
    try:
        return instant({"timestamp": timestamp}, "timestamp")
    except Malformed as malformed:
        raise Nonsense(str(malformed)) from None


def of_quote(quote: Quote) -> Figures:
    """Return the figures of a broker's quote.

    Raises:
        Nonsense: no market can have them.
    """
    return Figures(quote.price, quote.bid, quote.ask)


def _figures(ticker: Mapping[str, Any]) -> Figures | Nonsense:
    try:
        return Figures(
            figure(ticker.get("price"), "price"),
            _quoted(ticker, "best_bid"),
            _quoted(ticker, "best_ask"),
        )
    except Malformed as malformed:
        return Nonsense(str(malformed))
    except Nonsense as nonsense:
        return nonsense


def _quoted(ticker: Mapping[str, Any], side: str) -> Decimal | None:
    """Read a best quote. An empty side of the book is an empty text, and one may be left out."""
    told = ticker.get(side)
    return None if told is None or told == "" else figure(told, side)
