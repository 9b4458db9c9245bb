"""REST answers have Coinbase's shapes and limits."""

from __future__ import annotations

import json
from decimal import Decimal
from itertools import islice, pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from downtick.exchange import answers
from downtick.exchange.error_bodies import Answer
from downtick.exchange.market import GRANULARITIES, MarketClock, MarketState, SeededMarket

START = 1_790_735_835_057_778_606
SECONDS = START // 10**9
CLOCK = MarketClock(START)


def market(clock: MarketClock = CLOCK, events: int = 4000) -> MarketState:
    """Return a market that has run for some minutes."""
    made = SeededMarket(5, ["BTC-USD", "ETH-USD"], rate=5.0)
    state = MarketState(made.openings, clock.origin)
    for event in islice(made.events(), events):
        state.apply(event)
    return state


STATE = market()


def body(answer: Answer, status: int = 200) -> Any:
    """Return an answer's JSON; its status must be this one."""
    assert answer.status == status
    assert answer.content_type == "application/json; charset=utf-8"
    return json.loads(answer.body)


def strings(value: Any) -> bool:
    """Return whether every leaf is a string."""
    if isinstance(value, dict):
        return all(strings(member) for member in value.values())
    if isinstance(value, list):
        return all(strings(member) for member in value)
    return isinstance(value, str)


def window(minutes: int) -> dict[str, str]:
    """Return a query for minute candles since the start."""
    end = SECONDS // 60 * 60 + minutes * 60
    return {"granularity": "ONE_MINUTE", "start": str(end - minutes * 60), "end": str(end)}


def test_server_time() -> None:
    """The server's time is three strings."""
    assert body(answers.server_time(START)) == {
        "iso": "2026-09-30T02:37:15Z",
        "epochSeconds": "1790735835",
        "epochMillis": "1790735835057",
    }


def test_products_and_one_product_agree() -> None:
    """The list holds what each product's own route gives."""
    listed = body(answers.products(STATE, {}))
    assert list(listed) == ["products", "num_products", "pagination"]
    assert listed["num_products"] == 2
    assert listed["products"] == [
        body(answers.product(STATE, product.product_id)) for product in STATE.products
    ]


@pytest.mark.parametrize(
    ("query", "product_ids", "found"),
    [
        ({"limit": "1"}, (), ["BTC-USD"]),
        ({"limit": "1", "offset": "1"}, (), ["ETH-USD"]),
        ({"offset": "9"}, (), []),
        ({"limit": "0"}, (), ["BTC-USD", "ETH-USD"]),
        ({}, ("ETH-USD", "NO-PE"), ["ETH-USD"]),
        ({"product_type": "FUTURE"}, (), []),
        ({"get_all_products": "true"}, (), ["BTC-USD", "ETH-USD"]),
    ],
)
def test_products_are_chosen(
    query: dict[str, str], product_ids: tuple[str, ...], found: list[str]
) -> None:
    """Limit, offset, names and type choose; what is not known is passed over."""
    listed = body(answers.products(STATE, query, product_ids))["products"]
    assert [product["product_id"] for product in listed] == found


def test_product_has_its_figures_as_strings() -> None:
    """A product's figures are strings on its grid; its flags are booleans."""
    told = body(answers.product(STATE, "BTC-USD"))
    assert told["quote_increment"] == told["price_increment"] == "0.01"
    assert told["base_increment"] == "0.00000001"
    assert told["cancel_only"] is False
    assert (
        told["price"] == body(answers.product_book(STATE, {"product_id": "BTC-USD"}, START))["last"]
    )
    assert {type(value) for value in told.values()} <= {str, bool, list, type(None)}


def test_ticker_tells_the_newest_trades() -> None:
    """Trades are newest first, as many as asked for, with the best quotes beside them."""
    told = body(answers.ticker(STATE, CLOCK, "BTC-USD", {"limit": "3"}))
    ids = [trade["trade_id"] for trade in told["trades"]]
    assert ids == [str(trade.trade_id) for trade in STATE.trades("BTC-USD", 3)]
    assert list(told["trades"][0]) == (
        ["trade_id", "product_id", "price", "size", "time", "side", "bid", "ask", "exchange"]
    )
    best_bid, best_ask = STATE.book("BTC-USD").best_bid, STATE.book("BTC-USD").best_ask
    assert best_bid is not None
    assert best_ask is not None
    assert Decimal(told["best_bid"]) == best_bid.price
    assert Decimal(told["best_ask"]) == best_ask.price
    assert strings(told)


def test_ticker_is_capped_and_cut_to_its_span() -> None:
    """At most 100 trades are given, and only those between start and end."""
    assert len(body(answers.ticker(STATE, CLOCK, "BTC-USD", {"limit": "700"}))["trades"]) == 100
    query = {"start": str(SECONDS + 10), "end": str(SECONDS + 20)}
    trades = body(answers.ticker(STATE, CLOCK, "BTC-USD", query))["trades"]
    assert trades
    assert {trade["time"][:18] for trade in trades} <= {"2026-09-30T02:37:2", "2026-09-30T02:37:3"}


