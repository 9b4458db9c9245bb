from __future__ import annotations

import json
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest

from downtick.exchange.market import BookChange
from tests.exchange.brokerage.site import START
from tests.exchange.pro.floor import Floor, messages

# The members of Coinbase's own messages, in their order (recorded 2021-04, 2026-08 and 2026-09).
MEMBERS = {
    "ticker": "type sequence product_id price open_24h volume_24h low_24h high_24h volume_30d best_bid best_bid_size "
    "best_ask best_ask_size side time trade_id last_size",
    "match": "type trade_id maker_order_id taker_order_id side size price product_id sequence time",
    "last_match": "type trade_id maker_order_id taker_order_id side size price product_id sequence time",
    "snapshot": "type product_id asks bids time",
    "l2update": "type product_id changes time",
    "heartbeat": "type last_trade_id product_id sequence time",
    "status": "type currencies products",
}
BTC = ("BTC-USD",)


def _awake(*listening: str) -> Floor:
    floor = Floor(*listening)
    floor.publisher.flow("BTC-USD")
    return floor


def test_messages_have_coinbases_members_in_their_order() -> None:
    """Each kind of them."""
    channels = ("ticker", "matches", "level2", "level2_batch", "heartbeat", "status")
    floor = _awake(*channels)
    publisher = floor.publisher
    bodies = [body for channel in channels for body in publisher.snapshots(channel, BTC)]
    bodies += [*floor.play(300), *publisher.books_due(), *publisher.heartbeat(START)]
    told = messages(bodies)
    assert {message["type"] for message in told} == set(MEMBERS)
    for message in told:
        assert list(message) == MEMBERS[message["type"]].split()


def test_who_sleeps_is_told_nothing() -> None:
    """A product that nobody asked for in this dialect costs nothing."""
    floor = Floor("ticker", "matches", "level2", "full", "heartbeat")
    assert floor.play(200) == []
    assert list(floor.publisher.heartbeat(START)) == []
    assert floor.publisher.followed("BTC-USD") is None


def test_nothing_is_encoded_that_nobody_listens_to() -> None:
    """The sequence counts on all the same."""
    floor = _awake()
    before = floor.publisher.flow("BTC-USD").sequence
    assert floor.play(200) == []
    assert floor.publisher.flow("BTC-USD").sequence > before + 100


def test_a_trade_is_a_match_and_a_ticker_of_the_same_sequence() -> None:
    """The match tells the maker's side, the ticker the taker's."""
    floor = _awake("matches", "ticker")
    bodies = floor.play(300)
    matches, tickers = messages(bodies, "matches"), messages(bodies, "ticker")
    assert len(matches) == len(tickers) > 10
    for match, ticker in zip(matches, tickers, strict=True):
        for name in ("sequence", "trade_id", "price", "time"):
            assert match[name] == ticker[name]
        assert {match["side"], ticker["side"]} == {"buy", "sell"}
        assert ticker["last_size"] == match["size"]
    ids = [match["trade_id"] for match in matches]
    assert ids == list(range(ids[0], ids[0] + len(ids)))
    assert [body.trade_ids for body in bodies if body.channel == "market_trades"] == [
        (number, number) for number in ids
    ]


def test_matches_are_numbered_within_the_full_channel() -> None:
    """Who listens to matches alone sees numbers rise and not follow each other; full has all of them."""
    floor = _awake("matches", "full")
    bodies = floor.play(300)
    full = [m for m in messages(bodies, "full") if m["product_id"] == "BTC-USD"]
    numbers = [message["sequence"] for message in full]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    matches = messages(bodies, "matches")
    assert matches == [message for message in full if message["type"] == "match"]
    assert all(b["sequence"] > a["sequence"] + 1 for a, b in pairwise(matches))


def test_the_last_match_is_the_trade_before() -> None:
    """And the match after it has the next trade id and a higher number."""
    floor = _awake("matches")
    floor.play(100)
    (last,) = messages(floor.publisher.snapshots("matches", BTC))
    assert last["type"] == "last_match"
    following = messages(floor.play(300), "matches")[0]
    assert following["trade_id"] == last["trade_id"] + 1
    assert following["sequence"] > last["sequence"]


def _book(snapshot: dict[str, Any]) -> dict[tuple[str, Decimal], Decimal]:
    return {
        (side, Decimal(price)): Decimal(size)
        for side, name in (("buy", "bids"), ("sell", "asks"))
        for price, size in snapshot[name]
    }


@pytest.mark.parametrize("channel", ["level2", "level2_batch"])
def test_a_client_of_the_book_has_the_markets_book(channel: str) -> None:
    """From its snapshot on, one by one or in batches; a size of zero takes a price away."""
    floor = _awake(channel)
    (snapshot,) = messages(floor.publisher.snapshots(channel, BTC))
    asks, bids = ([Decimal(price) for price, _ in snapshot[name]] for name in ("asks", "bids"))
    assert asks == sorted(asks)
    assert bids == sorted(bids, reverse=True)
    book = _book(snapshot)
    for _ in range(20):
        bodies = [*floor.play(50), *floor.publisher.books_due()]
        for update in messages(bodies, channel):
            for side, price, size in update["changes"]:
                book[side, Decimal(price)] = Decimal(size)
        book = {key: size for key, size in book.items() if size}
        (now,) = messages(floor.publisher.snapshots(channel, BTC))
        assert book == _book(now)


