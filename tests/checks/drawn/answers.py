"""Answers of REST that fail, are lost, or say to wait."""

from __future__ import annotations

from tests.checks.drawn.life import END, LIST, Life


def rest_fails(life: Life) -> None:
    """Everything that is asked over REST is answered 503 for a while."""
    t = life.t
    life.streams(life.feed, 0, END)
    asked = list(life.each(life.bot.reads, life.since, life.until))[1:]
    hits = [(at, life.rest) for at in asked]
    for at in asked:
        t.asks(life.rest, at, LIST, status=503)
    t.fault("http_error", life.since, life.until, hits=hits)
    again = life.until + life.draw.uniform(0.1, 5)
    t.asks(life.rest, again, LIST)
    # An order that meets the outage shows it, too: this one has none on the way.
    trades = [(0.0, life.since), (again + 0.1, END)]
    if life.flaw == "trades on":
        trades = [(0.0, END)]
    life.lives(trades, [(0, life.since), (again, END)])


def answers_lost(life: Life) -> None:
    """For a while some orders get no answer, taken or not, and their connections are cut."""
    t, draw = life.t, life.draw
    life.streams(life.feed, 0, END)
    handle = t.fault("lost_answer", life.since, life.until)
    at, number = 1.0, 0
    while (at := at + max(life.bot.orders(), 0.05)) < END - 20:
        number += 1
        name, side = f"order {number}", ("BUY", "SELL")[number % 2]
        taken = True
        if life.since < at < life.until and draw.random() < 0.6:
            taken = draw.random() < 0.8
            life.places_unheard(handle, at, name, side, taken=taken)
            at += draw.uniform(0.05, 2)
            life.rest = t.opens("rest", at)
            _settles(life, at, name, side, taken=taken)
            at += 0.05
        else:
            t.places(life.rest, at, name, side)
        t.fills(name, at, side)


def _settles(life: Life, at: float, name: str, side: str, *, taken: bool) -> None:
    """Tell of how it finds out what became of an order, or sends it again under its name."""
    if life.flaw == "orders anew":
        life.t.places(life.rest, at, f"{name} anew", side)
    elif life.flaw == "never settles":
        return
    elif taken and life.draw.random() < 0.5:
        life.t.asks(life.rest, at, LIST)
    else:
        life.t.places(life.rest, at, name, side, applied=not taken)


def throttled(life: Life) -> None:
    """For a while everything that is asked over REST is answered 429, and told to wait for two seconds."""
    life.streams(life.feed, 0, END)
    handle = life.t.fault("rate_limited", life.since, life.until, retry_after=2.0)
    at = 1.0
    while (at := at + max(life.bot.reads(), 0.2)) < END:
        while life.since < at < life.until:
            request = life.t.asks(life.rest, at, LIST, status=429, fault=handle)
            life.hit(handle, at, conn=life.rest, request=request)
            at += 0.3 if life.flaw == "asks on" else 2 + life.draw.uniform(0.01, 1)
        life.t.asks(life.rest, at, LIST)
