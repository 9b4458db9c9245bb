from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from tests.exchange.brokerage.site import START
from tests.exchange.pro.floor import Floor

D = Decimal
CLIENT_OID = "d50ec984-77a8-460a-b958-66f114b0de9b"


def _awake() -> Floor:
    floor = Floor("user", "full")
    floor.publisher.flow("BTC-USD")
    return floor


def _types(floor: Floor) -> list[str]:
    return [message["type"] for message in floor.told("user")]


def _common(floor: Floor, sequence: int) -> dict[str, Any]:
    who = floor.venue.identity
    return {
        "user_id": who.user_id,
        "profile_id": who.portfolio_id,
        "product_id": "BTC-USD",
        "sequence": sequence,
        "time": "2026-09-30T02:37:15.057778Z",
    }


def test_an_order_that_rests_is_received_and_open() -> None:
    """With the client's name and the ids of the user."""
    floor = _awake()
    first = floor.publisher.flow("BTC-USD").sequence + 1
    placed = floor.place(client_oid=CLIENT_OID)
    received, opened = floor.told("user")
    assert received == {
        "type": "received",
        "order_id": placed["id"],
        "order_type": "limit",
        "size": "0.001",
        "price": "10000",
        "side": "buy",
        "client_oid": CLIENT_OID,
        **_common(floor, first),
    }
    assert opened == {
        "type": "open",
        "order_id": placed["id"],
        "side": "buy",
        "price": "10000",
        "remaining_size": "0.001",
        **_common(floor, first + 1),
    }


def test_a_cancelled_order_is_done() -> None:
    """With what was left of it."""
    floor = _awake()
    placed = floor.place()
    floor.told("user")
    floor.ask(f"DELETE /orders/{placed['id']}")
    (done,) = floor.told("user")
    assert (done["type"], done["reason"], done["remaining_size"]) == ("done", "canceled", "0.001")


def test_a_taker_is_received_matched_and_done() -> None:
    """Each match with the order of the book that it met, and its fee's rate; it is never open."""
    floor = _awake()
    ask = floor.state.book("BTC-USD").best_ask
    assert ask is not None
    maker = floor.publisher.flow("BTC-USD").order_at("sell", ask.price)
    placed = floor.place(price="70000", size="0.001")
    received, match, done = floor.told("user")
    who = floor.venue.identity
    assert maker is not None
    assert match == {
        "type": "match",
        "trade_id": 5_000_000_001,
        "maker_order_id": maker[0],
        "taker_order_id": placed["id"],
        "side": "sell",
        "size": "0.001",
        "price": f"{ask.price.normalize():f}",
        "taker_user_id": who.user_id,
        "taker_profile_id": who.portfolio_id,
        "taker_fee_rate": "0.012",
        **_common(floor, received["sequence"] + 1),
    }
    assert (done["reason"], done["remaining_size"]) == ("filled", "0")


def test_what_a_taker_leaves_is_open_after_its_matches() -> None:
    """As much as is left."""
    floor = _awake()
    bid, ask = floor.state.book("BTC-USD").best_bid, floor.state.book("BTC-USD").best_ask
    assert bid is not None
    assert ask is not None
    floor.place(price=str(ask.price), size=str(ask.quantity + D("0.5")))
    *_, match, opened = floor.told("user")
    assert (match["type"], match["size"]) == ("match", f"{ask.quantity.normalize():f}")
    assert (opened["type"], opened["remaining_size"]) == ("open", "0.5")


def test_a_maker_is_matched_as_maker() -> None:
    """The side is its own, and the fee a maker's."""
    floor = _awake()
    bid = floor.state.book("BTC-USD").best_bid
    assert bid is not None
    placed = floor.place(price=str(bid.price), size="0.0001")
    assert _types(floor) == ["received", "open"]
    while floor.ledger.state.open_orders:
        floor.play(20)
    match, done = floor.told("user")
    assert (match["maker_order_id"], match["side"]) == (placed["id"], "buy")
    assert (match["maker_fee_rate"], "taker_fee_rate" in match) == ("0.006", False)
    assert (done["type"], done["reason"]) == ("done", "filled")