def test_a_batch_tells_of_each_price_once() -> None:
    """One update a period, and none if nothing happened."""
    floor = _awake("level2_batch")
    changes = [
        change
        for _ in range(400)
        for change in (floor.play(1), floor.last)[1:]
        if isinstance(change, BookChange) and change.product_id == "BTC-USD"
    ]
    (update,) = messages(floor.publisher.books_due(), "level2_batch")
    prices = [(side, price) for side, price, _ in update["changes"]]
    assert len(prices) == len(set(prices)) < sum(len(change.changes) for change in changes)
    assert list(floor.publisher.books_due()) == []
    assert floor.gathered == [changes[0]]


def test_a_batch_begins_with_its_first_change() -> None:
    """Nobody has to ask while nobody listens, or nothing happens."""
    floor = _awake("level2")
    floor.play(100)
    assert floor.gathered == []
    floor.listening.add("exchange/level2_batch")
    for _ in range(3):
        floor.play(50)
        assert len(list(floor.publisher.books_due())) == 1
    assert len(floor.gathered) == 3


def test_figures_of_a_book_have_all_places_of_their_increments() -> None:
    """Those of trades have no trailing zeros."""
    floor = _awake("level2")
    (snapshot,) = messages(floor.publisher.snapshots("level2", BTC))
    assert all(
        (len(price.partition(".")[2]), len(size.partition(".")[2])) == (2, 8)
        for price, size in snapshot["asks"] + snapshot["bids"]
    )
    gone = [
        size
        for update in messages(floor.play(300), "level2")
        for _, _, size in update["changes"]
        if not Decimal(size)
    ]
    assert set(gone) == {"0.00000000"}


def test_a_heartbeat_tells_the_last_sequence_and_trade() -> None:
    """Of each product that somebody listens to."""
    floor = _awake("heartbeat", "matches")
    last = [m for m in messages(floor.play(300), "matches") if m["product_id"] == "BTC-USD"][-1]
    (beat,) = messages(floor.publisher.heartbeat(START))
    assert beat == {
        "type": "heartbeat",
        "last_trade_id": last["trade_id"],
        "product_id": "BTC-USD",
        "sequence": floor.publisher.flow("BTC-USD").sequence,
        "time": "2026-09-30T02:37:15.057778Z",
    }


def test_a_ticker_batch_holds_what_changed() -> None:
    """Once a period, and nothing if nothing happened."""
    floor = _awake("ticker_batch")
    floor.play(300)
    (ticker,) = messages(floor.publisher.ticker_batch_due(), "ticker_batch")
    assert (ticker["type"], ticker["product_id"]) == ("ticker", "BTC-USD")
    assert list(floor.publisher.ticker_batch_due()) == []


def test_status_tells_of_what_is_owned_and_of_its_state_now() -> None:
    """No futures; every currency once."""
    floor = Floor("status")
    (body,) = floor.publisher.status_due()
    assert (body.channel, body.products) == ("status", ("BTC-USD", "ETH-USD"))
    status = json.loads(body.events)
    assert [product["id"] for product in status["products"]] == ["BTC-USD", "ETH-USD"]
    assert [currency["id"] for currency in status["currencies"]] == ["BTC", "USD", "ETH"]
    assert not status["products"][0]["cancel_only"]
    flags = floor.ledger.state.flags_of("BTC-USD")
    floor.ledger.set_flags("BTC-USD", type(flags)(cancel_only=True), START)
    assert messages(floor.publisher.status_due())[0]["products"][0]["cancel_only"]


def test_bodies_are_known_by_their_channel_in_advanced_trade() -> None:
    """So that faults, triggers and the journal mean the same in either dialect."""
    channels = ("ticker", "matches", "level2", "full", "heartbeat", "ticker_batch")
    floor = _awake(*channels)
    bodies = [*floor.play(300), *floor.publisher.heartbeat(START)]
    bodies += floor.publisher.ticker_batch_due()
    assert {(body.topic, body.channel) for body in bodies} == {
        ("exchange/ticker", "ticker"),
        ("exchange/matches", "market_trades"),
        ("exchange/level2", "l2_data"),
        ("exchange/full", "full"),
        ("exchange/heartbeat", "heartbeats"),
        ("exchange/ticker_batch", "ticker_batch"),
    }


def test_the_first_ticker_is_of_the_last_trade() -> None:
    """Also of one before the market's start."""
    floor = _awake("ticker")
    (ticker,) = messages(floor.publisher.snapshots("ticker", BTC))
    last = floor.state.last_trade("BTC-USD")
    assert last is not None
    assert (ticker["trade_id"], ticker["price"]) == (last.trade_id, str(last.price))
