"""Healthy bots drawn at random, and what befalls them: histories in which no check may find fault."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, Literal

from tests.checks.transcript import Transcript

END: Final = 150.0
_LIST: Final = "orders/historical/batch"
_BOOK: Final = "product_book"
_ABOUT: Final = "product_id=BTC-USD"

Draw = Callable[[], float]
"""Draws how long it is until something happens again."""


@dataclass(frozen=True)
class Figures:
    """What a bot is like, in seconds.

    Attributes:
        orders: how long it is from one order to the next.
        reads: how long it is from one look at what is open to the next.
        burst: how often it looks when it starts.
        peeks: how likely it asks for a price before an order.
        polls: how often it asks for prices while no stream has any.
        first: its shortest pause before it connects again.
        cap: its longest.
        certain: what part of a pause is not drawn.
        ticks: how long it is from one price of the market to the next.
    """

    orders: Draw
    reads: Draw
    burst: int
    peeks: float
    polls: float
    first: float
    cap: float
    certain: float
    ticks: Draw


def figures(draw: random.Random) -> Figures:
    """Draw a bot."""
    orders, reads = draw.uniform(0.5, 20), draw.uniform(2, 15)
    first = draw.uniform(0.2, 1)
    ticks = draw.choice((0.2, 1.0, 8.0))
    return Figures(
        orders=_again(draw, orders),
        reads=_again(draw, reads),
        burst=draw.randint(1, 6),
        peeks=draw.choice((0.0, 0.0, 0.3, 1.0)),
        polls=draw.uniform(0.3, 1.5),
        first=first,
        cap=first * draw.choice((4, 8, 10)),
        certain=draw.choice((0.0, 0.5, 0.8)),
        ticks=lambda: draw.expovariate(1 / ticks),
    )


def _again(draw: random.Random, mean: float) -> Draw:
    if draw.random() < 0.5:
        return lambda: mean * draw.uniform(0.9, 1.1)
    return lambda: draw.expovariate(1 / mean)


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
]


class Life:
    """One bot in one run.

    Args:
        seed: of everything that is drawn.
        flaw: what it does wrong; a healthy one has none.
    """

    def __init__(self, seed: int, flaw: Flaw = "") -> None:
        self.flaw = flaw
        self.draw = random.Random(seed)
        self.bot = figures(self.draw)
        self.t = Transcript()
        self.t.steady(0.5, "market_ws", "rest")
        self.since = self.draw.uniform(13, 30)
        self.until = self.since + self.draw.uniform(5, 60)
        self.rest = self.t.opens("rest", 0)
        self.feed = self.t.feed(0)

    # -- what befalls it -----------------------------------------------------------------------------

    def nothing_much(self) -> Transcript:
        """Frames come a little later for a while."""
        self.t.breaks("market_ws", "latency", self.since, self.until)
        self._streams(self.feed, 0, END)
        self._lives([(0, END)], [(0, END)])
        return self._over()

    def feed_refused(self) -> Transcript:
        """The feed ends, and every handshake is refused for a while."""
        self.t.breaks("market_ws", "close", self.since, until=self.since)
        self.t.closes(self.feed, self.since)
        self._streams(self.feed, 0, self.since)
        hits = []
        *refused, back = self._attempts(self.since, self.until)
        for at in refused:
            conn = self.t.opens("market_ws", at)
            self.t.tell(at, "refused", conn=conn, status=503)
            self.t.closes(conn, at, by="exchange")
            hits.append((at, conn))
        self.t.fault("refuse_upgrade", self.since, self.until, hits=hits)
        self._comes_back(back)
        return self._over()

    def feed_down(self) -> Transcript:
        """The feed ends, and nobody listens for a while."""
        self.t.breaks("market_ws", "down", self.since, until=self.until)
        self.t.closes(self.feed, self.since)
        self._streams(self.feed, 0, self.since)
        *_, back = self._attempts(self.since, self.until)
        self._comes_back(back)
        return self._over()

    def rest_fails(self) -> Transcript:
        """Everything that is asked over REST is answered 503 for a while."""
        self._streams(self.feed, 0, END)
        asked = list(self._each(self.bot.reads, self.since, self.until))[1:]
        hits = [(at, self.rest) for at in asked]
        for at in asked:
            self.t.asks(self.rest, at, _LIST, status=503)
        self.t.fault("http_error", self.since, self.until, hits=hits)
        again = self.until + self.draw.uniform(0.1, 5)
        self.t.asks(self.rest, again, _LIST)
        # An order that meets the outage shows it, too: this one has none on the way.
        trades = [(0, self.since), (again + 0.1, END)]
        if self.flaw == "trades on":
            trades = [(0, END)]
        self._lives(trades, [(0, self.since), (again, END)])
        return self._over()

    def answers_lost(self) -> Transcript:
        """For a while some orders get no answer, taken or not, and their connections are cut."""
        self._streams(self.feed, 0, END)
        handle = self.t.fault("lost_answer", self.since, self.until)
        at, number = 1.0, 0
        while (at := at + max(self.bot.orders(), 0.05)) < END - 20:
            number += 1
            name, side = f"order {number}", ("BUY", "SELL")[number % 2]
            taken = True
            if self.since < at < self.until and self.draw.random() < 0.6:
                taken = self.draw.random() < 0.8
                self._loses(handle, at, name, side, taken=taken)
                at += self.draw.uniform(0.05, 2)
                self.rest = self.t.opens("rest", at)
                self._settles(at, name, side, taken=taken)
                at += 0.05
            else:
                self.t.places(self.rest, at, name, side)
            self.t.fills(name, at, side)
        return self._over()

    def throttled(self) -> Transcript:
        """For a while everything that is asked over REST is answered 429, and told to wait for two seconds."""
        self._streams(self.feed, 0, END)
        handle = self.t.fault("rate_limited", self.since, self.until, retry_after=2.0)
        at = 1.0
        while (at := at + max(self.bot.reads(), 0.2)) < END:
            while self.since < at < self.until:
                request = self.t.asks(self.rest, at, _LIST, status=429, fault=handle)
                self._hit(handle, at, request)
                at += 0.3 if self.flaw == "asks on" else 2 + self.draw.uniform(0.01, 1)
            self.t.asks(self.rest, at, _LIST)
        return self._over()

    def user_feed_down(self) -> Transcript:
        """The feed of its orders ends, and nobody listens for a while; it trades again when it has looked."""
        self._streams(self.feed, 0, END)
        self.t.breaks("user_ws", "down", self.since, until=self.until)
        self._user_feed(0, self.since)
        *_, back = self._attempts(self.since, self.until)
        self._user_feed(back, END)
        looked = back + self.draw.uniform(0.01, 3)
        self.t.asks(self.rest, looked, _LIST)
        self._lives([(0, self.since), (looked + 0.01, END)], [(0, self.since), (looked + 1, END)])
        return self._over()

    def both_feeds_cut(self) -> Transcript:
        """It has two feeds, of which both end at a time; each comes back by itself."""
        other = self.t.feed(0.3, "ETH-USD")
        self.t.breaks("market_ws", "close", self.since, until=self.since)
        for feed, products in ((self.feed, ("BTC-USD",)), (other, ("ETH-USD",))):
            self.t.closes(feed, self.since)
            self._streams(feed, 0.3, self.since, products)
            (back,) = self._attempts(self.since, self.since + 0.001)
            self._streams(self.t.feed(back, *products), back, END, products)
        return self._over()

    def frames_lost(self) -> Transcript:
        """Now and then a frame of its book is left out; it opens the feed anew when it has read the next."""
        handle = self.t.fault("sequence_gap", self.since, self.until)
        feed, born, lost = self.feed, 0.0, self.since
        while (lost := lost + self.draw.uniform(3, 20)) < self.until:
            self.t.tell(lost, "fault_hit", handle=handle, conn=feed, channel="l2_data", seq=1)
            beyond = lost + self.draw.uniform(0.01, 1)
            self.t.frame(feed, beyond, "l2_data")
            left = beyond + self.draw.uniform(0.01, 1)
            if self.flaw == "ignores gaps":
                continue
            self._streams(feed, born, lost)
            self.t.closes(feed, left, how="close_frame", code=1000)
            born = left + self.draw.uniform(0.01, 1)
            feed = self.t.feed(born)
            lost = born
        self._streams(feed, born, END)
        return self._over()

    # -- what it does --------------------------------------------------------------------------------

    def _loses(self, handle: int, at: float, name: str, side: str, *, taken: bool) -> None:
        """Tell of an order without an answer, and of the end of its connection."""
        request = self.t.places(self.rest, at, name, side, applied=taken, fault=handle)
        answers = (event for event in reversed(self.t.events) if event.kind == "answer")
        next(answers).data["size"] = 0
        self._hit(handle, at, request)
        self.t.closes(self.rest, at, by="fault", how="abort")

    def _settles(self, at: float, name: str, side: str, *, taken: bool) -> None:
        """Tell of how it finds out what became of an order, or sends it again under its name."""
        if self.flaw == "orders anew":
            self.t.places(self.rest, at, f"{name} anew", side)
        elif self.flaw == "never settles":
            return
        elif taken and self.draw.random() < 0.5:
            self.t.asks(self.rest, at, _LIST)
        else:
            self.t.places(self.rest, at, name, side, applied=not taken)

    def _hit(self, handle: int, at: float, request: int) -> None:
        self.t.tell(at, "fault_hit", handle=handle, conn=self.rest, request=request)

    def _attempts(self, since: float, until: float) -> Iterator[float]:
        """Yield when it tries to connect; the last one is the first after the end."""
        longest, at = self.bot.first, since
        while at < until:
            certain = self.bot.certain
            at += longest * (certain + (1 - certain) * self.draw.random()) + 0.01
            longest = min(longest * 2, self.bot.cap)
            yield at

    def _comes_back(self, back: float) -> None:
        resubscribes = self.flaw != "never resubscribes"
        feed = self.t.feed(back, channel="ticker" if resubscribes else "status")
        first = self._streams(feed, back, END)
        falls = self.since + self.draw.uniform(1, 4)
        returns = max(first, back) + self.draw.uniform(0, 3)
        polled = falls
        if self.flaw == "never falls back":
            polled = END
        while polled < (END if self.flaw == "never returns" else returns):
            self.t.asks(self.rest, polled, _BOOK, query=_ABOUT)
            polled += self.bot.polls
        self._lives([(0, self.since), (returns, END)], [(0, self.since), (returns, END)])

    def _user_feed(self, since: float, until: float) -> None:
        """Tell of a feed of its orders, which has a snapshot and heartbeats."""
        feed = self.t.feed(since, listener="user_ws", channel="user")
        self.t.frame(feed, since, "user", products=(), type="snapshot")
        for second in range(int(until - since)):
            self.t.frame(feed, since + second + 0.5, "heartbeats", products=())
        if until < END:
            self.t.closes(feed, until)

    def _streams(
        self, feed: int, since: float, until: float, products: tuple[str, ...] = ("BTC-USD",)
    ) -> float:
        """Tell of prices and heartbeats of a feed; return when the first price came."""
        ticks = list(self._each(self.bot.ticks, since, until))
        first = ticks[1] if len(ticks) > 1 else until
        for at in ticks[1:]:
            self.t.frame(feed, at, products=products)
        for second in range(int(until - since)):
            self.t.frame(feed, since + second + 0.5, "heartbeats", products=())
        return first

    def _lives(self, trades: list[tuple[float, float]], looks: list[tuple[float, float]]) -> None:
        """Tell of orders and looks in these spans."""
        for number in range(self.bot.burst):
            self.t.asks(self.rest, 0.1 + number / 100, _LIST)
        for since, until in looks:
            for at in list(self._each(self.bot.reads, since, until))[1:]:
                self.t.asks(self.rest, at, _LIST)
        for since, until in trades:
            for number, at in enumerate(list(self._each(self.bot.orders, since, until))[1:]):
                if self.draw.random() < self.bot.peeks:
                    self.t.asks(self.rest, at - 0.02, _BOOK, query=_ABOUT)
                name = f"{since:.0f}-{number}"
                side = "SELL" if number % 2 else "BUY"
                self.t.places(self.rest, at, name, side)
                self.t.fills(name, at, side)

    def _each(self, pause: Draw, since: float, until: float) -> Iterator[float]:
        """Yield the beginning, then when something happens again and again."""
        at = since
        while at < until:
            yield at
            at += max(pause(), 0.01)

    def _over(self) -> Transcript:
        self.t.over(END)
        return self.t


BEFALLS: Final = {
    each.__name__: each
    for each in (
        *(Life.nothing_much, Life.feed_refused, Life.feed_down),
        *(Life.rest_fails, Life.answers_lost, Life.throttled),
        *(Life.user_feed_down, Life.both_feeds_cut, Life.frames_lost),
    )
}
