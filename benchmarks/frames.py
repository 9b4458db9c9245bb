"""What one frame costs: encoding an event once, and the envelope that each connection adds to it.

Run: ``python -m benchmarks.frames``
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from itertools import islice
from timeit import repeat

from downtick.exchange import frames
from downtick.exchange.market import BookChange, MarketClock, MarketState, SeededMarket
from downtick.exchange.times import rfc3339_nanos

_ROUNDS = 30
_CALLS = 2_000


def microseconds(call: Callable[[], object]) -> float:
    """Return what one call costs in the best of many rounds, less the cost of an empty call."""
    best, empty = (
        min(repeat(function, number=_CALLS, repeat=_ROUNDS)) for function in (call, lambda: None)
    )
    return (best - empty) / _CALLS * 1e6


def main() -> None:
    """Print the table."""
    market = SeededMarket(1, ["BTC-USD"], rate=10.0)
    now = time.time_ns()
    clock = MarketClock(now)
    state = MarketState(market.openings, clock.origin)
    change = next(event for event in market.events() if isinstance(event, BookChange))
    ticker = state.ticker("BTC-USD")
    trades = state.trades("BTC-USD", 1)
    body = frames.ticker_update(ticker)
    stamp = rfc3339_nanos(now)
    whole = json.loads(frames.envelope(body, 12345, stamp, client_id=True))
    events = iter(list(islice(market.events(), _CALLS * _ROUNDS)))
    rows: dict[str, Callable[[], object]] = {
        "envelope of a ticker": lambda: frames.envelope(body, 12345, stamp, client_id=True),
        "json.dumps of the same frame": lambda: json.dumps(whole).encode(),
        "timestamp": lambda: rfc3339_nanos(now),
        "encode a ticker": lambda: frames.ticker_update(ticker),
        "encode a trade": lambda: frames.trades_update(trades, clock),
        "encode a book change": lambda: frames.l2_update(change, clock),
        "read a ticker from the state": lambda: state.ticker("BTC-USD"),
        "apply an event to the state": lambda: state.apply(next(events)),
    }
    print(f"{'':32}   µs")
    for name, call in rows.items():
        print(f"{name:32} {microseconds(call):5.2f}")


if __name__ == "__main__":
    main()
