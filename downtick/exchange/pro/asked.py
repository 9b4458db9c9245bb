"""What a handler of the Exchange dialect's REST API is given, and how it reads a query."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from downtick.exchange.brokerage.numbers import instant
from downtick.exchange.call import Call, HttpAnswer
from downtick.exchange.market import MarketState, Product
from downtick.exchange.pro.answers import bad, not_found
from downtick.exchange.pro.order_flow import OrderFlow
from downtick.exchange.venue import Venue

_SECOND = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Asked:
    """One request at its route.

    Attributes:
        call: the request.
        venue: where it is carried out.
        flow: returns the orders of a product.
        name: what the path names, or empty.
    """

    call: Call
    venue: Venue
    flow: Callable[[str], OrderFlow]
    name: str = ""

    @property
    def market(self) -> MarketState:
        """The market's state."""
        return self.venue.market

    @property
    def product(self) -> Product:
        """The product that the path names.

        Raises:
            Declined: there is none of that name.
        """
        if self.name not in self.market or self.market.product(self.name).product_type != "SPOT":
            raise not_found()
        return self.market.product(self.name)

    def one(self, key: str) -> str:
        """Return a value of the query; empty if it has none."""
        return self.call.query.get(key, "")

    def whole(self, key: str) -> int | None:
        """Return a whole number of the query, or None if it has none.

        Raises:
            Declined: it is none.
        """
        value = self.one(key)
        if not value:
            return None
        if not (value.isascii() and value.isdigit() and len(value) <= 18):
            raise bad(f"Invalid {key}")
        return int(value)

    def instant(self, key: str) -> int | None:
        """Return an instant of the query, in RFC 3339 or Unix seconds, as nanoseconds; None if it has none.

        Raises:
            Declined: it is none.
        """
        value = self.one(key)
        if not value:
            return None
        if value.isascii() and value.isdigit() and len(value) <= 11:
            return int(value) * _SECOND
        at = instant(value) or instant(f"{value}Z") or instant(f"{value}T00:00:00Z")
        if at is None:
            raise bad(f"{key} must be a valid ISO8601 date")
        return at


Handler = Callable[[Asked], HttpAnswer]
