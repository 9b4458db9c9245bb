"""The ledger's door: orders of every kind, their cancels and edits, and what lies need."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from downtick.errors import InputError
from downtick.exchange.ledger import (
    Flags,
    LedgerSettings,
    Order,
    Refused,
    Ticket,
)
from tests.exchange.ledger.desk import FUTURE, PERPETUAL, SPOT, Desk, reason_of, ticket

D = Decimal


FOK: Any = "limit_limit_fok"


IOC: Any = "sor_limit_ioc"


GTD: Any = "limit_limit_gtd"


def test_market_buy_takes_several_levels_and_pays_the_taker_fee() -> None:
    """A market order goes up the book, level by level; its value and 1.2 % of it leave the account."""
    desk = Desk()
    order = desk.place("BUY", "2.5")
    assert order.status == "FILLED"
    assert desk.fills(order) == [("101", "1", "TAKER"), ("102", "1.5", "TAKER")]
    assert order.filled_value == D("254")
    assert order.fees == D("3.048")
    assert order.average_price == D("101.6")
    assert desk.account("USD") == (D("9742.952"), 0)
    assert desk.account("BTC") == (D("12.5"), 0)


def test_market_sell_brings_its_value_less_the_fee() -> None:
    """A market order goes down the book; nothing stays on hold."""
    desk = Desk()
    order = desk.place("SELL", "3")
    assert desk.fills(order) == [("99", "2", "TAKER"), ("98", "1", "TAKER")]
    assert desk.account("BTC") == (7, 0)
    assert desk.account("USD") == (D("10000") + 296 - D("3.552"), 0)


def test_market_order_that_empties_the_book_is_cancelled_with_what_it_got() -> None:
    """Immediate or cancel: what nobody offers is not waited for."""
    desk = Desk()
    order = desk.place("BUY", "8")
    assert order.status == "CANCELLED"
    assert order.reason.startswith("Immediate or cancel")
    assert order.filled_size == 7
    assert order.hold == 0
    assert desk.account("USD")[1] == 0


def test_order_of_the_quote_currency_spends_fees_included() -> None:
    """A quote_size is all that is spent, to the last lot that it buys."""
    desk = Desk()
    order = desk.place("BUY", None, quote_size=D("204.42"))
    assert order.status == "FILLED"
    spent = order.filled_value + order.fees
    assert spent <= D("204.42")
    assert D("204.42") - spent < SPOT.base_increment * 102 * D("1.012")
    assert desk.fills(order) == [("101", "1", "TAKER"), ("102", "0.99015732", "TAKER")]
    assert desk.account("USD") == (D(10000) - spent, 0)


def test_order_of_the_quote_currency_ends_with_the_book() -> None:
    """Money for which nobody sells anything stays with the user."""
    desk = Desk()
    order = desk.place("BUY", None, quote_size=D(5000))
    assert order.status == "CANCELLED"
    assert order.filled_size == 7
    assert desk.account("USD") == (D(10000) - order.filled_value - order.fees, 0)


@pytest.mark.parametrize(
    ("size", "status", "filled"), [("3", "FILLED", "3"), ("3.00000001", "CANCELLED", "0")]
)
def test_fill_or_kill_takes_all_or_nothing(size: str, status: str, filled: str) -> None:
    """One lot more than is offered up to the limit, and nothing at all is matched."""
    desk = Desk()
    order = desk.place("BUY", size, "102", configuration=FOK)
    assert (order.status, order.filled_size) == (status, D(filled))
    assert desk.account("USD")[1] == 0
    if filled == "0":
        assert desk.account("USD") == (10000, 0)
        assert order.reason.startswith("Fill or kill")


def test_market_fill_or_kill_takes_all_or_nothing() -> None:
    """The same for a market order, by size and by money."""
    desk = Desk()
    kind: Any = "market_market_fok"
    assert desk.place("SELL", "10", configuration=kind).status == "FILLED"
    assert desk.place("BUY", "7.1", configuration=kind).filled_size == 0
    assert desk.place("BUY", None, quote_size=D(900), configuration=kind).filled_size == 0


def test_immediate_or_cancel_takes_what_its_limit_allows() -> None:
    """The remainder is cancelled, and its hold is free."""
    desk = Desk()
    order = desk.place("BUY", "5", "102", configuration=IOC)
    assert [order.status, order.filled_size] == ["CANCELLED", 3]
    assert desk.account("USD") == (D(10000) - 305 * D("1.012"), 0)


def test_limit_order_takes_what_it_can_and_rests() -> None:
    """A marketable limit order is a taker first; the rest is held at its limit price and the taker's fee."""
    desk = Desk()
    order = desk.place("BUY", "2", "101")
    assert [order.status, order.filled_size] == ["OPEN", 1]
    assert order.hold == D("101") * D("1.012")
    assert desk.account("USD") == (D(10000) - 2 * D("102.212"), D("102.212"))


