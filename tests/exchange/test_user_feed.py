"""What the user's channels tell of a ledger, without sockets: a venue, and an outlet whose time is told."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from downtick.exchange.config import ExchangeConfig
from downtick.exchange.frames import Body
from downtick.exchange.ledger import Entry, Matched, Order, Refused, Ticket
from downtick.exchange.market import SeededMarket, Trade
from downtick.exchange.user_feed import UserFeed
from downtick.exchange.user_queue import DROP, PASS, SWAP, TWICE, Verdict, Way, late
from downtick.exchange.venue import open_venue
from tests.exchange.orders import FUTURE, D
from tests.exchange.told_time import ToldTime

PRODUCTS = ("BTC-USD", "ETH-USD", FUTURE)
MARKET = SeededMarket(5, PRODUCTS, rate=10.0)
BALANCE = "futures_balance_summary"


class Desk(ToldTime):
    """A venue, its user feed, and the outlet and the judge of it."""

    def __init__(self, *listening: str) -> None:
        super().__init__()
        self.scale = 0.5
        self.bodies: list[Body] = []
        self.verdicts: list[Verdict] = []
        self.judged: list[int] = []
        self.listening = set(listening)
        config = ExchangeConfig(seed=1, products=PRODUCTS)
        self.venue = open_venue(config, MARKET.openings, lambda kind, **data: None)
        self.feed = UserFeed(self.venue, self, self, now=lambda: self.time)

    def publish(self, bodies: Iterable[Body]) -> None:
        self.bodies += bodies

    def wanted(self, topic: str, product: str) -> bool:
        return product in self.listening

    def update(self, entry: Entry, order: Order) -> Verdict:
        self.judged.append(entry.number)
        return self.verdicts.pop(0) if self.verdicts else PASS

    def told(self, order: Order) -> Order:
        return order

    def place(self, name: str, product_id: str = "BTC-USD", **more: Any) -> Order:
        """Place an order to buy, far below the market."""
        wanted: dict[str, Any] = {"side": "BUY", "configuration": "limit_limit_gtc"}
        wanted |= {"limit_price": D(100), "base_size": D(1)} | more
        placed = self.venue.ledger.place(
            Ticket(client_order_id=name, product_id=product_id, **wanted),
            self.venue.now(),
            self.venue.book(product_id),
        )
        assert not isinstance(placed, Refused), placed
        return placed

    def fill(self, order: Order, size: str | None = None) -> None:
        """Fill an order at its limit price."""
        amount = None if size is None else D(size)
        assert not isinstance(
            self.venue.ledger.fill(order.order_id, self.venue.now(), size=amount), Refused
        )

    @property
    def orders(self) -> list[tuple[str, str, str]]:
        """Name, status and filled quantity of each order told of so far."""
        return [
            (one["client_order_id"], one["status"], one["cumulative_quantity"])
            for body in self.bodies
            if body.channel == "user"
            for one in _event(body)["orders"]
        ]

    @property
    def balances(self) -> list[dict[str, Any]]:
        """Each balance told so far."""
        told = [_event(body) for body in self.bodies if body.channel == BALANCE]
        return [event["fcm_balance_summary"] for event in told]


def _event(body: Body) -> dict[str, Any]:
    (event,) = json.loads(b"{%b}" % body.events)["events"]
    assert isinstance(event, dict)
    return event


def test_every_entry_that_touches_an_order_is_one_update() -> None:
    """In the order of the ledger, with quantities that add up."""
    desk = Desk("BTC-USD")
    order = desk.place("a")
    desk.fill(order, "0.25")
    desk.fill(order, "0.5")
    desk.venue.ledger.cancel(order.order_id, desk.venue.now(), queued=True)
    desk.venue.ledger.finish_cancel(order.order_id, desk.venue.now())
    assert desk.orders == [
        ("a", "OPEN", "0"),
        ("a", "OPEN", "0.25"),
        ("a", "OPEN", "0.75"),
        ("a", "CANCEL_QUEUED", "0.75"),
        ("a", "CANCELLED", "0.75"),
    ]
    assert {(body.type, body.products) for body in desk.bodies} == {("update", ("BTC-USD",))}
    assert [body.entry for body in desk.bodies] == desk.judged


def test_a_trigger_an_edit_and_a_voided_fill_are_told_too() -> None:
    """They change what an order object says."""
    desk = Desk("BTC-USD")
    ledger, now = desk.venue.ledger, desk.venue.now()
    order = desk.place("a")
    ledger.edit(order.order_id, price=D(90), size=D(2), at=now, book=desk.venue.book("BTC-USD"))
    desk.fill(order, "1.5")
    ledger.void(ledger.state.fills[-1].number, now)
    found = [_event(body)["orders"][0] for body in desk.bodies]
    assert [(one["limit_price"], one["leaves_quantity"]) for one in found] == [
        ("100", "1"),
        ("90", "2"),
        ("90", "0.5"),
        ("90", found[-1]["leaves_quantity"]),
    ]
    assert (found[-1]["cumulative_quantity"], found[-1]["number_of_fills"]) == ("0", "0")


def test_a_market_order_ends_filled() -> None:
    """Each match on its way is told."""
    desk = Desk("BTC-USD")
    desk.place("a", configuration="market_market_ioc", limit_price=None, base_size=D("0.01"))
    matches = [e for e in desk.venue.ledger.entries if isinstance(e.change, Matched)]
    assert desk.orders[0] == ("a", "PENDING", "0")
    assert desk.orders[-1] == ("a", "FILLED", "0.01")
    assert len(desk.orders) == 1 + len(matches)


def test_what_happens_while_nobody_listens_is_not_told_later() -> None:
    """A client that comes back sees the open orders; what became of others it must ask."""
    desk = Desk()
    gone, kept = desk.place("gone"), desk.place("kept")
    desk.fill(gone)
    assert desk.bodies == []
    desk.listening.add("BTC-USD")
    (shown,) = desk.feed.snapshots("user", PRODUCTS)
    assert [one["client_order_id"] for one in _event(shown)["orders"]] == ["kept"]
    desk.fill(kept)
    assert desk.orders == [("kept", "FILLED", "1")]


def test_a_snapshot_has_the_open_orders_of_the_products_asked_for() -> None:
    """Oldest first, partly filled ones with what was filled, and none that is over."""
    desk = Desk()
    first = desk.place("1")
    desk.place("2", "ETH-USD")
    over = desk.place("3")
    desk.place("4")
    desk.fill(first, "0.5")
    desk.venue.ledger.cancel(over.order_id, desk.venue.now())
    shown = [
        [(one["client_order_id"], one["cumulative_quantity"]) for one in _event(body)["orders"]]
        for products in (("BTC-USD",), ("ETH-USD",), PRODUCTS, (FUTURE,))
        for body in desk.feed.snapshots("user", products)
    ]
    btc, eth = [("1", "0.5"), ("4", "0")], [("2", "0")]
    assert shown == [btc, eth, [("1", "0.5"), ("2", "0"), ("4", "0")], []]


def test_a_product_that_nobody_listens_to_is_not_told_of() -> None:
    """An update is about one product, and goes to who subscribed to that."""
    desk = Desk("ETH-USD")
    desk.place("a")
    desk.place("b", "ETH-USD")
    assert desk.orders == [("b", "OPEN", "0")]


def test_a_roll_back_is_not_told() -> None:
    """Fills vanish without a word; the next snapshot shows it."""
    desk = Desk("BTC-USD", BALANCE)
    order = desk.place("a")
    before = desk.venue.ledger.entries[-1].number
    desk.fill(order)
    told = len(desk.bodies)
    desk.venue.ledger.roll_back(before, desk.venue.now())
    assert len(desk.bodies) == told
    (shown,) = desk.feed.snapshots("user", PRODUCTS)
    assert [one["status"] for one in _event(shown)["orders"]] == ["OPEN"]


def test_verdicts_govern_what_is_told() -> None:
    """Each entry that touches an order asks for one, also if nobody listens."""
    desk = Desk("BTC-USD")
    desk.verdicts = [PASS, DROP, TWICE, SWAP, PASS]
    order = desk.place("a")
    for _ in range(4):
        desk.fill(order, "0.1")
    assert [filled for _, _, filled in desk.orders] == ["0", "0.2", "0.2", "0.4", "0.3"]
    desk.listening.clear()
    desk.fill(order, "0.1")
    assert desk.judged == [entry.number for entry in desk.venue.ledger.entries][-6:]
    assert desk.feed.queue.ways == {
        Way.PASS: 3,
        Way.DROP: 1,
        Way.TWICE: 1,
        Way.SWAP: 1,
        Way.LATE: 0,
    }


def test_a_late_update_comes_by_itself_and_says_what_was_true_then() -> None:
    """Later updates overtake it."""
    desk = Desk("BTC-USD")
    desk.verdicts = [PASS, late(3.0), late(5.0), PASS]
    order = desk.place("a")
    for _ in range(3):
        desk.fill(order, "0.1")
    assert [filled for _, _, filled in desk.orders] == ["0", "0.3"]
    assert len(desk.timers) == 1
    desk.wait(2.9)
    assert len(desk.orders) == 2
    desk.wait(0.2)
    assert desk.orders[2:] == [("a", "OPEN", "0.1")]
    desk.wait(2.0)
    assert desk.orders[3:] == [("a", "OPEN", "0.2")]
    assert desk.feed.queue.waiting == 0


def test_a_late_update_reaches_who_listens_by_then() -> None:
    """Also if nobody did when it was made."""
    desk = Desk()
    desk.verdicts = [late(3.0)]
    desk.place("a")
    desk.listening.add("BTC-USD")
    desk.wait(3.0)
    assert desk.orders == [("a", "OPEN", "0")]


def test_a_swapped_update_is_let_out_when_its_fault_is_over() -> None:
    """Nothing more comes, and yet it is not lost."""
    desk = Desk("BTC-USD")
    desk.verdicts = [SWAP]
    desk.place("a")
    assert desk.orders == []
    desk.feed.settle()
    desk.feed.settle()
    assert desk.orders == [("a", "OPEN", "0")]


def test_an_order_is_told_as_the_judge_words_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """In updates and in snapshots."""
    desk = Desk("BTC-USD")

    def told(order: Order) -> Order:
        return Order(**{**{f: getattr(order, f) for f in order.__struct_fields__}, "order_id": "x"})

    monkeypatch.setattr(desk, "told", told)
    desk.place("a")
    (shown,) = desk.feed.snapshots("user", PRODUCTS)
    assert [_event(body)["orders"][0]["order_id"] for body in (*desk.bodies, shown)] == ["x", "x"]


def test_a_position_is_told_with_the_orders() -> None:
    """From its first match until it is closed."""
    desk = Desk(FUTURE)
    order = desk.place("a", FUTURE, base_size=D(2), limit_price=D(60000))
    desk.fill(order)
    found = [_event(body)["positions"]["expiring_futures_positions"] for body in desk.bodies]
    assert found[0] == []
    assert [(one["side"], one["number_of_contracts"]) for one in found[-1]] == [("Long", "2")]
    (shown,) = desk.feed.snapshots("user", ("BTC-USD",))
    assert _event(shown)["positions"]["expiring_futures_positions"] == found[-1]


def test_the_balance_is_told_when_an_entry_changes_it() -> None:
    """Once for each change, and not if it stays as it is."""
    desk = Desk()
    (shown,) = desk.feed.snapshots(BALANCE, (BALANCE,))
    assert _event(shown)["type"] == "snapshot"
    desk.listening.add(BALANCE)
    order = desk.place("a")
    desk.venue.ledger.cancel(order.order_id, desk.venue.now(), queued=True)
    desk.venue.ledger.finish_cancel(order.order_id, desk.venue.now())
    desk.venue.ledger.credit("USD", D(5), desk.venue.now())
    before = _event(shown)["fcm_balance_summary"]
    held = [balance["total_open_orders_hold_amount"] for balance in desk.balances]
    assert len(held) == 3
    assert (held[0] != "0", held[1:]) == (True, ["0", "0"])
    assert desk.balances[1] == before
    assert D(desk.balances[2]["total_usd_balance"]) == D(before["total_usd_balance"]) + 5


def test_who_listens_already_hears_a_change_that_another_was_shown_first() -> None:
    """A snapshot for one connection is none for the other."""
    desk = Desk()
    desk.feed.snapshots(BALANCE, (BALANCE,))
    desk.listening.add(BALANCE)
    desk.fill(desk.place("a", FUTURE, base_size=D(2), limit_price=D(60000)))
    told = len(desk.balances)
    _move(desk)
    desk.feed.snapshots(BALANCE, (BALANCE,))
    desk.wait(1.0)
    assert len(desk.balances) == told + 1


def test_the_balance_follows_the_market_as_long_as_somebody_listens() -> None:
    """A position wins and loses without any entry; looked at once a nominal second."""
    desk = Desk()
    for _ in range(2):
        desk.feed.snapshots(BALANCE, (BALANCE,))
    assert len(desk.timers) == 1
    desk.listening.add(BALANCE)
    desk.fill(desk.place("a", FUTURE, base_size=D(2), limit_price=D(60000)))
    told = len(desk.balances)
    desk.wait(5.0)
    assert len(desk.balances) == told
    _move(desk)
    desk.wait(0.4)
    assert len(desk.balances) == told
    desk.wait(0.1)
    assert len(desk.balances) == told + 1
    assert desk.balances[-1]["unrealized_pnl"] != desk.balances[-2]["unrealized_pnl"]
    desk.listening.clear()
    _move(desk)
    desk.wait(1.0)
    assert desk.timers == []


def _move(desk: Desk) -> None:
    """Let the future trade elsewhere."""
    before = desk.venue.market.ticker(FUTURE).price
    for event in MARKET.events():
        if isinstance(event, Trade) and event.product_id == FUTURE and event.price != before:
            desk.venue.market.apply(event)
            return


_VERDICTS = st.sampled_from([PASS, DROP, TWICE, SWAP]) | st.floats(0, 20).map(late)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(_VERDICTS, st.floats(0, 5)), max_size=15))
def test_every_update_is_accounted_for(steps: list[tuple[Verdict, float]]) -> None:
    """Whatever the verdicts: in the end each entry was told as often as its verdict says, and no more."""
    desk = Desk("BTC-USD")
    times = {Way.PASS: 1, Way.TWICE: 2, Way.SWAP: 1, Way.LATE: 1, Way.DROP: 0}
    order = desk.place("a")
    expected = ["0"]
    for number, (verdict, pause) in enumerate(steps, 1):
        desk.verdicts = [verdict]
        desk.fill(order, "0.01")
        expected += [str(D(number) / 100)] * times[verdict.way]
        desk.wait(pause)
    desk.wait(20.0)
    desk.feed.settle()
    assert sorted(filled for _, _, filled in desk.orders) == sorted(expected)
    assert desk.feed.queue.let_out == len(desk.orders)
