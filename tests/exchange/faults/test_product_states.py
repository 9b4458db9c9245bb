from __future__ import annotations

from typing import Any

import pytest

from downtick.exchange.faults import Fate
from downtick.exchange.frames import Body
from tests.exchange.faults.desk import FakeFeed
from tests.exchange.faults.trader import Reply, Trader

BTC = Body("ticker", "update", ("BTC-USD",), b"")
BTC_BOOK = Body("l2_data", "update", ("BTC-USD",), b"")
ETH = Body("ticker", "update", ("ETH-USD",), b"")
BOTH = Body("ticker", "snapshot", ("BTC-USD", "ETH-USD"), b"")
BEAT = Body("heartbeats", "", (), b"")
NOTHING = Body("status", "update", (), b"")


def refused(reply: Reply) -> str | None:
    """Return why an order or an edit was refused, by whatever name it has; None if it was not."""
    if reply["success"]:
        return None
    if "errors" in reply.data:
        names = [name for name in reply["errors"][0].values() if name]
    else:
        error = reply["error_response"]
        names = [error["error"], error["preview_failure_reason"]]
    known = [name.removeprefix("PREVIEW_") for name in names if not name.startswith("UNKNOWN")]
    return str(known[0]) if known else None


async def flag(trader: Trader, name: str, product: str = "BTC-USD") -> Any:
    """Return a flag of a product as clients see it."""
    return (await trader.ask("GET", f"products/{product}"))[name]


@pytest.mark.parametrize(
    ("fault", "reason"),
    [("cancel_only", "ORDER_ENTRY_DISABLED"), ("trading_disabled", "TRADING_DISABLED")],
)
async def test_a_state_is_shown_refuses_orders_and_lets_cancels_through(
    fault: str, reason: str
) -> None:
    """Each refused order and edit is one hit, with its reason; afterwards everything is as before."""
    trader = Trader()
    await trader.place("old")
    handle = trader.start(fault)
    assert await flag(trader, fault) is True
    assert not (await trader.place("new"))["success"]
    assert not (await trader.edit("old", "2"))["success"]
    assert await trader.cancel("old") == [None]
    assert trader.struck("request", "product", "reason") == [
        (3, "BTC-USD", reason),
        (4, "BTC-USD", reason),
    ]
    trader.book.stop(handle)
    assert await flag(trader, fault) is False
    assert refused(await trader.place("new")) is None
    assert trader.over == [(fault, 2)]
    assert (trader.truth("old"), trader.truth("new")) == ("CANCELLED", "OPEN")


async def test_a_state_is_that_of_its_product() -> None:
    """Others are traded on, and count for nothing."""
    trader = Trader()
    trader.start("cancel_only", {"product": "ETH-USD"})
    assert await flag(trader, "cancel_only") is False
    assert refused(await trader.place("a")) is None
    assert refused(await trader.place("b", product="ETH-USD")) == "ORDER_ENTRY_DISABLED"
    assert trader.struck("product") == [("ETH-USD",)]


@pytest.mark.parametrize(
    ("selectors", "expected"),
    [
        ({"once": True}, [True, False, False, False]),
        ({"nth": 2}, [False, True, False, False]),
        ({"nth": 2, "times": 2}, [False, True, True, False]),
    ],
)
async def test_a_state_lasts_for_the_orders_that_are_selected(
    selectors: dict[str, Any], expected: list[bool]
) -> None:
    """Its flag is up exactly while the next order would be refused, and it is over with the last of them."""
    trader = Trader()
    trader.start("cancel_only", selectors)
    flags, refusals = [], []
    for name in "abcd":
        flags.append(await flag(trader, "cancel_only"))
        refusals.append(not (await trader.place(name))["success"])
    assert refusals == flags == expected
    assert await flag(trader, "cancel_only") is False
    assert trader.over == [("cancel_only", sum(expected))]


async def test_an_order_that_is_refused_for_its_own_fault_before_the_state_is_no_hit() -> None:
    """It counts as an order; only what the state refused is a hit."""
    trader = Trader()
    trader.start("cancel_only", {"nth": 2})
    assert refused(await trader.place("a", size="1000000")) not in (None, "ORDER_ENTRY_DISABLED")
    assert trader.struck() == []
    assert refused(await trader.place("b")) == "ORDER_ENTRY_DISABLED"
    assert len(trader.struck()) == 1


async def test_an_edit_of_an_unknown_order_is_no_opportunity() -> None:
    """The route answers it as always."""
    trader = Trader()
    for fault in ("cancel_only", "order_entry_disabled"):
        trader.start(fault, {"once": True})
        wanted = {"order_id": "nobody", "size": "1", "price": "1"}
        assert refused(await trader.ask("POST", "orders/edit", wanted)) == "ORDER_NOT_FOUND"
        trader.book.stop_all()
    assert trader.struck() == []


async def test_a_state_that_was_there_before_is_there_afterwards() -> None:
    """Two states at once: the first one's end does not open the product for the second."""
    trader = Trader()
    trader.start("cancel_only")
    inner = trader.start("trading_disabled", {"product": "BTC-USD"})
    assert await flag(trader, "cancel_only") is True
    trader.book.stop(inner)
    assert await flag(trader, "cancel_only") is True
    assert await flag(trader, "trading_disabled") is False


