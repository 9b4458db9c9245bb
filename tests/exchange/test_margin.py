from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from downtick.exchange.ledger import Account, Ledger, Refused, Ticket
from downtick.exchange.ledger.model import ZERO
from downtick.exchange.margin import balance, futures_balance, holdings
from downtick.exchange.market import SeededMarket
from downtick.exchange.market.state import MarketState
from tests.exchange.orders import AT, FUTURE, PERPETUAL, D, holding, order, product


def test_a_position_is_worth_its_contracts() -> None:
    """One BIT contract is a hundredth of a bitcoin, whichever side."""
    assert holding(FUTURE, "3", "60000", "64000").notional == D(1920)
    assert holding(FUTURE, "-3", "60000", "64000").notional == D(1920)
    assert holding(PERPETUAL, "-0.2", "60000", "64000").notional == D(12800)


@pytest.mark.parametrize(
    ("size", "mark", "profit"),
    [("3", "64000", "120"), ("-3", "64000", "-120"), ("-3", "60000", "0")],
)
def test_a_position_wins_when_the_market_goes_its_way(size: str, mark: str, profit: str) -> None:
    """A short one when it falls; nothing is no minus nothing."""
    unrealized = holding(FUTURE, size, "60000", mark).unrealized
    assert unrealized == D(profit)
    assert not (unrealized == 0 and unrealized.is_signed())


@given(st.sampled_from([FUTURE, PERPETUAL]), st.integers(-50, 50).filter(bool))
def test_at_its_liquidation_price_the_maintenance_margin_is_left(name: str, size: int) -> None:
    """Margin and profit are down to it there."""
    mine = holding(name, str(size), "60000", "60000")
    mine = holding(name, str(size), "60000", "60000", margin=str(mine.notional / 10))
    there = msgspec.structs.replace(mine, mark=mine.liquidation_price)
    assert there.position.margin + there.unrealized == pytest.approx(mine.maintenance)


def test_a_liquidation_price_is_never_below_zero() -> None:
    """A long position with more margin than it is worth cannot be liquidated."""
    assert holding(FUTURE, "1", "60000", "60000", margin="9000").liquidation_price == ZERO


def test_without_positions_all_money_is_spot_money() -> None:
    """There is no threshold, and the buffer is as large as Coinbase ever shows it."""
    mine = order(hold=D(100), hold_currency="USD")
    theirs = order(hold=D(7), hold_currency="BTC")
    found = balance(Account("USD", D(900), D(100)), [mine, theirs], [], ZERO)
    assert {name: str(figure) for name, figure in msgspec.structs.asdict(found).items()} == {
        "futures_buying_power": "900",
        "total_usd_balance": "1000",
        "cbi_usd_balance": "1000",
        "cfm_usd_balance": "0",
        "total_open_orders_hold_amount": "100",
        "unrealized_pnl": "0",
        "daily_realized_pnl": "0",
        "initial_margin": "0",
        "available_margin": "900",
        "liquidation_threshold": "0",
        "liquidation_buffer_amount": "900",
        "liquidation_buffer_percentage": "1000",
    }


def test_positions_take_their_margin_out_of_the_spot_account() -> None:
    """Losses and holds make the available margin less, and the buffer is what is above the maintenance margin."""
    mine = order(hold=D(100), hold_currency="USD")
    holdings = [
        holding(FUTURE, "3", "60000", "59000", margin="450"),
        holding(FUTURE, "-1", "60000", "59500", margin="150"),
    ]
    found = balance(Account("USD", D(300), D(700)), [mine], holdings, D("-8"))
    assert found.total_usd_balance == found.cbi_usd_balance + found.cfm_usd_balance == D(1000)
    assert found.cfm_usd_balance == found.initial_margin == D(600)
    assert (found.unrealized_pnl, found.daily_realized_pnl) == (D(-25), D(-8))
    assert found.available_margin == D(1000 - 25 - 100)
    assert found.futures_buying_power == D(275)
    assert found.liquidation_threshold == D(450)
    assert found.liquidation_buffer_amount == D(425)
    assert found.liquidation_buffer_percentage == D("94.44")


def test_a_buffer_is_never_shown_larger_than_a_thousand_per_cent() -> None:
    """However much money lies beside a small position."""
    holdings = [holding(FUTURE, "1", "60000", "60000", margin="1")]
    found = balance(Account("USD", D(999), D(1)), [], holdings, ZERO)
    assert found.liquidation_buffer_percentage == D(1000)


