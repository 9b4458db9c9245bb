from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from bot_v2.features.brokerages.broker import (
    NotDone,
    OrderRequest,
    Rejected,
    Unavailable,
    Unknown,
)
from bot_v2.features.brokerages.coinbase.advanced_trade import AdvancedTrade
from bot_v2.features.brokerages.coinbase.rest import Answer, Refused
from bot_v2.features.brokerages.coinbase.venue import NameTaken
from tests.bot_v2.features.brokerages.coinbase.advanced_trade.desk import (
    MARKET,
    RESTING,
    Desk,
    soon,
)
from tests.bot_v2.features.brokerages.coinbase.in_process import (
    without,
)
from tests.exchange.brokerage.site import BASE, FUTURE, PERPETUAL, SECONDS, limit


async def test_an_order_is_placed_as_it_was_asked_for(desk: Desk) -> None:
    """Figures letter by letter; a limit rests, a market order does not wait."""
    order_id = await desk.submit(RESTING)
    told = desk.site.ask(f"GET /orders/historical/{order_id}")["order"]
    assert told["order_configuration"] == {
        "limit_limit_gtc": {"base_size": "0.001", "limit_price": "10000.00", "post_only": True}
    }
    assert (told["side"], told["client_order_id"]) == ("BUY", "a")
    bought = await desk.venue.order(await desk.submit(MARKET))
    assert bought is not None
    assert (bought.status, bought.filled) == ("filled", Decimal("0.002"))


async def test_figures_are_written_without_exponent(desk: Desk) -> None:
    """A thousandth of a thousandth is no ``1E-8``."""
    await desk.submit(replace(RESTING, quantity=Decimal("1E-3"), limit_price=Decimal("1E+4")))
    (told,) = desk.site.ask("GET /orders/historical/batch")["orders"]
    assert told["order_configuration"]["limit_limit_gtc"]["base_size"] == "0.001"
    assert told["order_configuration"]["limit_limit_gtc"]["limit_price"] == "10000"


async def test_the_same_name_has_the_same_id(desk: Desk) -> None:
    """As documented; and insisting finds it without sending it."""
    first = await desk.submit(RESTING)
    assert await desk.submit(RESTING) == first
    assert await desk.venue.insist(RESTING, SECONDS, soon()) == first
    assert desk.asked("POST /orders") == 2


async def test_insisting_sends_what_does_not_show(desk: Desk) -> None:
    """It is looked for among orders and fills first."""
    order_id = await desk.venue.insist(RESTING, SECONDS, soon())
    assert await desk.venue.order(order_id)
    assert [line.partition("?")[0] for line in desk.wire.lines[:3]] == [
        f"GET {BASE}/orders/historical/batch",
        f"GET {BASE}/orders/historical/fills",
        f"POST {BASE}/orders",
    ]


async def test_insisting_sends_nothing_when_it_cannot_look(desk: Desk) -> None:
    """Blind it is not sent."""
    bad = Answer(503, {}, None)
    desk.wire.instead = [(f"GET {BASE}/orders/historical", bad)] * 3
    with pytest.raises(Unavailable):
        await desk.venue.insist(RESTING, SECONDS, soon())
    assert desk.asked("POST /orders") == 0


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"quantity": Decimal(500)}, "INSUFFICIENT_FUND"),
        ({"symbol": "XYZ-USD"}, "INVALID_PRODUCT_ID"),
        ({"quantity": Decimal("0.000000001")}, "INVALID_BASE_SIZE_TOO_SMALL"),
        ({"limit_price": Decimal(10**6)}, "INVALID_LIMIT_PRICE_POST_ONLY"),
    ],
)
async def test_a_refusal_has_its_most_telling_name(
    desk: Desk, changed: dict[str, Any], reason: str
) -> None:
    """Of the four places where a name may stand, the one that says something."""
    with pytest.raises(Rejected) as refused:
        await desk.submit(replace(RESTING, **changed))
    assert refused.value.reason.removeprefix("PREVIEW_") == reason


@pytest.mark.parametrize(
    "answer",
    [
        {},
        [],
        "text",
        {"success": "true"},
        {"success": True},
        {"success": True, "success_response": {"order_id": ""}},
        {"success": True, "order_id": "x", "success_response": {"order_id": "x", "product_id": "BTC-USD", "side": "BUY", "client_order_id": "another"}},
        {"success": True, "success_response": {"order_id": "x", "product_id": "ETH-USD", "side": "BUY", "client_order_id": "a"}},
        {"success": True, "success_response": {"order_id": "x", "product_id": "BTC-USD", "side": "SELL", "client_order_id": "a"}},
    ],
)  # fmt: skip
async def test_an_answer_that_does_not_say_so_is_unknown(desk: Desk, answer: Any) -> None:
    """Also one about another order: it was not ours that was answered."""
    desk.wire.instead = [(f"POST {BASE}/orders", Answer(200, {}, answer))]
    with pytest.raises(Unknown):
        await desk.submit(RESTING)


async def test_a_name_that_is_taken_is_not_refused(desk: Desk) -> None:
    """It is a case of its own, wherever the name of the reason stands."""
    for key in ("error", "new_order_failure_reason"):
        said = {"error": "UNKNOWN_FAILURE_REASON", key: "DUPLICATE_CLIENT_ORDER_ID"}
        answer = Answer(200, {}, {"success": False, "error_response": said})
        desk.wire.instead = [(f"POST {BASE}/orders", answer)]
        with pytest.raises(NameTaken):
            await desk.submit(RESTING)