async def test_a_reopening_goes_through_its_stages_each_with_its_rejection() -> None:
    """Cancel-only, then post-only, then open: by itself, when both times are over."""
    trader = Trader()
    trader.start("staged_reopening", cancel_only=3.0, post_only=2.0)
    assert refused(await trader.place("a")) == "ORDER_ENTRY_DISABLED"
    assert refused(await trader.place("a", post_only=True)) == "ORDER_ENTRY_DISABLED"
    trader.wait(2.9)
    assert await flag(trader, "cancel_only") is True
    trader.wait(0.1)
    assert (await flag(trader, "cancel_only"), await flag(trader, "post_only")) == (False, True)
    assert refused(await trader.place("a")) == "NOT_ALLOWED_BY_MARKET_STATE"
    assert refused(await trader.place("b", post_only=True)) is None
    trader.wait(1.9)
    assert not trader.over
    trader.wait(0.1)
    assert trader.over == [("staged_reopening", 3)]
    assert await flag(trader, "post_only") is False
    assert refused(await trader.place("a")) is None
    assert [reason for (reason,) in trader.struck("reason")] == [
        "ORDER_ENTRY_DISABLED",
        "ORDER_ENTRY_DISABLED",
        "NOT_ALLOWED_BY_MARKET_STATE",
    ]


async def test_a_reopening_that_is_ended_early_is_open() -> None:
    """And no stage comes after it."""
    trader = Trader()
    handle = trader.start("staged_reopening", cancel_only=3.0, post_only=2.0)
    trader.book.stop(handle)
    trader.wait(10.0)
    assert (await flag(trader, "cancel_only"), await flag(trader, "post_only")) == (False, False)
    assert not trader.timers


async def test_a_reopening_from_the_second_order_on_still_follows_its_clock() -> None:
    """A stage that nobody has met yet passes all the same."""
    trader = Trader()
    trader.start("staged_reopening", {"nth": 2, "times": 5}, cancel_only=3.0, post_only=2.0)
    assert refused(await trader.place("a")) is None
    trader.wait(3.0)
    assert refused(await trader.place("b")) == "NOT_ALLOWED_BY_MARKET_STATE"


async def test_order_entry_can_be_off_without_a_flag() -> None:
    """New and edited orders are refused by one name, cancels work, products look as always."""
    trader = Trader()
    await trader.place("old")
    trader.start("order_entry_disabled", {"product": "BTC-USD"})
    assert refused(await trader.place("new")) == "ORDER_ENTRY_DISABLED"
    await trader.edit("old", "2")
    assert trader.order("old").edits == ()
    assert refused(await trader.place("other", product="ETH-USD")) is None
    product = (await trader.ask("GET", "products/BTC-USD")).data
    assert [name for name, value in product.items() if value is True] == []
    assert await trader.cancel("old") == [None]
    trader.book.stop_all()
    assert trader.over == [("order_entry_disabled", 2)]
    assert trader.truth("new") is None


async def test_order_entry_is_off_for_a_market_order_that_would_have_filled() -> None:
    """The ledger hears nothing of it."""
    trader = Trader()
    before = len(trader.venue.ledger.entries)
    trader.start("order_entry_disabled")
    market = {"market_market_ioc": {"base_size": "0.1"}}
    ticket = {"client_order_id": "m", "product_id": "BTC-USD", "side": "BUY"}
    reply = await trader.ask("POST", "orders", {**ticket, "order_configuration": market})
    assert refused(reply) == "ORDER_ENTRY_DISABLED"
    assert len(trader.venue.ledger.entries) == before


async def test_a_product_vanishes_from_every_list_and_its_orders_stay() -> None:
    """Each answer that is different by it is a hit; others are none."""
    trader = Trader()
    await trader.place("old")
    trader.start("product_vanished", product_id="BTC-USD")
    listed = [p["product_id"] for p in (await trader.ask("GET", "products"))["products"]]
    assert listed == ["ETH-USD"]
    assert (await trader.ask("GET", "products/BTC-USD")).status == 404
    assert (await trader.ask("GET", "market/products/BTC-USD/ticker")).status == 404
    assert (await trader.ask("GET", "products/ETH-USD")).status == 200
    assert refused(await trader.place("new")) == "INVALID_PRODUCT_ID"
    assert await trader.status("old") == "OPEN"
    assert await trader.listed() == ["old"]
    assert await trader.cancel("old") == [None]
    assert len(trader.struck()) == 4
    trader.book.stop_all()
    assert (await trader.ask("GET", "products/BTC-USD")).status == 200
    assert trader.over == [("product_vanished", 4)]


async def test_a_product_vanishes_from_the_market_feed() -> None:
    """One hit a connection; when it is back, the books of those that missed it are put right."""
    trader = Trader(FakeFeed(1, "BTC-USD", "ETH-USD"), FakeFeed(2, "ETH-USD"))
    trader.start("product_vanished", product_id="BTC-USD")
    silent, sent = Fate.SILENT, Fate.SENT
    assert trader.fates(BTC, BTC_BOOK) == [silent, silent]
    assert trader.fates(ETH, BOTH, BEAT, NOTHING) == [sent, sent, sent, sent]
    assert trader.fates(ETH, feed=1) == [sent]
    assert trader.struck("conn") == [(1,)]
    trader.book.stop_all()
    assert [feed.done for feed in trader.feeds] == [[("show", "level2")], []]


def test_a_product_that_vanished_cannot_be_subscribed_to() -> None:
    """Each refused subscription is a hit; the user may still hear of his orders."""
    trader = Trader()
    handle = trader.start("product_vanished", product_id="BTC-USD")
    asked = [("ticker", ("ETH-USD",)), ("ticker", ("ETH-USD", "BTC-USD")), ("user", ("BTC-USD",))]
    refused_by = [trader.book.subscribe(3, "market_ws", *one) for one in asked]
    assert refused_by == [None, handle, None]
    assert trader.struck("conn", "channel") == [(3, "ticker")]
