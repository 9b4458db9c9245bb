"""How many orders a ledger applies in a second of processor time, and how fast its journal is replayed.

Run: ``python -m benchmarks.ledger``
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from decimal import Decimal
from itertools import islice

from downtick.exchange.ledger import Ledger, Refused, Ticket, replay
from downtick.exchange.market import MarketState, SeededMarket

_PRODUCTS = ("BTC-USD", "ETH-USD")
_ORDERS = 20_000
_ROUNDS = 5
_RESTING = 50  # orders that stay open; each new one that rests has the oldest cancelled
_LOT = Decimal("0.001")


def tickets(market: MarketState) -> Iterator[Ticket]:
    """Return orders of four kinds in turn: two that rest, one of the market, one beyond the best price."""
    for number in range(_ORDERS):
        product_id = _PRODUCTS[number % 2]
        book, buy = market.book(product_id), number % 8 < 4
        best = book.bids.best if buy else book.asks.best
        if number % 4 == 2:
            yield Ticket(
                client_order_id=str(number),
                product_id=product_id,
                side="BUY" if buy else "SELL",
                configuration="market_market_ioc",
                base_size=_LOT,
            )
            continue
        away = Decimal("0.999" if buy else "1.001") if number % 4 < 2 else Decimal(1)
        yield Ticket(
            client_order_id=str(number),
            product_id=product_id,
            side="BUY" if buy else "SELL",
            configuration="limit_limit_gtc",
            base_size=_LOT,
            limit_price=(best * away).quantize(Decimal("0.01")),
        )


def run() -> tuple[float, float, float, Ledger]:
    """Return orders, cancels and market events a second in one run, and the ledger after it."""
    seeded = SeededMarket(1, _PRODUCTS, rate=10.0)
    market = MarketState(seeded.openings)
    ledger = Ledger(market.products, {c: Decimal(1_000_000) for c in ("USD", "BTC", "ETH")})
    asked, events = list(tickets(market)), list(islice(seeded.events(), _ORDERS))
    cancels = spent_on_events = 0.0
    begun = time.process_time()
    for at, (ticket, event) in enumerate(zip(asked, events, strict=True)):
        order = ledger.place(ticket, at, market.book(ticket.product_id))
        assert not isinstance(order, Refused), order
        if len(ledger.state.open_orders) > _RESTING:
            ledger.cancel(next(iter(ledger.state.open_orders)), at)
            cancels += 1
        happened = time.process_time()
        market.apply(event)
        ledger.happened(event, market.book(event.product_id), at)
        spent_on_events += time.process_time() - happened
    spent = time.process_time() - begun - spent_on_events
    return _ORDERS / spent, cancels / spent, _ORDERS / spent_on_events, ledger


def main() -> None:
    """Print the table."""
    runs = [run() for _ in range(_ROUNDS)]
    orders, cancels, events, ledger = max(runs, key=lambda figures: figures[0])
    begun = time.process_time()
    assert replay(ledger.state.products, ledger.entries) == ledger.state
    replayed = len(ledger.entries) / (time.process_time() - begun)
    print(f"\nThe ledger: {_ORDERS} orders, best of {_ROUNDS} runs, in one process")
    print(f"  {'':<34}{'a second':>12}")
    for name, figure in (
        ("orders placed", orders),
        ("of them cancelled, in that time", cancels),
        ("market events", events),
        ("entries replayed", replayed),
    ):
        print(f"  {name:<34}{figure:>12,.0f}")
    fills = len(ledger.state.fills)
    print(f"  {len(ledger.entries)} entries, {fills} fills, {len(ledger.state.open_orders)} open")


if __name__ == "__main__":
    main()