@pytest.mark.parametrize("response", [None, {}, [], {"error": 5}])
async def test_a_refusal_without_a_name_is_a_refusal(desk: Desk, response: Any) -> None:
    """The API said that it did not succeed."""
    answer = Answer(200, {}, {"success": False, "error_response": response})
    desk.wire.instead = [(f"POST {BASE}/orders", answer)]
    with pytest.raises(Rejected, match="UNKNOWN"):
        await desk.submit(RESTING)


@pytest.mark.parametrize(
    "changed",
    [
        {"quantity": Decimal(0)},
        {"quantity": Decimal("NaN")},
        {"limit_price": Decimal(-1)},
        {"limit_price": None},
        {"client_order_id": ""},
    ],
)
def test_figures_that_nobody_takes_do_not_leave(desk: Desk, changed: dict[str, Any]) -> None:
    """A market order cannot only rest either."""
    with pytest.raises(Rejected, match="INVALID"):
        desk.venue.check(replace(RESTING, **changed))


async def test_a_cancel_is_answered_by_its_own_result(desk: Desk) -> None:
    """Done; being done already; refused by name; or unknown if the answer is about something else."""
    order_id = await desk.submit(RESTING)
    await desk.venue.cancel(order_id, soon())
    with pytest.raises(Rejected):
        await desk.venue.cancel(order_id, soon())
    again = {"success": False, "failure_reason": "DUPLICATE_CANCEL_REQUEST", "order_id": order_id}
    desk.wire.instead = [(f"POST {BASE}", Answer(200, {}, {"results": [again]}))]
    await desk.venue.cancel(order_id, soon())
    for results in ([], [{"order_id": "other", "success": True}], [{"order_id": order_id}]):
        desk.wire.instead = [(f"POST {BASE}", Answer(200, {}, {"results": results}))]
        with pytest.raises(Unknown):
            await desk.venue.cancel(order_id, soon())


async def test_an_order_that_is_not_there_is_none_and_a_path_that_is_not_there_is_an_error(
    desk: Desk,
) -> None:
    """A 404 of an edge proves nothing."""
    assert await desk.venue.order("00000000-0000-0000-0000-000000000000") is None
    lost = {"error": "unknown", "error_details": "Not Found", "message": "Not Found"}
    desk.wire.instead = [("GET", Answer(404, {}, lost))]
    with pytest.raises(Refused):
        await desk.venue.order("x")
    desk.wire.instead = [("GET", Answer(404, {}, None, "<html>"))] * 3
    with pytest.raises(Unavailable):
        await desk.venue.order("x")


async def test_an_answer_about_another_order_is_none_at_all(desk: Desk) -> None:
    """Nobody is told of somebody else's order."""
    order_id = await desk.submit(RESTING)
    other = await desk.submit(replace(RESTING, client_order_id="b"))
    answer = Answer(200, {}, desk.site.ask(f"GET /orders/historical/{other}"))
    desk.wire.instead = [("GET", answer)]
    with pytest.raises(Unavailable, match="told of"):
        await desk.venue.order(order_id)


ORDER_KEYS = ("order_id", "product_id", "side", "status", "filled_size", "order_configuration")


FILL_KEYS = ("entry_id", "order_id", "product_id", "side", "price", "size", "commission", "trade_time")  # fmt: skip


ACCOUNT_KEYS = ("currency", "available_balance", "hold", "value")


@pytest.mark.parametrize(
    ("key", "read"),
    [
        *((key, lambda venue: venue.open_orders()) for key in (*ORDER_KEYS, "orders")),
        *((key, lambda venue: venue.fills(SECONDS - 1)) for key in (*FILL_KEYS, "fills", "trade_id", "trade_type")),
        *((key, lambda venue: venue.account()) for key in (*ACCOUNT_KEYS, "accounts")),
        *((key, lambda venue: venue.quote("BTC-USD")) for key in ("pricebook", "bids", "time", "price")),
        *((key, lambda venue: venue.positions((PERPETUAL,))) for key in ("positions", "net_size", "portfolio_uuid", "product_type", "risk_managed_by", "position_side")),
        *((key, lambda venue: venue.positions((FUTURE,))) for key in ("number_of_contracts", "positions")),
        *((key, lambda venue: venue.positions(("BTC-USD",))) for key in ("base_currency_id", "product_id")),
    ],
)  # fmt: skip
async def test_a_member_that_is_missing_is_an_error(
    desk: Desk, key: str, read: Callable[[AdvancedTrade], Any]
) -> None:
    """Nothing is guessed and nothing is left out: a list with an entry that cannot be read is no list."""
    await desk.submit(RESTING)
    await desk.submit(MARKET)
    await desk.submit(OrderRequest("p", PERPETUAL, "sell", Decimal("0.25")))
    await desk.submit(OrderRequest("f", FUTURE, "buy", Decimal(3)))
    desk.wire.twists["GET"] = without(key)
    with pytest.raises(NotDone):
        await read(AdvancedTrade(desk.client))


async def test_a_state_that_nobody_knows_is_not_an_end(desk: Desk) -> None:
    """Nor is one that is still on its way."""
    order_id = await desk.submit(RESTING)
    for word in ("SUSPENDED_BY_VENUE", "CANCEL_QUEUED", "PENDING", "UNKNOWN_ORDER_STATUS"):
        desk.wire.twists["GET"] = partial(_in_state, word)
        found = await desk.venue.order(order_id)
        assert found is not None
        assert not found.over


def _in_state(word: str, data: Any) -> Any:
    return {"order": data["order"] | {"status": word}}


async def test_a_market_buy_by_cost_tells_its_cost(desk: Desk) -> None:
    """As an order from somewhere else in the account may be."""
    order_id = desk.site.placed("q", market_market_ioc={"quote_size": "100"})
    found = await desk.venue.order(order_id)
    assert found is not None
    assert found.quantity == 100
    assert found.limit_price is None
    assert desk.site.placed("l", limit_limit_gtc=limit())
