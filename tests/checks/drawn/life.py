"""One bot in one run: what it does of itself, whatever befalls it."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any, Final, Literal

from downtick.checks.index import index
from downtick.checks.run import Run
from tests.checks.drawn import telling
from tests.checks.drawn.figures import Draw, figures
from tests.checks.drawn.witness import Witness
from tests.checks.transcript import Transcript

END: Final = 150.0
"""When the bot is asked to stop, or nobody looks any more."""

LIST: Final = "orders/historical/batch"
BOOK: Final = "product_book"
ABOUT: Final = "product_id=BTC-USD"

Flaw = Literal[
    "",
    "never falls back",
    "never returns",
    "never resubscribes",
    "trades on",
    "orders anew",
    "never settles",
    "asks on",
    "ignores gaps",
    "sees no silence",
    "stays away",
    "believes lists",
    "believes balances",
    "believes prices",
    "dies of it",
    "counts twice",
    "stays deaf",
    "ignores signals",
    "fails at the end",
    "orders at the end",
    "forgets what is open",
]

Span = tuple[float, float]


class Life:
    """One bot in one run.

    Args:
        seed: of everything that is drawn.
        flaw: what it does wrong; a healthy one has none.

    Attributes:
        since: when something begins to befall it.
        until: when that is over.
        spoilt: handles of the faults whose frames it throws away.
        died: when its process ended by itself; None if it did not.
        stops: whether it is a process that is asked to stop.
    """

    def __init__(self, seed: int, flaw: Flaw = "") -> None:
        self.flaw = flaw
        self.draw = random.Random(seed)
        self.bot = figures(self.draw)
        self.witness = Witness.drawn(self.draw)
        self.t = Transcript()
        self.t.steady(0.5, "market_ws", "rest")
        self.since = self.draw.uniform(13, 30)
        self.until = self.since + self.draw.uniform(5, 60)
        self.rest = self.t.opens("rest", 0)
        self.feed = self.t.feed(0)
        self.spoilt: set[int] = set()
        self.died: float | None = None
        self.stops = self.draw.random() < 0.5 or flaw.endswith(("signals", "end"))

    def over(self) -> Run:
        """Return what the history says once the run is over."""
        settle = self.draw.uniform(0, 20)
        self.t.over(END - settle)
        if self.died is not None:
            self.t.tell(self.died, "bot_ended", "runner", exit_code=1, killed=False)
        elif self.stops:
            self._stops()
        events = self.t.history()
        telling.number(events)
        telling.place_answers(events)
        if self.bot.tells:
            twice = self.flaw == "counts twice"
            events += telling.ticks(
                events, self.witness, self.draw, twice=twice, spoilt=self.spoilt
            )
        return index(sorted(events, key=lambda event: event.at), 1.0, self.witness, settle)

    def breaks(self, link: str, name: str) -> Span:
        """Break a link for a while; return from when to when that stood: between what is told of either."""
        takes = self.draw.uniform(0.003, 0.2)
        self.t.breaks(link, name, self.since, self.until, takes=takes)
        grips = self.draw.uniform(self.since, self.since + takes)
        return grips, self.draw.uniform(self.until, self.until + takes)

    # -- its feeds -----------------------------------------------------------------------------------

    def attempts(self, since: float, until: float) -> Iterator[float]:
        """Yield when it tries to connect; the last one is the first after the end."""
        pauses, at = self.pauses(), since
        while at < until:
            at += next(pauses)
            yield at

    def pauses(self) -> Iterator[float]:
        """Yield its pauses before it connects again."""
        longest, certain = self.bot.first, self.bot.certain
        while True:
            yield longest * (certain + (1 - certain) * self.draw.random()) + 0.01
            longest = min(longest * 2, self.bot.cap)

    def comes_back(self, back: float) -> None:
        """Tell of a feed that is there again, and of what it did without one."""
        resubscribes = self.flaw != "never resubscribes"
        feed = self.t.feed(back, channel="ticker" if resubscribes else "status")
        self.lives_without(self.since, self.streams(feed, back, END))

    def greets(self, conn: int, at: float, channel: str = "ticker") -> None:
        """Tell that a connection becomes a feed, and that it subscribes there."""
        self.t.tell(at, "upgraded", conn=conn, compression=False)
        self.t.subscribes(conn, at, channel, "BTC-USD")

    def lives_without(self, lost: float, first: float) -> None:
        """Tell of a life in which it has no stream from one instant to another, and asks for prices instead."""
        returns = first + self.draw.uniform(0, 3)
        polled = lost + self.draw.uniform(1, 4)
        if self.flaw == "never falls back":
            polled = END
        while polled < (END if self.flaw == "never returns" else returns):
            self.t.asks(self.rest, polled, BOOK, query=ABOUT)
            polled += self.bot.polls
        self.lives([(0, lost), (returns, END)], [(0, lost), (returns, END)])

    def user_feed(self, since: float, until: float, ends: float | None = None) -> int:
        """Tell of a feed of its orders, which has a snapshot and heartbeats; return it."""
        feed = self.t.feed(since, listener="user_ws", channel="user")
        self.tells_orders(feed, since, until)
        if until < END:
            self.t.closes(feed, until)
        return feed

    def tells_orders(self, feed: int, since: float, until: float) -> None:
        """Tell of a snapshot and heartbeats of a feed of its orders."""
        self.t.frame(feed, since, "user", products=(), type="snapshot")
        self.beats(feed, since, until)

    def beats(self, feed: int, since: float, until: float) -> None:
        """Tell of the heartbeats of a feed."""
        for second in range(int(until - since)):
            self.t.frame(feed, since + second + 0.5, "heartbeats", products=())

    def streams(
        self, feed: int, since: float, until: float, products: tuple[str, ...] = ("BTC-USD",)
    ) -> float:
        """Tell of prices and heartbeats of a feed; return when the first price came."""
        ticks = list(self.each(self.bot.ticks, since, until))
        for at in ticks[1:]:
            self.t.frame(feed, at, products=products)
        self.beats(feed, since, until)
        return ticks[1] if len(ticks) > 1 else until

    # -- its orders ----------------------------------------------------------------------------------

    def lives(self, trades: list[Span], looks: list[Span]) -> None:
        """Tell of orders and looks in these spans."""
        for number in range(self.bot.burst):
            self.t.asks(self.rest, 0.1 + number / 100, LIST)
        for since, until in looks:
            for at in list(self.each(self.bot.reads, since, until))[1:]:
                self.t.asks(self.rest, at, LIST)
        for since, until in trades:
            for number, at in enumerate(list(self.each(self.bot.orders, since, until))[1:]):
                if self.draw.random() < self.bot.peeks and self.flaw != "never falls back":
                    self.t.asks(self.rest, at - 0.02, BOOK, query=ABOUT)
                name = f"{since:.0f}-{number}"
                side = "SELL" if number % 2 else "BUY"
                self.t.places(self.rest, at, name, side)
                self.t.fills(name, at, side)

    def each(self, pause: Draw, since: float, until: float) -> Iterator[float]:
        """Yield the beginning, then when something happens again and again."""
        at = since
        while at < until:
            yield at
            at += max(pause(), 0.01)

    def hit(self, handle: int, at: float, **what: Any) -> None:
        """Tell that a fault hit something."""
        self.t.tell(at, "fault_hit", handle=handle, **what)

    def places_unheard(
        self, handle: int, at: float, name: str, side: str, *, taken: bool = True
    ) -> None:
        """Tell of an order without an answer, and of the end of its connection."""
        request = self.t.places(self.rest, at, name, side, applied=taken, fault=handle)
        answers = (event for event in reversed(self.t.events) if event.kind == "answer")
        next(answers).data["size"] = 0
        self.hit(handle, at, conn=self.rest, request=request)
        self.t.closes(self.rest, at, by="fault", how="abort")

    # -- its end -------------------------------------------------------------------------------------

    def _stops(self) -> None:
        """Tell of the end of its process, which it was asked for: slow, but in time."""
        self.t.tell(END, "bot_asked_to_stop", "runner", signal="SIGTERM")
        took = self.draw.choice((self.draw.uniform(0.05, 1), self.draw.uniform(1, 11.9)))
        code = self.draw.choice((0, 143))
        killed = False
        if self.flaw == "ignores signals":
            took, code, killed = 30.0, 137, True
        elif self.flaw == "fails at the end":
            code = 1
        elif self.flaw == "orders at the end":
            conn = self.t.opens("rest", END + 0.5 * took)
            self.t.places(conn, END + 0.6 * took, "at the end")
        gone = END + took * self.draw.random()
        for feed in self._open_feeds():
            self.t.closes(feed, gone, how="close_frame", code=1000)
            self.witness.left[feed] = gone
        self.t.tell(END + took, "bot_ended", "runner", exit_code=code, killed=killed)

    def _open_feeds(self) -> list[int]:
        closed = {event["conn"] for event in self.t.events if event.kind == "closed"}
        opened = [event["conn"] for event in self.t.events if event.kind == "upgraded"]
        return [conn for conn in opened if conn not in closed]
