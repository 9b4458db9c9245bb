"""Orders are placed, previewed, edited, cancelled and closed as Coinbase's API does."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from downtick.exchange.ledger import Flags
from tests.exchange.brokerage.site import FUTURE, PERPETUAL, START, Site, limit, order


def reason(told: Any) -> str:
    """Return why an order was not placed."""
    assert told["success"] is False
    assert told["order_id"] == ""
    assert "success_response" not in told
    return str(told["error_response"]["error"])


def test_create() -> None:
    """A placed order is told with its id twice, and its configuration as it was sent."""
    site = Site()
    told = site.place("abc-1", limit_limit_gtc=limit(post_only=False))
    order_id = told["order_id"]
    assert order_id in site.venue.ledger.state.orders
    assert told == {
        "success": True,
        "failure_reason": "UNKNOWN_FAILURE_REASON",
        "order_id": order_id,
        "success_response": {
            "order_id": order_id,
            "product_id": "BTC-USD",
            "side": "BUY",
            "client_order_id": "abc-1",
            "attached_order_id": "",
        },
        "order_configuration": {"limit_limit_gtc": limit(post_only=False)},
    }


def test_the_journal_keeps_the_true_book_that_an_order_met() -> None:
    """Whether it is taken or refused, and whatever market a fault shows meanwhile."""
    site = Site(events=4000)
    truth = site.venue.book("BTC-USD")
    site.venue = site.venue.like(market=Site().venue.market)
    site.place("mine", limit_limit_gtc=limit())
    site.place("too much", limit_limit_gtc=limit("100"))
    books = [told for kind, told in site.journal if kind == "true_book"]
    assert truth.best_bid is not None
    assert truth.best_ask is not None
    assert truth.best_bid != site.venue.book("BTC-USD").best_bid
    quotes = {"bid": str(truth.best_bid.price), "ask": str(truth.best_ask.price)}
    assert books == [{"request": None, "product": "BTC-USD", **quotes}] * 2


def test_the_same_name_is_the_same_order() -> None:
    """A client that asks again gets the order that it has, whatever it asks for now."""
    site = Site()
    first = site.place("mine", limit_limit_gtc=limit())
    again = site.place("mine", "SELL", limit_limit_gtc=limit("0.5", "99999"))
    assert again == first
    assert len(site.venue.ledger.state.orders) == 1


def test_a_rejection_is_a_success_of_http() -> None:
    """An order that the user cannot pay is refused with 200, and echoed."""
    told = Site().place("mine", limit_limit_gtc=limit("100"))
    assert told == {
        "success": False,
        "failure_reason": "UNKNOWN_FAILURE_REASON",
        "order_id": "",
        "error_response": {
            "error": "INSUFFICIENT_FUND",
            "message": "Insufficient balance in source account",
            "error_details": "",
            "preview_failure_reason": "PREVIEW_INSUFFICIENT_FUND",
            "new_order_failure_reason": "UNKNOWN_FAILURE_REASON",
        },
        "order_configuration": {"limit_limit_gtc": limit("100", post_only=False)},
    }


@pytest.mark.parametrize("kind", ["twap_limit_gtd", "scaled_limit_gtc", "limit_limit_ioc"])
@pytest.mark.parametrize("path", ["/orders", "/orders/preview"])
def test_a_kind_of_order_that_is_not_carried_out(path: str, kind: str) -> None:
    """It is refused by its name, also where what stands under it is unheard of."""
    site = Site()
    body = order("mine") | {"order_configuration": {kind: {"orders": [{"base_size": 1}]}}}
    told = site.ask(f"POST {path}", body)
    if path == "/orders":
        assert reason(told) == "UNSUPPORTED_ORDER_CONFIGURATION"
        assert told["error_response"]["message"] == f"{kind} is not supported"
    else:
        assert told["errs"] == ["PREVIEW_INVALID_ORDER_CONFIG"]
    assert not site.venue.ledger.state.orders


def test_an_unknown_product() -> None:
    """It is refused with 200."""
    assert reason(Site().place("mine", product="NO-PE", limit_limit_gtc=limit())) == (
        "INVALID_PRODUCT_ID"
    )


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"client_order_id": ""}, "client_order_id is required"),
        ({"client_order_id": "x" * 129}, "client_order_id must not be longer than 128 characters"),
        (
            {"client_order_id": 7},
            "proto: (line 1:21): invalid value for string field clientOrderId: 7",
        ),
        ({"marginMode": "x"}, 'proto: (line 1:184): unknown field "marginMode"'),
    ],
)
def test_a_request_that_is_none(changed: dict[str, Any], message: str) -> None:
    """It is refused with 400, and no order comes of it."""
    site = Site()
    body = order("mine", limit_limit_gtc=limit(post_only=False)) | changed
    assert site.ask("POST /orders", body, 400)["message"] == message
    assert not site.venue.ledger.state.orders


def test_flags_of_the_product_hold_for_orders() -> None:
    """Where orders can only be cancelled, none is placed."""
    site = Site()
    site.venue.ledger.set_flags("BTC-USD", Flags(cancel_only=True), START)
    assert reason(site.place("mine", limit_limit_gtc=limit())) == "ORDER_ENTRY_DISABLED"


def test_preview_of_a_market_order() -> None:
    """It tells what the order would cost now, and places none."""
    site = Site()
    best = site.venue.book("BTC-USD").best_ask
    assert best is not None
    told = site.ask("POST /orders/preview", order("", market_market_ioc={"base_size": "0.0001"}))
    assert not site.venue.ledger.state.orders
    assert told["errs"] == told["warning"] == []
    assert Decimal(told["average_filled_price"]) == Decimal(told["best_ask"]) == best.price
    assert Decimal(told["quote_size"]) == best.price * Decimal("0.0001")
    total = Decimal(told["quote_size"]) + Decimal(told["commission_total"])
    assert Decimal(told["order_total"]) == total
    sale = site.ask(
        "POST /orders/preview", order("", "SELL", market_market_ioc={"base_size": "0.0001"})
    )
    assert Decimal(sale["order_total"]) == Decimal(sale["quote_size"]) - Decimal(
        sale["commission_total"]
    )


def test_preview_of_what_would_be_refused() -> None:
    """The reason stands in errs; the figures are zero."""
    told = Site().ask("POST /orders/preview", order("", limit_limit_gtc=limit("100")))
    assert told["errs"] == ["PREVIEW_INSUFFICIENT_FUND"]
    assert told["order_total"] == told["base_size"] == "0"


def test_each_preview_has_an_id_of_its_own() -> None:
    """Two previews of the same order are two previews."""
    site = Site()
    body = order("", limit_limit_gtc=limit())
    ids = {site.ask("POST /orders/preview", body)["preview_id"] for _ in range(2)}
    assert len(ids) == 2


def test_edit() -> None:
    """A new price and size are those of the order from now on, and of its history."""
    site = Site()
    order_id = site.placed("mine", limit_limit_gtc=limit())
    change = {"order_id": order_id, "price": "10100", "size": "0.002"}
    preview = site.ask("POST /orders/edit_preview", change)
    assert preview["errors"] == []
    assert (preview["base_size"], preview["average_filled_price"]) == ("0.002", "10100")
    assert site.ask("POST /orders/edit", change) == {
        "success": True,
        "success_response": {"order_id": order_id},
        "errors": [],
    }
    told = site.ask(f"GET /orders/historical/{order_id}")["order"]
    terms = told["order_configuration"]["limit_limit_gtc"]
    assert (terms["base_size"], terms["limit_price"]) == ("0.002", "10100")
    assert told["edit_history"] == [
        {
            "price": "10100",
            "size": "0.002",
            "replace_accept_timestamp": "2026-09-30T02:37:15.057778Z",
        }
    ]


@pytest.mark.parametrize(
    ("change", "failure"),
    [
        ({"price": "10100"}, "INVALID_EDITED_SIZE"),  # a size left out is 0
        ({"price": "10100", "size": "NaN"}, "INVALID_EDITED_SIZE"),
        ({"price": "1e5", "size": "0.002"}, "INVALID_EDITED_PRICE"),
        ({"price": "10100", "size": "0.002", "stop_price": "?"}, "INVALID_EDITED_STOP_PRICE"),
        ({"price": "10100", "size": "0.002", "order_id": "no"}, "ORDER_NOT_FOUND"),
    ],
)
@pytest.mark.parametrize("path", ["/orders/edit", "/orders/edit_preview"])
def test_an_edit_that_cannot_be(path: str, change: dict[str, str], failure: str) -> None:
    """It is refused with 200 and its reason; the order stays as it is."""
    site = Site()
    order_id = site.placed("mine", limit_limit_gtc=limit())
    before = site.venue.ledger.state.orders[order_id]
    told = site.ask(f"POST {path}", {"order_id": order_id} | change)
    assert told["errors"] == [{"edit_failure_reason": failure, "preview_failure_reason": ""}]
    if path == "/orders/edit":
        assert told["success"] is False
        assert told["error_response"]["edit_order_failure_reason"] == failure
    assert site.venue.ledger.state.orders[order_id] is before


def test_cancel_order_by_order() -> None:
    """Each order has its own result, in the order of the request."""
    site = Site()
    first, second = (site.placed(name, limit_limit_gtc=limit()) for name in "ab")
    told = site.ask("POST /orders/batch_cancel", {"order_ids": [second, "no", first, second]})
    assert told["results"] == [
        {
            "success": True,
            "failure_reason": "UNKNOWN_CANCEL_FAILURE_REASON",
            "order_id": second,
        },
        {"success": False, "failure_reason": "UNKNOWN_CANCEL_ORDER", "order_id": "no"},
        {"success": True, "failure_reason": "UNKNOWN_CANCEL_FAILURE_REASON", "order_id": first},
        {"success": False, "failure_reason": "UNKNOWN_CANCEL_ORDER", "order_id": second},
    ]
    assert not site.venue.ledger.state.open_orders


def test_nothing_to_cancel() -> None:
    """No ids, no results."""
    assert Site().ask("POST /orders/batch_cancel", {"order_ids": []}) == {"results": []}


@pytest.mark.parametrize(("product", "size"), [(PERPETUAL, "0.01"), (FUTURE, "2")])
def test_close_a_position_in_two_steps(product: str, size: str) -> None:
    """A part of it by its size, then what is left."""
    site = Site()
    site.placed("open", "SELL", product, market_market_ioc={"base_size": size})
    half = str(Decimal(size) / 2)
    part = {"client_order_id": "half", "product_id": product, "size": half}
    told = site.ask("POST /orders/close_position", part)
    assert told["success_response"]["side"] == "BUY"
    assert site.venue.ledger.state.positions[product].size == -Decimal(half)
    rest = {"client_order_id": "rest", "product_id": product}
    assert site.ask("POST /orders/close_position", rest)["success"] is True
    assert product not in site.venue.ledger.state.positions


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({}, "REDUCE_ONLY_INCREASED_POSITION_SIZE"),
        ({"product_id": "NO-PE"}, "INVALID_PRODUCT_ID"),
        ({"size": "all"}, "UNKNOWN_FAILURE_REASON"),
    ],
)
def test_nothing_to_close(changed: dict[str, str], error: str) -> None:
    """A position that is not there cannot be closed."""
    body = {"client_order_id": "mine", "product_id": PERPETUAL} | changed
    assert reason(Site().ask("POST /orders/close_position", body)) == error