def test_money_that_is_spent_is_told_as_funds() -> None:
    """The size is not known before."""
    floor = _awake()
    floor.place(type="market", price=None, size=None, funds="100.00")
    received, *_, done = floor.told("user")
    assert (received["order_type"], received["funds"]) == ("market", "100")
    assert "size" not in received
    assert "price" not in done


def test_an_order_that_never_rests_is_never_open() -> None:
    """What is left of it is cancelled in the same instant."""
    floor = _awake()
    ask = floor.state.book("BTC-USD").best_ask
    assert ask is not None
    floor.place(price=str(ask.price), size=str(ask.quantity + D("0.5")), time_in_force="IOC")
    assert _types(floor) == ["received", "match", "done"]


def test_a_stop_order_is_activated_first_and_received_when_its_price_is_reached() -> None:
    """It waits unseen."""
    floor = _awake()
    placed = floor.place(side="sell", price="60000", size="0.001", stop="loss", stop_price="62000")
    (activate,) = floor.told("user")
    assert {name: activate[name] for name in ("type", "order_id", "stop_type", "stop_price")} == {
        "type": "activate",
        "order_id": placed["id"],
        "stop_type": "loss",
        "stop_price": "62000",
    }
    assert (activate["size"], activate["private"]) == ("0.001", True)
    assert activate["timestamp"] == f"{START / 1e9:.6f}"


def test_an_edit_is_told_as_a_change() -> None:
    """With price and size before and after it."""
    floor = _awake()
    placed = floor.place()
    floor.told("user")
    floor.ledger.edit(
        placed["id"], price=D(11000), size=D("0.002"), at=START, book=floor.venue.book("BTC-USD")
    )
    (change,) = floor.told("user")
    assert {name: value for name, value in change.items() if "_" in name and "id" not in name} == {
        "old_size": "0.001",
        "new_size": "0.002",
        "old_price": "10000",
        "new_price": "11000",
    }
    assert (change["type"], change["reason"]) == ("change", "modify_order")


def test_orders_of_one_instant_are_told_one_after_the_other() -> None:
    """One is open before the next is received, and sequence numbers follow each other."""
    floor = _awake()
    for _ in range(3):
        floor.place()
    told = floor.told("user")
    assert [message["type"] for message in told] == ["received", "open"] * 3
    numbers = [message["sequence"] for message in told]
    assert numbers == list(range(numbers[0], numbers[0] + 6))


def test_both_channels_tell_the_same() -> None:
    """Full also puts the market's book back, which the user's trades do not change."""
    floor = _awake()
    floor.place()
    floor.settle()
    assert floor.told("user") == floor.told("full")
    floor.place(type="market", price=None)
    floor.settle()
    user, full = floor.told("user"), floor.told("full")
    assert [message for message in full if message in user] == user
    assert [message["type"] for message in full if message not in user] == [
        "done",
        "received",
        "open",
    ]


def test_bodies_name_the_entry_that_they_tell_of() -> None:
    """For the journal."""
    floor = _awake()
    floor.place()
    floor.settle()
    accepted = floor.ledger.entries[-1].number
    assert {body.entry for body in floor.own} == {accepted}
    assert {json.loads(body.events)["type"] for body in floor.own} == {"received", "open"}


def test_who_sleeps_is_told_nothing() -> None:
    """Nobody speaks this dialect about the product."""
    floor = Floor("user")
    floor.place(product_id="ETH-USD")
    assert floor.told("user") == []


@pytest.mark.parametrize("what", ["void", "roll_back"])
def test_what_the_exchange_takes_back_is_not_told(what: str) -> None:
    """As little as on Advanced Trade."""
    floor = _awake()
    before = floor.ledger.entries[-1].number
    floor.place(type="market", price=None)
    floor.told("user")
    if what == "void":
        floor.ledger.void(1, START)
    else:
        floor.ledger.roll_back(before, START)
    assert floor.told("user") == []
