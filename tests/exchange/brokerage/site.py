"""A venue whose time stands still, and its REST routes without sockets."""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal
from itertools import count, islice
from typing import Any, Final
from urllib.parse import parse_qsl

from multidict import MultiDict

from downtick.exchange.auth.outcome import UNCHECKED, Granted
from downtick.exchange.brokerage import answer
from downtick.exchange.call import Call
from downtick.exchange.error_bodies import Answer
from downtick.exchange.identity import identity
from downtick.exchange.ledger import Ledger
from downtick.exchange.market import MarketClock, MarketState, SeededMarket
from downtick.exchange.venue import Venue

START: Final = 1_790_735_835_057_778_606
"""2026-09-30T02:37:15.057778606Z"""
SECONDS: Final = START // 10**9
BASE: Final = "/api/v3/brokerage"
PERPETUAL: Final = "BTC-PERP-INTX"
FUTURE: Final = "BIT-26DEC26-CDE"
PRODUCTS: Final = ("BTC-USD", "ETH-USD", PERPETUAL, FUTURE)
BALANCES: Final = {
    "USD": Decimal(100_000),
    "USDC": Decimal(50_000),
    "BTC": Decimal(2),
    "ETH": Decimal(20),
}


def market(
    clock: MarketClock, products: Sequence[str] = PRODUCTS, events: int = 4000
) -> MarketState:
    """Return a market that has run for some minutes."""
    made = SeededMarket(5, products, rate=5.0)
    state = MarketState(made.openings, clock.origin)
    for event in islice(made.events(), events):
        state.apply(event)
    return state


class Site:
    """An exchange to ask.

    Attributes:
        venue: behind its routes.
        granted: who asks.
        journal: what it was told: kinds and particulars.
    """

    def __init__(
        self, *, products: Sequence[str] = PRODUCTS, events: int = 0, time_scale: float = 1.0
    ) -> None:
        self.journal: list[tuple[str, dict[str, Any]]] = []
        clock = MarketClock(START, time_scale)
        state = market(clock, products, events)
        ledger = Ledger(state.products, BALANCES, seed=5, at=START)
        venue = Venue(state, clock, ledger, identity(5), self._record)
        self.venue = venue.like(now=START)
        self.granted: Granted = UNCHECKED
        self._numbers = count(1)

    def _record(self, kind: str, **data: Any) -> None:
        self.journal.append((kind, data))

    def answer(self, line: str, body: Any = None) -> Answer:
        """Return the answer to a request such as ``GET /products?limit=1``; a body that is no bytes is sent as JSON."""
        method, _, rest = line.partition(" ")
        path, _, query = rest.partition("?")
        sent = (
            body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        )
        asked: MultiDict[str] = MultiDict(parse_qsl(query, keep_blank_values=True))
        call = Call(1, next(self._numbers), method, BASE + path, asked, body=sent)
        return answer(call, self.venue, self.granted)

    def ask(self, line: str, body: Any = None, status: int = 200) -> Any:
        """Return the JSON that a request is answered with; its status must be this one."""
        told = self.answer(line, body)
        assert told.status == status, told.body
        assert told.content_type == "application/json; charset=utf-8"
        return json.loads(told.body)

    def place(self, name: str, side: str = "BUY", product: str = "BTC-USD", **kinds: Any) -> Any:
        """Return the answer to Create Order; ``kinds`` is its order_configuration."""
        return self.ask("POST /orders", order(name, side, product, **kinds))

    def placed(self, name: str, side: str = "BUY", product: str = "BTC-USD", **kinds: Any) -> str:
        """Place an order that must be accepted, and return its id."""
        told = self.place(name, side, product, **kinds)
        assert told["success"], told
        return str(told["order_id"])


def order(name: str, side: str = "BUY", product: str = "BTC-USD", **kinds: Any) -> dict[str, Any]:
    """Return a body of Create Order."""
    return {
        "client_order_id": name,
        "product_id": product,
        "side": side,
        "order_configuration": kinds,
    }


def limit(size: str = "0.001", price: str = "10000.00", **more: Any) -> dict[str, Any]:
    """Return the terms of a limit order that rests far below the market, or as told otherwise."""
    return {"base_size": size, "limit_price": price, **more}


def strings(value: Any) -> bool:
    """Return whether every leaf is a string."""
    if isinstance(value, dict):
        return all(strings(member) for member in value.values())
    if isinstance(value, list):
        return all(strings(member) for member in value)
    return isinstance(value, str)
