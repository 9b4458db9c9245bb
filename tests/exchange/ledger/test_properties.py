"""Whatever clients, the market and a lying exchange do, the ledger's truths hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from typing import Any, ClassVar, cast

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from downtick.exchange.ledger import (
    Configuration,
    Flags,
    Ledger,
    LedgerSettings,
    Order,
    Refused,
    RolledBack,
    Side,
    Ticket,
    replay,
)
from downtick.exchange.ledger.rules import AT_ONCE
from downtick.exchange.market import Book, BookChange, Level, Trade
from downtick.exchange.market.products import product
from tests.exchange.ledger.truths import Truths

D = Decimal
_TICK = D("0.5")
_LOTS = {
    "BTC-USD": D("0.001"),
    "ETH-BTC": D("0.01"),
    "BTC-PERP-INTX": D("0.01"),
    "BIT-26DEC26-CDE": D(1),
}
_PRODUCTS = {name: product(name, lot, _TICK) for name, lot in _LOTS.items()}
_MIDDLE = 200  # ticks
_LIMITS: tuple[Configuration, ...] = (
    "limit_limit_gtc",
    "limit_limit_gtd",
    "sor_limit_ioc",
    "limit_limit_fok",
)
_STOPS: tuple[Configuration, ...] = (
    "stop_limit_stop_limit_gtc",
    "stop_limit_stop_limit_gtd",
    "trigger_bracket_gtc",
    "trigger_bracket_gtd",
)
_FLAGS = (
    Flags(),
    Flags(),
    Flags(cancel_only=True),
    Flags(post_only=True),
    Flags(limit_only=True),
    Flags(auction_mode=True),
    Flags(trading_disabled=True),
)

_SPOT = ("BTC-USD", "ETH-BTC")

products = st.sampled_from(tuple(_PRODUCTS))
sides = st.sampled_from(("BUY", "SELL"))
lots = st.sampled_from((1, 2, 3, 4, 7, 20, 500))
ticks = st.integers(-6, 6)
near = st.integers(-1, 6)
picks = st.integers(0, 1000)


class LedgerMachine(RuleBasedStateMachine):
    """A client, a market and a liar with one ledger."""

    steps: ClassVar[int] = 0
    seen: ClassVar[Counter[str]] = Counter()

    def __init__(self) -> None:
        super().__init__()
        self.now = 0
        self.books = {name: Book(name) for name in _PRODUCTS}
        self.left: dict[tuple[str, str, Decimal], Decimal] = {}

    @initialize(
        money=st.sampled_from((D(6), D(40), D("123456.78901234560"))),
        volume=st.sampled_from((D(0), D("9999"), D(10**9))),
    )
    def open(self, money: Decimal, volume: Decimal) -> None:
        balances = {"USD": money, "USDC": money / 8, "BTC": D(20), "ETH": D("0.3")}
        self.ledger = Ledger(_PRODUCTS.values(), balances, LedgerSettings(volume_30d=volume))
        self.truths = Truths(self.ledger)
        self.ledger.listeners.append(self._took)
        for name, lot in _LOTS.items():
            for depth in (1, 2, 4):
                for side, sign in (("bid", -1), ("offer", 1)):
                    price = (_MIDDLE + sign * depth) * _TICK
                    self._change(name, side, price, 5 * depth * lot)
            # Something to fill, to edit, to close and to take back, from the first step on.
            self._place(name, "BUY", "market_market_ioc", 2)
            for depth in (1, 6):
                self.rest(name, "BUY", depth, depth, post_only=False)
                self.rest(name, "SELL", depth, depth, post_only=False)

    @rule(name=products, side=sides, away=ticks, size=lots, kind=st.sampled_from(_LIMITS))
    def limit(self, name: str, side: Side, away: int, size: int, kind: Configuration) -> None:
        """Place a limit order around the best price."""
        self._place(name, side, kind, size, limit_price=self._middle(name) + away * _TICK)

    @rule(name=products, side=sides, away=st.integers(1, 9), size=lots, post_only=st.booleans())
    def rest(
        self,
        name: str,
        side: Side,
        away: int,
        size: int,
        post_only: bool,
    ) -> None:
        """Place a limit order that rests most of the time."""
        price = self._middle(name) + (away if side == "SELL" else -away) * _TICK
        more = {"post_only": post_only, "limit_price": price}
        self._place(name, side, "limit_limit_gtc", size, **more)

    @rule(name=products, side=sides, size=lots, leverage=st.sampled_from((None, 2, 3, 4, 5)))
    def market(self, name: str, side: Side, size: int, leverage: int | None) -> None:
        """Place a market order."""
        future = _PRODUCTS[name].product_type == "FUTURE"
        asked = D(leverage) if future and leverage else None
        self._place(name, side, "market_market_ioc", size, leverage=asked)

    @rule(name=st.sampled_from(_SPOT), funds=st.integers(1, 400), wholly=st.booleans())
    def spend(self, name: str, funds: int, wholly: bool) -> None:
        """Buy for so much of the quote currency."""
        kind: Configuration = "market_market_fok" if wholly else "market_market_ioc"
        self._place(name, "BUY", kind, None, quote_size=funds * _TICK)

    @rule(name=products, side=sides, size=lots, stop=near, reach=near, kind=st.sampled_from(_STOPS))
    def stop(
        self, name: str, side: Side, size: int, stop: int, reach: int, kind: Configuration
    ) -> None:
        """Place an order with a stop price, on its proper side most of the time."""
        sign, middle = 1 if side == "BUY" else -1, self._middle(name)
        stop_price = middle + sign * stop * _TICK
        bracket = kind.startswith("trigger_bracket")
        self._place(
            name,
            side,
            kind,
            size,
            stop_price=stop_price,
            limit_price=(middle - sign * reach * _TICK)
            if bracket
            else (stop_price + sign * reach * _TICK),
            stop_direction=f"STOP_DIRECTION_STOP_{'UP' if side == 'BUY' else 'DOWN'}",
        )

    def _place(
        self, name: str, side: Side, kind: Configuration, size: int | None, **more: Any
    ) -> None:
        ticket = Ticket(
            client_order_id=f"{len(self.ledger.entries)}",
            product_id=name,
            side=side,
            configuration=kind,
            base_size=None if size is None else size * _LOTS[name],
            end_time=self.now + 20 if kind.endswith("gtd") else None,
            **more,
        )
        book = self.books[name]
        shown = self.ledger.preview(ticket, book, self.now)
        placed = self._count(self.ledger.place(ticket, self.now, book))
        if isinstance(placed, Refused):
            assert shown == placed
            return
        assert not isinstance(shown, Refused)
        again = self.ledger.place(ticket, self.now, book)
        assert again == placed, "the same client_order_id is the same order"

    @rule(pick=picks, how=st.sampled_from(("now", "queue", "finish")))
    def cancel(self, pick: int, how: str) -> None:
        """Cancel an order, at once or not quite."""
        if order := self._some(pick):
            if how == "finish":
                self._count(self.ledger.finish_cancel(order.order_id, self.now))
            else:
                queued = how == "queue"
                self._count(self.ledger.cancel(order.order_id, self.now, queued=queued))

    @rule(pick=picks, away=ticks, size=lots)
    def edit(self, pick: int, away: int, size: int) -> None:
        """Edit an order."""
        if order := self._some(pick):
            name = order.ticket.product_id
            price = self._middle(name) + away * _TICK
            asked = {"price": price, "size": size * _LOTS[name]}
            book = self.books[name]
            shown = self.ledger.preview_edit(order.order_id, **asked, at=self.now, book=book)
            edited = self.ledger.edit(order.order_id, **asked, at=self.now, book=book)
            assert isinstance(self._count(edited), Refused) == isinstance(shown, Refused)

    @rule(name=products, size=st.none() | lots)
    def close(self, name: str, size: int | None) -> None:
        """Close a position, or a part of it."""
        mine = f"close/{len(self.ledger.entries)}"
        asked = None if size is None else size * _LOTS[name]
        book = self.books[name]
        self._count(self.ledger.close_position(name, asked, mine, self.now, book))

    @rule(name=products, side=st.sampled_from(("bid", "offer")), depth=st.integers(1, 6), size=lots)
    def quote(self, name: str, side: str, depth: int, size: int) -> None:
        """Somebody quotes another quantity near the middle; a large lot number takes the level away."""
        sign = -1 if side == "bid" else 1
        quantity = D(0) if size > 50 else size * _LOTS[name]
        self._change(name, side, self._middle(name) + sign * depth * _TICK, quantity)

    @rule(name=products, away=ticks, deep=st.booleans())
    def move(self, name: str, away: int, deep: bool) -> None:
        """The whole book moves, perhaps far."""
        book, step = self.books[name], away * (9 if deep else 1) * _TICK
        bids, asks = book.depth()
        if (bids and bids[-1].price + step <= 0) or (asks and asks[0].price + step <= 0):
            return
        gone = [Level("bid", q.price, D(0)) for q in bids]
        gone += [Level("offer", q.price, D(0)) for q in asks]
        moved = [Level("bid", q.price + step, q.quantity) for q in bids]
        moved += [Level("offer", q.price + step, q.quantity) for q in asks]
        self._changes(name, tuple(gone + moved))

    @rule(name=products, away=ticks, size=lots)
    def trade(self, name: str, away: int, size: int) -> None:
        """Others trade, somewhere near the middle."""
        self.ledger.happened(self._trade(name, away, size), self.books[name], self.now)

    @rule(name=products, flags=st.sampled_from(_FLAGS), amount=st.integers(0, 5000))
    def decree(self, name: str, flags: Flags, amount: int) -> None:
        """The exchange halts a product or opens it, or money comes in."""
        if flags == Flags() and amount:
            self.ledger.credit(_PRODUCTS[name].quote_currency, D(amount) / 8, self.now)
        else:
            self.ledger.set_flags(name, flags, self.now)
            self.ledger.happened(self._trade(name, 0, 1), self.books[name], self.now)
            self.ledger.set_flags(name, Flags(), self.now)

    @rule(pick=picks, size=st.none() | lots)
    def fill(self, pick: int, size: int | None) -> None:
        """The exchange fills an order on its own."""
        if order := self._some(pick):
            name = order.ticket.product_id
            asked = None if size is None else size * _LOTS[name]
            self._count(self.ledger.fill(order.order_id, self.now, asked))

    @rule(pick=picks)
    def void(self, pick: int) -> None:
        """The exchange takes a fill back."""
        fills = self.ledger.state.fills
        if fills:
            self._count(self.ledger.void(fills[-1 - pick % len(fills)].number, self.now))

    @rule(back=st.sampled_from((*[None] * 9, 0, 1, 4, 12, 30)))
    def roll_back(self, back: int | None) -> None:
        """The exchange forgets its last entries, once in a while."""
        if back is None:
            return
        number = max(1, len(self.ledger.entries) - back)
        before = self.ledger.as_of(number)
        self.ledger.roll_back(number, self.now)
        if not any(o.ticket.configuration in AT_ONCE for o in before.open_orders.values()):
            before.number = self.ledger.state.number
            assert self.ledger.state == before

    def check_invariants(self, *args: Any, **kwargs: Any) -> None:
        """Count the step, and let time pass. What must be true is checked after each entry, see `Truths`."""
        LedgerMachine.steps += 1
        if hasattr(self, "ledger"):
            self.now += 1
            self.ledger.expire(self.now)
            due = self.ledger.next_expiry()
            assert due is None or due > self.now
        cast("Callable[..., None]", super().check_invariants)(*args, **kwargs)

    def teardown(self) -> None:
        """Replay the journal, and add up the fills."""
        if not hasattr(self, "ledger"):
            return
        state, entries = self.ledger.state, self.ledger.entries
        assert replay(state.products, entries) == state
        last = max([e.number for e in entries if isinstance(e.change, RolledBack)], default=0)
        replica = self.ledger.as_of((last + len(entries)) // 2)
        for entry in entries[replica.number :]:
            replica.apply(entry)
        assert replica == state, "a replica that was behind did not catch up"
        self.truths.fills_agree()
        LedgerMachine.seen.update(self.truths.kinds)

    def _trade(self, name: str, away: int, size: int) -> Trade:
        price = max(_TICK, self._middle(name) + away * _TICK)
        return Trade(float(self.now), name, 1, price, size * _LOTS[name], "BUY")

    def _some(self, pick: int) -> Order | None:
        """Return an open order most of the time, else any."""
        state = self.ledger.state
        orders = list((state.open_orders if pick % 4 else state.orders).values())
        return orders[pick % len(orders)] if orders else None

    def _count(self, outcome: Order | Refused) -> Order | Refused:
        LedgerMachine.seen[outcome.reason if isinstance(outcome, Refused) else outcome.status] += 1
        return outcome

    def _middle(self, product_id: str) -> Decimal:
        book = self.books[product_id]
        if book.bids and book.asks:
            return (book.bids.best + book.asks.best) // (2 * _TICK) * _TICK
        best = book.best_bid or book.best_ask
        return best.price if best else _MIDDLE * _TICK

    def _change(self, product_id: str, side: Any, price: Decimal, quantity: Decimal) -> None:
        book = self.books[product_id]
        if price <= 0:
            return
        others = book.depth()[1 if side == "bid" else 0]
        gone = [
            Level("offer" if side == "bid" else "bid", q.price, D(0))
            for q in others
            if (q.price <= price if side == "bid" else q.price >= price)
        ]
        self._changes(product_id, (*gone, Level(side, price, quantity)))

    def _changes(self, product_id: str, changes: tuple[Level, ...]) -> None:
        self.books[product_id].apply(changes)
        for side, price, quantity in changes:
            self.left[product_id, side, price] = quantity
        change = BookChange(float(self.now), product_id, changes)
        self.ledger.happened(change, self.books[product_id], self.now)

    def _took(self, entry: Any, _: Order | None) -> None:
        """A taker gets what is in the book, once."""
        fill = getattr(entry.change, "fill", None)
        if fill is None or fill.liquidity == "MAKER":
            return
        level = (fill.product_id, "offer" if fill.side == "BUY" else "bid", fill.price)
        self.left[level] -= fill.size
        assert self.left[level] >= 0, "more was taken than was there"


@pytest.mark.timeout(300)  # some ten seconds; much more where the machine is busy
def test_the_truths_hold_through_ten_thousand_steps() -> None:
    """Money is conserved, holds are needs, nothing is negative, orders end once, and a replay gives the state."""
    LedgerMachine.steps = 0
    while LedgerMachine.steps < 10_000:  # Hypothesis gives up some of its runs half-way
        run_state_machine_as_test(
            LedgerMachine,
            settings=settings(
                max_examples=40,
                stateful_step_count=150,
                deadline=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
    print(f"{LedgerMachine.steps} steps: {dict(LedgerMachine.seen.most_common())}")  # noqa: T201
