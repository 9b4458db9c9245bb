from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from downtick.exchange.ledger.model import ZERO, Account
from downtick.exchange.margin import balance
from tests.exchange.orders import FUTURE, PERPETUAL, D, holding, order


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


def test_a_loss_larger_than_all_buys_nothing() -> None:
    """Buying power ends at zero; the buffer goes below."""
    holdings = [holding(FUTURE, "1", "60000", "10000", margin="100")]
    found = balance(Account("USD", D(100), D(100)), [], holdings, ZERO)
    assert found.futures_buying_power == ZERO
    assert found.liquidation_buffer_amount == D(-375)
    assert found.liquidation_buffer_percentage == D(-500)
