"""The end of a bot, which is asked for while something is still open."""

from __future__ import annotations

import json

from tests.checks.drawn.life import END, LIST, Life
from tests.checks.drawn.trader import Market, Trader


def asked_to_stop(life: Life) -> None:
    """One order rests whose answer was lost: it finds it, and takes it back when it is asked to stop; another may be on its way."""
    t, draw = life.t, life.draw
    life.stops = True
    life.streams(life.feed, 0, END)
    market = Market(life)
    trader = Trader(life, market, most=1)
    trader.trade([(0.5, life.since - 16)], market.price)
    handle = t.fault("lost_answer", life.since, life.since + 5)
    at = life.since + 1
    life.places_unheard(handle, at, "lost", "BUY")
    life.rest = t.opens("rest", at + 0.2)
    trader.trade([(at + 5, END - 16)], market.price)
    if life.flaw == "forgets what is open":
        return
    looked = at + draw.uniform(0.3, 4)
    t.asks(life.rest, looked, LIST)
    if draw.random() < 0.7:
        body = json.dumps({"order_ids": [t.order_id("lost")]})
        taken_back = END + draw.uniform(0.001, 0.04)
        t.asks(life.rest, taken_back, "orders/batch_cancel", method="POST", body=body)
        t.ends("lost", taken_back)
    if draw.random() < 0.3:
        t.places(life.rest, END + 0.0005, "on its way", "SELL", price="110")
        t.fills("on its way", END + 0.0005, "SELL")
    life.lives([], [(at + 5, END)])
