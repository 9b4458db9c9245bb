from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot_v2.features.brokerages.broker import Quote
from bot_v2.features.brokerages.coinbase.streaming import Message
from bot_v2.features.market_data.price import Figures, Nonsense
from bot_v2.features.market_data.reading import moment, of_quote, read

TICKER = {
    "product_id": "BTC-USD",
    "price": "100.5",
    "best_bid": "100",
    "best_ask": "101",
}


def message(*tickers: dict[str, Any], channel: str = "ticker") -> Message:
    products = tuple(str(ticker["product_id"]) for ticker in tickers)
    events = ({"type": "update", "tickers": [*tickers]},)
    return Message(channel, "update", products, 1, 5.0, 1, "2026-08-12T19:27:48.5Z", events)


def figures(ticker: dict[str, Any]) -> Figures | Nonsense:
    (reading,) = read(message(ticker))
    return reading.figures


def test_each_product_of_a_message_is_read() -> None:
    """In their order, each with its figures."""
    readings = list(read(message(TICKER, TICKER | {"product_id": "ETH-USD", "price": "7"})))
    assert [reading.product for reading in readings] == ["BTC-USD", "ETH-USD"]
    assert readings[0].figures == Figures(Decimal("100.5"), Decimal(100), Decimal(101))


def test_other_channels_tell_no_prices() -> None:
    """They are passed over."""
    assert list(read(message(TICKER, channel="market_trades"))) == []


@pytest.mark.parametrize("side", ["best_bid", "best_ask"])
@pytest.mark.parametrize("told", ["", None])
def test_an_empty_side_of_the_book_is_none(side: str, told: str | None) -> None:
    """A ticker of an empty book has a price all the same."""
    found = figures(TICKER | {side: told})
    assert isinstance(found, Figures)
    assert (found.bid is None) == (side == "best_bid")
    assert found.mark == found.last == Decimal("100.5")


@pytest.mark.parametrize(
    "wrong",
    [
        {"price": None},
        {"price": "0"},
        {"price": ["100"]},
        {"best_bid": "one"},
        {"best_ask": {}},
        {"best_bid": "102"},
    ],
)
def test_figures_that_cannot_be_read_are_nonsense(wrong: dict[str, Any]) -> None:
    """Their product is told, so that it can be said whose price is missing."""
    assert isinstance(figures(TICKER | wrong), Nonsense)


def test_a_price_that_is_missing_is_nonsense() -> None:
    """A field that turned up no more."""
    assert isinstance(figures({"product_id": "BTC-USD"}), Nonsense)


@given(st.dictionaries(st.sampled_from(["price", "best_bid", "best_ask"]), st.from_type(object)))
def test_nothing_in_a_ticker_raises(wrong: dict[str, Any]) -> None:
    """Whatever stands there, it is read or it is nonsense."""
    assert isinstance(figures(TICKER | wrong), Figures | Nonsense)


def test_instants_are_read_to_the_microsecond() -> None:
    """The envelope's nine digits are more than a float of this size can hold."""
    assert moment("2026-08-12T19:27:48.098821666Z") == pytest.approx(1786562868.098821, abs=1e-6)


@pytest.mark.parametrize("told", ["", "None", "yesterday", "2026-08-12T19:27:48", "12"])
def test_a_message_without_a_time_tells_no_price(told: str) -> None:
    """It might be of any time."""
    with pytest.raises(Nonsense):
        moment(told)


def test_a_quote_is_read_like_a_ticker() -> None:
    """The same figures, and the same refusal."""
    quote = Quote("BTC-USD", Decimal("100.5"), Decimal(100), Decimal(101), 1.0)
    assert of_quote(quote) == Figures(Decimal("100.5"), Decimal(100), Decimal(101))
    with pytest.raises(Nonsense):
        of_quote(Quote("BTC-USD", Decimal(0), Decimal(100), Decimal(101), 1.0))
