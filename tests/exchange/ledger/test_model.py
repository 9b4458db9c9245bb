"""What an order says of itself."""

from __future__ import annotations

from decimal import Decimal

import msgspec
import pytest

from downtick.exchange.ledger import TERMINAL, Order, Status
from tests.exchange.ledger.desk import ticket

D = Decimal


def _order(**more: object) -> Order:
    asked: dict[str, object] = {
        "order_id": "1",
        "ticket": ticket("BUY", "2", "100"),
        "status": "OPEN",
        "created": 0,
    }
    return msgspec.convert(asked | more, Order, from_attributes=True)


def test_what_remains_is_neither_filled_nor_voided() -> None:
    """Of an order that spends money, nothing is counted in coins."""
    part = _order(filled_size=D("0.5"), voided_size=D("0.2"))
    assert [part.done, part.remaining] == [D("0.7"), D("1.3")]
    assert _order(ticket=ticket("BUY", None, quote_size=D(5))).remaining == 0


def test_the_average_price_is_of_a_coin() -> None:
    """Zero before the first fill; a contract's size is taken out of it."""
    assert _order().average_price == 0
    contract = _order(filled_size=D(3), filled_value=D("1925.4"), contract_size=D("0.01"))
    assert contract.average_price == 64180


@pytest.mark.parametrize("status", ["PENDING", "OPEN", "CANCEL_QUEUED", *sorted(TERMINAL)])
def test_four_states_are_final(status: Status) -> None:
    """All others may change."""
    assert _order(status=status).over == (status in TERMINAL)
