"""Requests that are held back on their way: they arrive when nobody waits for their answers any more."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import count, repeat

from tests.checks.drawn.holds import breaks
from tests.checks.drawn.life import ABOUT, BOOK, END, LIST, Life

Ask = Callable[[float], object]
"""Tells of a request that arrives at an instant."""


def rest_freezes(life: Life) -> None:
    """REST stands still for a while: what got no answer in time is asked again, on another connection.

    It does one thing at a time: an order that is not answered is sent again under its name, or looked for. Whenever
    something was not answered it looks before its next order.
    """
    life.streams(life.feed, 0, END)
    bot = _Bot(life)
    due = {"look": 1.0 + life.bot.reads(), "order": 1.0 + life.bot.orders()}
    at, number = 1.0, 0
    while (at := max(at, min(due.values()))) < END - 20:
        if due["look"] <= due["order"]:
            at = bot.looks(at)
            due["look"] = at + max(life.bot.reads(), 0.05)
        else:
            number += 1
            at = bot.orders(at, f"order {number}", ("BUY", "SELL")[number % 2])
            due["order"] = at + max(life.bot.orders(), 0.05)


class _Bot:
    """Does one thing after the other."""

    def __init__(self, life: Life) -> None:
        self._life = life
        self._grips, self._thaws = breaks(life, "rest", "freeze")
        self._arrivals = (self._thaws + 0.002 * number for number in count(1))

    def looks(self, at: float) -> float:
        """Ask what is open until there is an answer; return when it came."""
        while True:
            at, answered = self._asks(
                at, lambda when: self._life.t.asks(self._life.rest, when, LIST)
            )
            if answered:
                return at

    def orders(self, at: float, name: str, side: str) -> float:
        """Send an order until its fate is known; return when it is."""
        t, flaw = self._life.t, self._life.flaw

        def first(when: float) -> None:
            t.places(self._life.rest, when, name, side)
            t.fills(name, when, side)

        if self._life.draw.random() < self._life.bot.peeks:
            at, answered = self._asks(at, self._peeks)
            if not answered:
                return self.looks(at)
        at, answered = self._asks(at + 0.001, first)
        if answered:
            return at
        if flaw == "never settles":
            return at
        new = flaw == "orders anew"
        names = (f"{name} anew {number}" for number in count(1)) if new else repeat(name)
        for again in names:
            if answered or self._life.draw.random() < 0.3:
                break
            request = partial(t.places, name=again, side=side, applied=new)
            at, answered = self._asks(at, lambda when: request(self._life.rest, when))  # noqa: B023 - called at once
        return self.looks(at)

    def _peeks(self, at: float) -> None:
        self._life.t.asks(self._life.rest, at, BOOK, query=ABOUT)

    def _asks(self, at: float, ask: Ask) -> tuple[float, bool]:
        """Ask, and return when that was answered, or when it was given up."""
        life = self._life
        if not self._grips <= at < self._thaws:
            ask(at)
            return at, True
        arrives = next(self._arrivals)
        ask(arrives)
        if at + life.bot.patience >= arrives:
            return arrives, True
        left = at + life.bot.patience
        life.witness.left[life.rest] = left
        life.t.closes(life.rest, arrives)
        life.rest = life.t.opens("rest", left + 0.01)
        return left + 0.02, False
