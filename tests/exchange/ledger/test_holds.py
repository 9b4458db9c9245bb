"""What an open order keeps from being spent."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from downtick.exchange.ledger.holds import bracket_limit, hold_currency, need
from tests.exchange.ledger.desk import FUTURE, PERPETUAL, SPOT, ticket

D = Decimal
BRACKET: Any = "trigger_bracket_gtc"
RATE = D("0.01")


def test_spot() -> None:
    """A buy holds its value and the taker's fee, a sell its coins."""
    buy, sell = ticket("BUY", "2", "100"), ticket("SELL", "2", "100")
    assert (hold_currency(buy, SPOT), need(buy, SPOT, D(2), RATE)) == ("USD", D(202))
    assert (hold_currency(sell, SPOT), need(sell, SPOT, D(2), RATE)) == ("BTC", D(2))


def test_futures() -> None:
    """Either side holds margin and fee, in the currency of settlement, by contract size and leverage."""
    buy, sell = ticket("BUY", "2", "100"), ticket("SELL", "2", "100", leverage=D(2))
    assert (hold_currency(buy, FUTURE), need(buy, FUTURE, D(2), RATE)) == ("USD", D("0.52"))
    assert (hold_currency(sell, PERPETUAL), need(sell, PERPETUAL, D(2), RATE)) == ("USDC", D(102))


def test_a_hold_is_rounded_up() -> None:
    """It always covers what is paid."""
    third = ticket("BUY", "1", "100", leverage=D(3))
    assert need(third, PERPETUAL, D(1), D(0)) == D("33.33333333333334")


@pytest.mark.parametrize(
    ("side", "stop", "limit"),
    [
        ("BUY", "100.01", "105.01"),  # 105.0105
        ("SELL", "100.01", "95.01"),  # 95.0095
        ("BUY", "100", "105"),
    ],
)
def test_a_triggered_bracket_goes_five_per_cent_further(side: Any, stop: str, limit: str) -> None:
    """On the grid, never beyond."""
    wanted = ticket(side, "1", "100", configuration=BRACKET, stop_price=D(stop))
    assert bracket_limit(wanted, SPOT) == D(limit)