@pytest.mark.parametrize(("limit", "levels"), [("2", 2), ("5000", None), ("", None)])
def test_product_book(limit: str, levels: int | None) -> None:
    """The book is best first, as deep as asked for, with its middle and spread."""
    query = {"product_id": "ETH-USD", "limit": limit}
    told = body(answers.product_book(STATE, query, START))
    bids, asks = STATE.book("ETH-USD").depth(levels)
    book = told["pricebook"]
    assert [Decimal(quote["price"]) for quote in book["bids"]] == [q.price for q in bids]
    assert [Decimal(quote["size"]) for quote in book["asks"]] == [q.quantity for q in asks]
    assert book["time"] == "2026-09-30T02:37:15.057778Z"
    assert Decimal(told["spread_absolute"]) == asks[0].price - bids[0].price
    assert bids[0].price < Decimal(told["mid_market"]) < asks[0].price
    assert Decimal(told["spread_bps"]) > 0
    assert strings(told)


def test_book_with_an_empty_side() -> None:
    """Where a side is empty there is no middle and no spread."""
    state = market(events=0)
    for price, _ in state.book("BTC-USD").depth()[0]:
        state.book("BTC-USD").bids.put(price, price * 0)
    told = body(answers.product_book(state, {"product_id": "BTC-USD"}, START))
    assert told["pricebook"]["bids"] == []
    assert (told["mid_market"], told["spread_bps"], told["spread_absolute"]) == ("", "", "")


def test_candles_newest_first() -> None:
    """Candles are those of the state inside the span, newest first."""
    told = body(answers.candles(STATE, CLOCK, "BTC-USD", window(30)))["candles"]
    starts = [int(candle["start"]) for candle in told]
    assert len(starts) > 5
    assert starts == sorted(starts, reverse=True)
    assert list(told[0]) == ["start", "low", "high", "open", "close", "volume"]
    assert strings(told)
    two = body(answers.candles(STATE, CLOCK, "BTC-USD", window(30) | {"limit": "2"}))["candles"]
    assert two == told[:2]


@pytest.mark.parametrize(("granularity", "seconds"), GRANULARITIES.items())
def test_candles_from_before_the_start(granularity: str, seconds: int) -> None:
    """A client gets the 300 candles that it asks for when it starts, whatever their length."""
    end = SECONDS // seconds * seconds
    query = {"granularity": granularity, "end": str(end), "start": str(end - 299 * seconds)}
    told = body(answers.candles(market(events=0), CLOCK, "BTC-USD", query))["candles"]
    assert [int(candle["start"]) for candle in told] == [end - n * seconds for n in range(300)]
    assert strings(told)


def test_candles_at_another_time_scale() -> None:
    """At a time scale of 0.1 minute candles start every six seconds of the wall clock."""
    clock = MarketClock(START, 0.1)
    told = body(answers.candles(market(clock), clock, "BTC-USD", window(5)))["candles"]
    starts = [int(candle["start"]) for candle in told]
    assert {before - after for before, after in pairwise(starts)} == {6}


def test_too_many_candles() -> None:
    """350 candles are given, 351 are too many."""
    body(answers.candles(STATE, CLOCK, "BTC-USD", window(350)))
    refused = body(answers.candles(STATE, CLOCK, "BTC-USD", window(351)), 400)
    assert refused["error"] == "INVALID_ARGUMENT"
    assert "less than 350" in refused["message"]


@pytest.mark.parametrize(
    ("answer", "status", "message"),
    [
        (answers.product(STATE, "NO-PE"), 404, "Product NO-PE not supported"),
        (answers.ticker(STATE, CLOCK, "NO-PE", {}), 404, "Product NO-PE not supported"),
        (answers.candles(STATE, CLOCK, "NO-PE", {}), 404, "Product NO-PE not supported"),
        (answers.product_book(STATE, {}, START), 400, "ProductID is invalid"),
        (answers.unknown_path(), 404, "Not Found"),
        (answers.products(STATE, {"limit": "-1"}), 400, "limit argument is invalid"),
        (answers.products(STATE, {"offset": "x"}), 400, "offset argument is invalid"),
        (answers.ticker(STATE, CLOCK, "BTC-USD", {"limit": "²"}), 400, "limit argument is invalid"),
        (
            answers.ticker(STATE, CLOCK, "BTC-USD", {"start": "now"}),
            400,
            "start and end argument is invalid",
        ),
        (
            answers.product_book(STATE, {"product_id": "BTC-USD", "limit": "1e3"}, START),
            400,
            "limit argument is invalid",
        ),
        (
            answers.candles(STATE, CLOCK, "BTC-USD", {"granularity": "ONE_YEAR"}),
            400,
            "granularity argument is invalid",
        ),
        (
            answers.candles(STATE, CLOCK, "BTC-USD", {"granularity": "ONE_DAY"}),
            400,
            "start and end argument is invalid",
        ),
    ],
)
def test_what_cannot_be_answered(answer: Answer, status: int, message: str) -> None:
    """A bad request gets Coinbase's status and words."""
    assert body(answer, status)["message"] == message


@given(
    query=st.dictionaries(
        st.sampled_from(["limit", "offset", "start", "end", "granularity"]), st.text()
    )
)
@settings(deadline=None, max_examples=50)
def test_no_query_breaks_a_route(query: dict[str, str]) -> None:
    """Whatever a query says, the answer is data or a 400."""
    given_answers = [
        answers.products(STATE, query),
        answers.ticker(STATE, CLOCK, "BTC-USD", query),
        answers.product_book(STATE, query | {"product_id": "BTC-USD"}, START),
        answers.candles(STATE, CLOCK, "BTC-USD", query),
    ]
    assert {answer.status for answer in given_answers} <= {200, 400}
