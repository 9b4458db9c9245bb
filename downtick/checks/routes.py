"""What a REST request is for, in the paths of Advanced Trade and of the Exchange dialect."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal
from urllib.parse import parse_qs

import msgspec

Kind = Literal["place", "cancel", "edit", "order", "orders", "fills", "positions", "price", "other"]
"""``place`` makes an order, ``order`` reads one, ``orders`` a list of them, ``positions`` what is owned."""

_ADVANCED = "/api/v3/brokerage/"
_POSITIONS = frozenset({"accounts", "portfolios", "cfm", "intx"})
_PRICES = frozenset({"product_book", "best_bid_ask"})


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a request is for.

    Attributes:
        kind: of the request.
        name: of the order or product in its path; empty if there is none.
        public: whether it needs no login.
        exchange: whether it is of the Exchange dialect.
    """

    kind: Kind
    name: str = ""
    public: bool = False
    exchange: bool = False


@dataclass(frozen=True, slots=True)
class Intent:
    """What the body of a request for an order asks. Figures are as they were written; empty if they were left out."""

    client_order_id: str
    product: str
    side: str
    size: str = ""
    price: str = ""
    reduces: bool = False

    @property
    def shape(self) -> tuple[str, ...]:
        """All but the name: two orders of one shape are the same thing twice."""
        return self.product, self.side, self.size, self.price


@lru_cache(maxsize=4096)
def purpose(method: str, path: str) -> Purpose:
    """Return what a request is for."""
    if path.startswith(_ADVANCED):
        return _advanced(method, path.removeprefix(_ADVANCED).strip("/").split("/"))
    segments = path.strip("/").split("/")
    if segments[0] == "v2":  # of the Coinbase App, on the host of Advanced Trade
        return Purpose("other", public=not {"user", "accounts"} & set(segments))
    return replace(_exchange(method, segments), exchange=True)


def _advanced(method: str, segments: list[str]) -> Purpose:
    if public := segments[0] in {"market", "time"}:
        segments = segments[segments[0] == "market" :]
    match method, segments:
        case "POST", ["orders"] | ["orders", "close_position"]:
            return Purpose("place")
        case "POST", ["orders", "batch_cancel"]:
            return Purpose("cancel")
        case "POST", ["orders", "edit"]:
            return Purpose("edit")
        case "GET", ["orders", "historical", "batch"]:
            return Purpose("orders")
        case "GET", ["orders", "historical", "fills"]:
            return Purpose("fills")
        case "GET", ["orders", "historical", name]:
            return Purpose("order", name)
        case "GET", [place, *_] if place in _POSITIONS:
            return Purpose("positions")
        case "GET", [what] if what in _PRICES:
            return Purpose("price", public=public)
        case "GET", ["products"]:
            return Purpose("price", public=public)
        case "GET", ["products", name, *_]:
            return Purpose("price", name, public)
    return Purpose("other", public=public)


def _exchange(method: str, segments: list[str]) -> Purpose:
    match method, segments:
        case "POST", ["orders"]:
            return Purpose("place")
        case "DELETE", ["orders", *_]:
            return Purpose("cancel")
        case "GET", ["orders"]:
            return Purpose("orders")
        case "GET", ["fills"]:
            return Purpose("fills")
        case "GET", ["orders", name]:
            return Purpose("order", name.removeprefix("client:"))
        case "GET", ["accounts", *_]:
            return Purpose("positions")
        case "GET", ["products", name, *_]:
            return Purpose("price", name, public=True)
    return Purpose("other", public=not {"products", "currencies", "time"}.isdisjoint(segments))


def price_products(name: str, query: str) -> tuple[str, ...]:
    """Return the products that a request for prices names; empty for all of them."""
    if name:
        return (name,)
    asked = parse_qs(query)
    return tuple(asked.get("product_id", []) + asked.get("product_ids", []))


class _Body(msgspec.Struct):
    client_order_id: str = ""
    client_oid: str = ""
    product_id: str = ""
    side: str = ""
    size: str | float = ""
    funds: str | float = ""
    price: str | float = ""
    order_configuration: dict[str, dict[str, object]] | None = None


_decode = msgspec.json.Decoder(_Body).decode


def intent(path: str, body: str) -> Intent | None:
    """Return what a request for an order asks, or None if its body cannot be read."""
    try:
        said = _decode(body)
    except msgspec.MsgspecError:
        return None
    size, price = said.size or said.funds, said.price
    for figures in (said.order_configuration or {}).values():
        size = str(figures.get("base_size") or figures.get("quote_size") or "")
        price = str(figures.get("limit_price") or "")
    return Intent(
        said.client_order_id or said.client_oid,
        said.product_id,
        said.side.upper(),
        str(size),
        str(price),
        path.endswith("close_position"),
    )
