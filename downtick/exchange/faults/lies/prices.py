"""Lies about prices: those of a while ago, those of somebody else's unit, and a book that no market could have."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from downtick.exchange.call import Call
from downtick.exchange.faults.lies.lie import Concerns, Lie, market_product
from downtick.exchange.faults.telling import objects, price, prices, put
from downtick.exchange.figures import text
from downtick.exchange.frames import Body

if TYPE_CHECKING:
    from downtick.exchange.venue import Venue

_TICKERS = frozenset(("ticker", "ticker_batch"))
_ABOVE = Decimal("1.01")  # how far the bid of a crossed book is above its best ask


class OldPrices(Lie):
    """The last price stays what it was when the lie began, and the quotes stay around it; times and trade ids go on.

    Frames of ``level2`` and candles stay true: a book of changes cannot stand still and go on.
    """

    name = "old_prices_fresh_times"
    channels = _TICKERS | {"market_trades"}

    def __init__(self, venue: Venue, concerns: Concerns, age: float) -> None:
        super().__init__(venue, concerns, age)
        names = [product.product_id for product in venue.market.products]
        self._old = {name: venue.market.ticker(name).price for name in names}

    def answer(self, call: Call, told: Any) -> bool:
        """Turn the prices of a market route back."""
        market, product = market_product(call)
        return market and self._turn_back(told, product)

    def frame(self, body: Body, told: Any) -> bool:
        """Turn the prices of a frame back."""
        return self._turn_back(told, None)

    def _turn_back(self, told: Any, product: str | None) -> bool:
        changed = False
        for holder, key, about in list(prices(told, product)):
            if about in self._old and self.concerns(about):
                changed |= put(holder, key, text(self._back(holder, key, about)))
        return changed

    def _back(self, holder: Any, key: Any, product: str) -> Decimal:
        old = self._old[product]
        if key == "price" and ("size" not in holder or "trade_id" in holder):
            return old  # of a trade or a ticker; a level of a book has a size and no trade
        return Decimal(holder[key]) + old - self.venue.market.ticker(product).price


class OffByTen(Lie):
    """Every price is ten times what it is."""

    name = "price_off_by_ten"
    channels = _TICKERS | {"market_trades", "candles", "l2_data"}
    spoils_books = True

    def answer(self, call: Call, told: Any) -> bool:
        """Raise the prices of a market route."""
        market, product = market_product(call)
        return market and self._raise(told, product)

    def frame(self, body: Body, told: Any) -> bool:
        """Raise the prices of a frame."""
        return self._raise(told, None)

    def _raise(self, told: Any, product: str | None) -> bool:
        changed = False
        for holder, key, about in list(prices(told, product, candles=True)):
            if self.concerns(about):
                changed |= put(holder, key, text(Decimal(holder[key]) * 10))
        return changed


class CrossedBook(Lie):
    """Somebody bids 1 % more than somebody asks."""

    name = "crossed_book"
    channels = _TICKERS | {"l2_data"}
    spoils_books = True

    def __init__(self, venue: Venue, concerns: Concerns, age: float) -> None:
        super().__init__(venue, concerns, age)
        # One and the same price to the end, or a client's book would fill with old ones.
        self._bids = {
            product.product_id: text(_above(quote.price, product.quote_increment))
            for product in venue.market.products
            if (quote := venue.book(product.product_id).best_ask) is not None
        }

    def answer(self, call: Call, told: Any) -> bool:
        """Cross the quotes of a market route."""
        market, product = market_product(call)
        return market and self._cross(told, product)

    def frame(self, body: Body, told: Any) -> bool:
        """Cross the quotes of a ticker, or add a bid to a book."""
        return self._add_bid(told) if body.channel == "l2_data" else self._cross(told, None)

    def _cross(self, told: Any, product: str | None) -> bool:
        changed = False
        for found, about in objects(told, product):
            if not self.concerns(about) or about not in self._bids:
                continue
            for bid in ("best_bid", "bid", "best_bid_price"):
                if price(found.get(bid)) is not None:
                    changed |= put(found, bid, self._bids[about])
            for level in (found.get("bids") or ())[:1]:
                changed |= put(level, "price" if isinstance(level, dict) else 0, self._bids[about])
        return changed

    def _add_bid(self, told: Any) -> bool:
        changed = False
        for found, about in objects(told):
            bid = self._bids.get(about or "")
            if bid is None or not self.concerns(about):
                continue
            if isinstance(updates := found.get("updates"), list):
                time = updates[0]["event_time"] if updates else told["timestamp"]
                level = {"side": "bid", "event_time": time, "price_level": bid, "new_quantity": "1"}
                updates.insert(0, level)
                changed = True
            elif isinstance(changes := found.get("changes"), list):
                changes.append(["buy", bid, "1"])
                changed = True
            elif isinstance(bids := found.get("bids"), list):
                bids.insert(0, [bid, "1"])
                changed = True
        return changed


def _above(ask: Decimal, increment: Decimal) -> Decimal:
    return (ask * _ABOVE // increment + 1) * increment
