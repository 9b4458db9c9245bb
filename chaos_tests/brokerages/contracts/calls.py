"""One conversation with a Coinbase REST API, such that every answer of the contract is seen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import uuid4

Ask = Callable[[str, str, dict[str, Any] | None], tuple[int, Any]]
"""Asks: method, path below the base with its query, body; returns status and the parsed answer."""


class Said(NamedTuple):
    """One answer: which of the contract it should be like, and what was asked for."""

    name: str
    asked: str
    status: int
    answer: Any


def public(ask: Ask, product: str) -> Iterator[Said]:
    """Ask for everything that needs no orders."""
    for name, path in (
        ("GET /time", "/time"),
        ("GET /products", "/products"),
        ("GET /products/{}", f"/products/{product}"),
        ("GET /product_book", f"/product_book?product_id={product}&limit=5"),
        ("GET /best_bid_ask", f"/best_bid_ask?product_ids={product}"),
        ("GET /products/{}/ticker", f"/products/{product}/ticker?limit=3"),
        ("GET /portfolios", "/portfolios"),
        ("GET /key_permissions", "/key_permissions"),
        ("GET /transaction_summary", "/transaction_summary"),
        ("GET /cfm/balance_summary", "/cfm/balance_summary"),
        ("GET /cfm/positions", "/cfm/positions"),
        ("GET /unknown", "/no/such/path"),
    ):
        yield Said(name, path, *ask("GET", path, None))


def orders(ask: Ask, product: str) -> Iterator[Said]:
    """List accounts, then place, preview, look up, edit, cancel, and look at fills: what the sandbox has too."""

    def said(name: str, path: str, body: dict[str, Any] | None = None) -> Said:
        return Said(name, path, *ask(name.partition(" ")[0], path, body))

    accounts = said("GET /accounts", "/accounts?limit=2")
    yield accounts
    first = accounts.answer["accounts"][0]["uuid"]
    yield said("GET /accounts/{}", f"/accounts/{first}")

    resting = _order(
        product, "BUY", limit_limit_gtc={**_limit("0.001", "10000"), "post_only": True}
    )
    yield said("POST /orders/preview", "/orders/preview", _without_id(resting))
    placed = said("POST /orders", "/orders", resting)
    yield placed
    order = placed.answer["success_response"]["order_id"]
    yield said("GET /orders/historical/{}", f"/orders/historical/{order}")
    changed = {"order_id": order, "price": "10100", "size": "0.002"}
    yield said("POST /orders/edit_preview", "/orders/edit_preview", changed)
    yield said("POST /orders/edit", "/orders/edit", changed)
    yield said("GET /orders/historical/{}", f"/orders/historical/{order}")
    cancel = {"order_ids": [order, str(uuid4())]}
    yield said("POST /orders/batch_cancel", "/orders/batch_cancel", cancel)
    yield said("POST /orders/edit", "/orders/edit", changed)  # of an order that is over

    yield said(
        "POST /orders", "/orders", _order(product, "BUY", market_market_ioc={"quote_size": "50"})
    )
    yield said(
        "POST /orders", "/orders", _order(product, "SELL", sor_limit_ioc=_limit("0.0005", "10000"))
    )
    too_much = _order(product, "BUY", market_market_ioc={"quote_size": "99999999"})
    yield said("POST /orders", "/orders", too_much)
    yield said("GET /orders/historical/batch", "/orders/historical/batch?limit=10")
    yield said("GET /orders/historical/batch", "/orders/historical/batch?order_status=OPEN")
    yield said("GET /orders/historical/fills", "/orders/historical/fills?limit=10")


def futures(ask: Ask, product: str) -> Iterator[Said]:
    """Buy a contract, look at the position, and close it."""
    ask("POST", "/orders", _order(product, "BUY", market_market_ioc={"base_size": "1"}))
    yield Said("GET /cfm/positions", "/cfm/positions", *ask("GET", "/cfm/positions", None))
    path, body = "/orders/close_position", {"client_order_id": str(uuid4()), "product_id": product}
    yield Said("POST /orders/close_position", path, *ask("POST", path, body))


def candles(ask: Ask, product: str) -> Said:
    """Ask for the last hour's candles, by the exchange's own clock."""
    now = int(Decimal(ask("GET", "/time", None)[1]["epochSeconds"]))
    path = f"/products/{product}/candles?start={now - 3600}&end={now}&granularity=FIVE_MINUTE"
    return Said("GET /products/{}/candles", path, *ask("GET", path, None))


def _order(product: str, side: str, **configuration: Any) -> dict[str, Any]:
    return {
        "client_order_id": str(uuid4()),
        "product_id": product,
        "side": side,
        "order_configuration": configuration,
    }


def _limit(size: str, price: str) -> dict[str, str]:
    return {"base_size": size, "limit_price": price}


def _without_id(order: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in order.items() if key != "client_order_id"}
