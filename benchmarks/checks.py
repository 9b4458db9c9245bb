"""How many events of a history all checks together judge in a second of processor time.

Run: ``python -m benchmarks.checks``
"""

from __future__ import annotations

import json
import time
from typing import Any

from downtick.checks.index import index
from downtick.checks.registry import JUDGES, judge
from downtick.history import Event, History

_FRAMES = 200_000
_FRAMES_OF_A_FEED = 20_000
_ROUNDS = 3
_RATE = 100.0  # frames a second
_GIVEN = {"within": 5.0, "max_rate": 2.0, "max_age": 10.0}


def story(*, tells: bool) -> History:
    """Return a day of a bot: a feed that is cut now and then, orders, look-ups, and answers that are lost.

    Args:
        tells: whether the bot tells of every tick that it processes.
    """
    events: list[Event] = []

    def tell(at: float, kind: str, source: str = "exchange", **data: object) -> None:
        events.append(Event(at, source, kind, data))

    conn = request = entry = act = 0
    tell(0.0, "steady_state", "conductor", links=["market_ws", "rest"])
    tell(0.0, "accepted", conn=1_000_000, listener="rest", peer_port=1)
    for number in range(_FRAMES):
        at = number / _RATE
        if number % _FRAMES_OF_A_FEED == 0:
            if conn:
                told: dict[str, Any] = {"act": act, "step": 0, "name": "reset", "link": "market_ws"}
                tell(at, "step_asked", "conductor", **told)
                tell(at, "step_done", "conductor", **told, echo={})
                tell(at, "closed", conn=conn, by="bot", how="reset")
                act += 1
            conn += 1
            tell(at, "accepted", conn=conn, listener="market_ws", peer_port=conn)
            tell(at, "upgraded", conn=conn, compression=False)
            said: dict[str, Any] = {
                "type": "subscribe",
                "channel": "ticker",
                "products": ["BTC-USD"],
            }
            tell(at, "frame_received", conn=conn, size=9, **said)
            told_back: dict[str, Any] = {
                "channel": "subscriptions",
                "type": "",
                "products": [],
                "seq": 0,
            }
            tell(at, "frame_sent", conn=conn, size=9, offset=9, **told_back)
        frame: dict[str, Any] = {
            "channel": "ticker",
            "type": "update",
            "products": ["BTC-USD"],
            "seq": number % _FRAMES_OF_A_FEED + 1,
        }
        tell(at, "frame_sent", conn=conn, size=460, offset=number * 460, **frame)
        if tells:
            heard = {"channel": "ticker", "product_id": "BTC-USD", "sequence_num": frame["seq"]}
            tell(at, "tick", "bot", **heard)
        if number % 50:
            continue
        request += 1
        asked: dict[str, Any] = {"conn": 1_000_000, "id": request}
        if number % 1000:
            path = "/api/v3/brokerage/orders/historical/batch"
            tell(at, "request", **asked, method="GET", path=path, query="order_status=OPEN")
            tell(at, "answer", **asked, status=200, size=86)
            continue
        entry += 1
        figures = {"base_size": "0.01", "limit_price": "100"}
        ticket = {"client_order_id": str(number), "product_id": "BTC-USD", "side": "BUY"}
        body = json.dumps({**ticket, "order_configuration": {"limit_limit_gtc": figures}})
        path = "/api/v3/brokerage/orders"
        tell(at, "request", **asked, method="POST", path=path, query="", body=body)
        order: dict[str, Any] = {
            "order_id": f"o{number}",
            "status": "FILLED",
            "entry": entry,
            "wall": 0,
        }
        tell(at, "ledger", change="accepted", detail={**ticket, **figures}, **order)
        tell(at, "answer", **asked, status=500 if number % 50_000 == 0 else 200, size=400)
    tell(_FRAMES / _RATE, "run_ended", "conductor")
    return History(events)


def measure(history: History) -> dict[str, float]:
    """Return the seconds of each check, of reading, and of all together."""
    figures: dict[str, float] = {}
    for _ in range(_ROUNDS):
        begun = time.process_time()
        run = index(history)
        spent = {"reading": time.process_time() - begun}
        for name in JUDGES:
            begun = time.process_time()
            judge(run, name, _GIVEN)
            spent[name] = time.process_time() - begun
        spent["all together"] = sum(spent.values())
        for name, seconds in spent.items():
            figures[name] = min(seconds, figures.get(name, seconds))
    return figures


def main() -> None:
    """Print the tables."""
    for bot, tells in (("tells nothing", False), ("tells every tick", True)):
        history = story(tells=tells)
        figures = measure(history)
        print(f"\nAll checks, a bot that {bot}: {len(history)} events, best of {_ROUNDS} runs")
        print(f"  {'':<28}{'ms':>10}{'events a second':>18}")
        for name, seconds in figures.items():
            print(f"  {name:<28}{seconds * 1000:>10.1f}{len(history) / max(seconds, 1e-6):>18,.0f}")


if __name__ == "__main__":
    main()