def test_limit_order_gets_the_better_price() -> None:
    """A buy at 110 pays 101 while that is asked."""
    desk = Desk()
    order = desk.place("BUY", "1", "110")
    assert order.filled_value == 101
    assert desk.account("USD")[0] == D(10000) - D("102.212")


def test_a_fill_pays_by_the_tier_of_the_day_it_was_placed() -> None:
    """Rates are those of the tier at the time of the order; it fills a maker's for the rest."""
    desk = Desk(settings=LedgerSettings(volume_30d=D("9990")))
    order = desk.place("BUY", "2", "101")
    assert desk.ledger.state.fee_tier.name == "Intro 2"
    desk.trade("100.99", "9")
    assert desk.now_is(order).fees == D("1.212") + D("0.606")
    assert desk.place("BUY", "1", "102").fees == D("0.765")


def test_post_only_rests() -> None:
    """A post-only order beside the market is taken."""
    assert Desk().place("BUY", "1", "100.99", post_only=True).status == "OPEN"


def test_post_only_that_would_match_is_refused() -> None:
    """At the best offer it would take."""
    desk = Desk()
    assert desk.refusal("BUY", "1", "101", post_only=True) == "INVALID_LIMIT_PRICE_POST_ONLY"
    assert desk.refusal("SELL", "1", "99", post_only=True) == "INVALID_LIMIT_PRICE_POST_ONLY"


def test_one_client_order_id_is_one_order() -> None:
    """A repeated place returns the order as it stands now, whatever else the ticket says."""
    desk = Desk()
    first = desk.place("BUY", "1", "90", client_order_id="mine")
    desk.ledger.cancel(first.order_id, 9)
    entries = len(desk.ledger.entries)
    again = desk.place("SELL", "3", client_order_id="mine")
    assert (again.order_id, again.status) == (first.order_id, "CANCELLED")
    assert len(desk.ledger.entries) == entries


def test_one_client_order_id_may_be_refused_the_second_time() -> None:
    """Switched, a repeated place is a rejection; another name is another order."""
    desk = Desk(settings=LedgerSettings(duplicate_client_order_id="reject"))
    desk.place("BUY", "1", "90", client_order_id="mine")
    again = desk.ask(ticket("BUY", "1", "90", client_order_id="mine"))
    assert isinstance(again, Refused)
    assert again.reason == "DUPLICATE_CLIENT_ORDER_ID"
    assert desk.place("BUY", "1", "90", client_order_id="other").status == "OPEN"


def test_a_refused_ticket_leaves_its_client_order_id_free() -> None:
    """What was never an order can be asked again under the same name."""
    desk = Desk()
    assert desk.refusal("BUY", "0", "90", client_order_id="mine") == "INVALID_BASE_SIZE_TOO_SMALL"
    assert desk.place("BUY", "1", "90", client_order_id="mine").status == "OPEN"


def test_nameless_orders_are_each_new() -> None:
    """An empty client_order_id is no name."""
    desk = Desk()
    assert desk.place("BUY", "1", "90").order_id != desk.place("BUY", "1", "90").order_id