def test_a_loss_larger_than_all_buys_nothing() -> None:
    """Buying power ends at zero; the buffer goes below."""
    holdings = [holding(FUTURE, "1", "60000", "10000", margin="100")]
    found = balance(Account("USD", D(100), D(100)), [], holdings, ZERO)
    assert found.futures_buying_power == ZERO
    assert found.liquidation_buffer_amount == D(-375)
    assert found.liquidation_buffer_percentage == D(-500)


PRODUCTS = ("BTC-USD", FUTURE, PERPETUAL)
MARKET = MarketState(SeededMarket(5, PRODUCTS, rate=10.0).openings)


class Trader:
    """Trades by hand at a ledger: each order is filled at its limit price."""

    def __init__(self) -> None:
        money = {"USD": D(10_000), "USDC": D(10_000)}
        self.ledger = Ledger(map(product, PRODUCTS), money)
        self._names = 0

    def place(self, product_id: str, side: str, size: str, price: str) -> str:
        self._names += 1
        ticket = Ticket(
            client_order_id=str(self._names),
            product_id=product_id,
            side=side,  # type: ignore[arg-type]
            configuration="limit_limit_gtc",
            base_size=D(size),
            limit_price=D(price),
        )
        placed = self.ledger.place(ticket, AT, MARKET.book(product_id))
        assert not isinstance(placed, Refused), placed
        return placed.order_id

    def trade(self, product_id: str, side: str, size: str, price: str) -> None:
        order_id = self.place(product_id, side, size, price)
        assert not isinstance(self.ledger.fill(order_id, AT), Refused)


def test_holdings_are_the_positions_with_their_open_orders() -> None:
    """Each side of its own product is added up, less what is filled."""
    trader = Trader()
    trader.trade(FUTURE, "BUY", "3", "60000")
    trader.place(FUTURE, "BUY", "2", "50000")
    trader.place(FUTURE, "SELL", "1", "70000")
    part = trader.place(FUTURE, "BUY", "4", "50000")
    trader.ledger.fill(part, AT, size=D(1))
    trader.place("BTC-USD", "BUY", "0.01", "50000")
    (found,) = holdings(trader.ledger.state, lambda product_id: D(61000))
    assert (found.position.size, found.buying, found.selling) == (D(4), D(5), D(1))
    assert (found.product.product_id, found.mark) == (FUTURE, D(61000))


def test_the_futures_balance_is_that_of_dollars() -> None:
    """A perpetual is settled in USDC and has nothing to do with it."""
    trader = Trader()
    trader.trade(PERPETUAL, "BUY", "0.1", "60000")
    trader.trade(FUTURE, "BUY", "3", "60000")
    found = futures_balance(trader.ledger.state, lambda product_id: D(61000))
    account = trader.ledger.state.accounts["USD"]
    assert found.total_usd_balance == account.available + account.hold
    assert found.initial_margin == account.hold == trader.ledger.state.positions[FUTURE].margin
    assert found.unrealized_pnl == D(30)


def test_what_closing_brought_is_the_profit_of_the_day() -> None:
    """Fees left out, and what is still open, and what a perpetual brought in USDC."""
    trader = Trader()
    trader.trade(PERPETUAL, "BUY", "0.1", "60000")
    trader.trade(PERPETUAL, "SELL", "0.1", "65000")
    trader.trade(FUTURE, "BUY", "3", "60000")
    trader.trade(FUTURE, "SELL", "1", "70000")
    found = futures_balance(trader.ledger.state, lambda product_id: D(61000))
    assert (found.daily_realized_pnl, found.unrealized_pnl) == (D(100), D(20))
    trader.ledger.void(trader.ledger.state.fills[-1].number, AT)
    found = futures_balance(trader.ledger.state, lambda product_id: D(61000))
    assert (found.daily_realized_pnl, found.unrealized_pnl) == (D(0), D(30))


def test_an_account_without_dollars_has_a_balance_of_nothing() -> None:
    """It can be shown all the same."""
    ledger = Ledger([product("BTC-USD")], {})
    assert futures_balance(ledger.state, lambda product_id: D(1)).total_usd_balance == ZERO
