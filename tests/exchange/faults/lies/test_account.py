from __future__ import annotations

from downtick.exchange.frames import Body
from tests.exchange.faults.desk import FakeFeed
from tests.exchange.faults.trader import Trader


async def test_every_account_is_empty_and_the_ledger_is_not() -> None:
    """Available and held; what is asked of other routes stays true."""
    desk = Trader()
    await desk.place("a")
    handle = desk.start("wrong_data", what="zero_balances")
    told = (await desk.ask("GET", "accounts"))["accounts"]
    assert {account["available_balance"]["value"] for account in told} == {"0"}
    assert {account["hold"]["value"] for account in told} == {"0"}
    assert await desk.listed("OPEN") == ["a"]
    assert desk.hits(handle) == 1
    assert (await desk.account("USD"))[0] not in {"0", ""}
    assert desk.venue.ledger.state.accounts["USD"].hold > 0


async def test_what_is_empty_anyway_is_no_hit() -> None:
    """A lie that changes nothing is not counted."""
    desk = Trader()
    handle = desk.start("wrong_data", what="zero_balances")
    assert desk.answered(
        desk.asked("GET", "/accounts/1"),
        {"account": {"available_balance": {"value": "0"}, "hold": {"value": "0"}}},
    )
    assert desk.hits(handle) == 0


def test_an_account_of_the_exchange_dialect_is_empty_too() -> None:
    """Three figures in a row."""
    desk = Trader()
    desk.start("wrong_data", what="zero_balances")
    true = [{"id": "1", "currency": "BTC", "balance": "1.5", "available": "1", "hold": "0.5"}]
    zero = {"balance": "0", "available": "0", "hold": "0"}
    assert desk.answered(desk.asked("GET", "/accounts"), true) == [true[0] | zero]


async def test_no_order_is_open_and_those_that_are_over_are_listed() -> None:
    """Open ones are left out of every list; each can still be looked up."""
    desk = Trader()
    await desk.place("open")
    await desk.place("over")
    await desk.cancel("over")
    handle = desk.start("wrong_data", what="empty_orders")
    assert await desk.listed("OPEN") == []
    assert await desk.listed() == ["over"]
    assert await desk.status("open") == "OPEN"
    assert desk.truth("open") == "OPEN"
    assert desk.hits(handle) == 2


async def test_open_orders_of_one_product_may_be_missing() -> None:
    """The others are listed."""
    desk = Trader()
    await desk.place("btc")
    await desk.place("eth", product="ETH-USD")
    desk.start("wrong_data", {"product": "ETH-USD", "once": True}, what="empty_orders")
    assert await desk.listed("OPEN") == ["btc"]
    assert await desk.listed("OPEN") == ["eth", "btc"]


def test_a_list_of_the_exchange_dialect_is_empty_too() -> None:
    """Which lists no order that is over."""
    desk = Trader()
    desk.start("wrong_data", what="empty_orders")
    true = [{"id": "1", "product_id": "BTC-USD", "status": "open"}]
    assert desk.answered(desk.asked("GET", "/orders"), true) == []
    assert desk.answered(desk.asked("POST", "/orders"), true) == true


def test_a_new_subscription_of_the_user_is_shown_no_open_order() -> None:
    """Updates go on: they are news, and true."""
    desk = Trader(FakeFeed(1))
    desk.start("wrong_data", what="empty_orders")
    order = {"order_id": "1", "product_id": "BTC-USD", "status": "OPEN"}
    told = {"channel": "user", "events": [{"type": "snapshot", "orders": [order]}]}
    snapshot = Body("user", "snapshot", (), b"")
    update = Body("user", "update", (), b"")
    assert desk.sent(snapshot, told)["events"][0]["orders"] == []
    assert desk.sent(update, told) == told