def test_a_balance_may_be_spent_to_the_last_cent() -> None:
    """What covers value and fee exactly is enough; a cent less is not."""
    assert Desk({"USD": "91.08"}).place("BUY", "1", "90").hold == D("91.08")
    assert Desk({"USD": "91.07"}).refusal("BUY", "1", "90") == "INSUFFICIENT_FUND"


def test_what_is_held_cannot_be_spent_twice() -> None:
    """Two orders for all the money: the second is refused, until the first is cancelled."""
    desk = Desk({"USD": "0", "BTC": "1"})
    first = desk.place("SELL", "1", "120")
    assert desk.refusal("SELL", "0.1", "120") == "INSUFFICIENT_FUND"
    desk.ledger.cancel(first.order_id, 5)
    assert desk.place("SELL", "1", "120").status == "OPEN"


def test_good_till_date_ends_by_itself() -> None:
    """An order expires at its end_time, not before; what it held is free."""
    desk = Desk()
    later = desk.place("BUY", "1", "90", configuration=GTD, end_time=60)
    sooner = desk.place("BUY", "1", "90", configuration=GTD, end_time=50)
    assert desk.ledger.next_expiry() == 50
    desk.ledger.expire(49)
    assert desk.now_is(sooner).status == "OPEN"
    desk.ledger.expire(50)
    assert (desk.now_is(sooner).status, desk.now_is(later).status) == ("EXPIRED", "OPEN")
    desk.ledger.cancel(later.order_id, 51)
    assert desk.ledger.next_expiry() is None
    assert desk.account("USD") == (10000, 0)


@pytest.mark.parametrize(("opened", "closed"), [("BUY", "SELL"), ("SELL", "BUY")])
def test_closing_a_position_trades_it_back(opened: Any, closed: str) -> None:
    """Close position is a market order that only makes it smaller; a part of it first."""
    desk = Desk()
    desk.place(opened, "1", product_id=PERPETUAL.product_id)
    book = desk.books[PERPETUAL.product_id]
    part = desk.ledger.close_position(PERPETUAL.product_id, D("0.4"), "part", 5, book)
    assert isinstance(part, Order)
    assert [part.ticket.side, part.status, part.filled_size] == [closed, "FILLED", D("0.4")]
    assert abs(desk.ledger.state.positions[PERPETUAL.product_id].size) == D("0.6")
    desk.ledger.close_position(PERPETUAL.product_id, None, "rest", 6, book)
    assert desk.ledger.state.positions == {}
    assert desk.account("USDC")[1] == 0


def test_closing_twice_under_one_name_closes_once() -> None:
    """A retry returns the order that closed the position, although there is no position left."""
    desk = Desk()
    desk.place("BUY", "1", product_id=PERPETUAL.product_id)
    book = desk.books[PERPETUAL.product_id]
    first = desk.ledger.close_position(PERPETUAL.product_id, None, "mine", 5, book)
    assert desk.ledger.close_position(PERPETUAL.product_id, None, "mine", 6, book) == first


@pytest.mark.parametrize(
    ("product_id", "size", "reason"),
    [
        (PERPETUAL.product_id, "1.1", "REDUCE_ONLY_INCREASED_POSITION_SIZE"),
        (PERPETUAL.product_id, "0", "INVALID_BASE_SIZE_TOO_SMALL"),
        (FUTURE.product_id, "1", "REDUCE_ONLY_INCREASED_POSITION_SIZE"),
        ("XYZ-PERP-INTX", "1", "INVALID_PRODUCT_ID"),
    ],
)
def test_what_is_not_there_cannot_be_closed(product_id: str, size: str, reason: str) -> None:
    """More than the position, nothing, no position, no product."""
    desk = Desk()
    desk.place("BUY", "1", product_id=PERPETUAL.product_id)
    book = desk.books[PERPETUAL.product_id]
    assert reason_of(desk.ledger.close_position(product_id, D(size), "x", 5, book)) == reason


def test_the_same_seed_gives_the_same_journal() -> None:
    """Ids too: everything is drawn from the seed."""
    journals = []
    for _ in range(2):
        desk = Desk()
        desk.place("BUY", "2.5")
        desk.place("SELL", "1", "120")
        journals.append(desk.ledger.entries)
    assert journals[0] == journals[1]


def test_ids_look_like_uuids_and_differ() -> None:
    """Order ids and trade ids are UUIDs of version 4."""
    desk = Desk()
    desk.place("BUY", "2.5")
    ids = [*desk.ledger.state.orders, *(fill.trade_id for fill in desk.ledger.state.fills)]
    assert len(set(ids)) == 3
    for one in ids:
        assert [len(part) for part in one.split("-")] == [8, 4, 4, 4, 12]
        assert one[14] == "4"


def test_listeners_hear_every_entry_with_its_order() -> None:
    """In order, after it was applied; an entry without an order comes without one."""
    desk = Desk()
    heard: list[tuple[int, str, str | None]] = []
    desk.ledger.listeners.append(
        lambda entry, order: heard.append(
            (entry.number, type(entry.change).__name__, order.status if order else None)
        )
    )
    desk.place("BUY", "2.5")
    desk.edit(desk.place("BUY", "1", "90"), "91", "1")
    desk.ledger.set_flags("BTC-USD", Flags(cancel_only=True), 9)
    assert [kind for _, kind, _ in heard] == [
        "Accepted",
        "Matched",
        "Matched",
        "Accepted",
        "Edited",
        "Flagged",
    ]
    assert [status for _, _, status in heard] == ["PENDING", "OPEN", "FILLED", "OPEN", "OPEN", None]
    assert all(later[0] == sooner[0] + 1 for sooner, later in pairwise(heard))


@pytest.mark.parametrize("amount", ["-1", "NaN", "Infinity", "10000000000", "0.000000000000001"])
def test_only_countable_money_comes_in(amount: str) -> None:
    """Debts, no numbers, more than all money and less than the smallest amount are refused."""
    with pytest.raises(InputError, match="expected an amount"):
        Desk().ledger.credit("USD", D(amount), 1)


def test_money_may_come_in_later() -> None:
    """A deposit is available at once, also of a new currency."""
    desk = Desk()
    desk.ledger.credit("EUR", D("12.5"), 5)
    assert desk.account("EUR") == (D("12.5"), 0)


figures = st.none() | st.decimals(places=3) | st.decimals() | st.sampled_from((D(100), D("99.5")))


@given(
    kind=st.sampled_from(
        (
            "market_market_ioc",
            "limit_limit_gtc",
            "limit_limit_gtd",
            "stop_limit_stop_limit_gtc",
            "trigger_bracket_gtc",
        )
    ),
    product_id=st.sampled_from((SPOT.product_id, PERPETUAL.product_id, "nothing")),
    drawn=st.tuples(figures, figures, figures, figures, figures),
    end_time=st.none() | st.integers(),
)
def test_no_figure_breaks_the_ledger(
    kind: Any, product_id: str, drawn: tuple[Decimal | None, ...], end_time: int | None
) -> None:
    """Whatever stands in a ticket or an edit, it is an order or a refusal, and no money moves unseen."""
    desk = Desk()
    base_size, quote_size, limit_price, stop_price, leverage = drawn
    wanted = Ticket(
        client_order_id="",
        product_id=product_id,
        side="BUY",
        configuration=kind,
        base_size=base_size,
        quote_size=quote_size,
        limit_price=limit_price,
        stop_price=stop_price,
        stop_direction="STOP_DIRECTION_STOP_UP",
        end_time=end_time,
        leverage=leverage,
    )
    book = desk.books[SPOT.product_id]
    assert isinstance(desk.ledger.place(wanted, 1, book), Order | Refused)
    resting = desk.place("BUY", "0.5", "90")
    edited = desk.ledger.edit(
        resting.order_id, price=limit_price, size=base_size, at=2, book=book, stop_price=stop_price
    )
    assert isinstance(edited, Order | Refused)
    assert not any(desk.ledger.state.totals().values())
