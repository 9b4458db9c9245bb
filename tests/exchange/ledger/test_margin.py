"""Positions: how they open, grow, shrink, turn and close."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from downtick.exchange.ledger import Fill, Position
from downtick.exchange.ledger.margin import folded, leverage_of, moved
from tests.exchange.ledger.desk import FUTURE, PERPETUAL

D = Decimal


def _position(size: str, entry: str, margin: str) -> Position:
    return Position(PERPETUAL.product_id, D(size), D(entry), D(margin), D(10))


def test_a_position_opens_with_its_margin() -> None:
    """Long or short, its margin is its value by the leverage."""
    step = moved(None, PERPETUAL, D(-2), D(100), D(10))
    assert step.position == _position("-2", "100", "20")
    assert [step.profit, step.margin] == [0, 20]


def test_a_position_grows_at_the_mean_price() -> None:
    """The entry price is weighted by size; margin is added."""
    step = moved(_position("1", "100", "10"), PERPETUAL, D(3), D(104), D(2))
    assert step.position == _position("4", "103", "166")
    assert [step.profit, step.margin] == [0, 156]


def test_a_position_shrinks_at_its_entry_price() -> None:
    """A share of the margin is free, and its profit or loss is realised."""
    step = moved(_position("4", "100", "40"), PERPETUAL, D(-1), D(90), D(10))
    assert step.position == _position("3", "100", "30")
    assert [step.profit, step.margin] == [-10, -10]
    step = moved(_position("-4", "100", "40"), PERPETUAL, D(1), D(90), D(10))
    assert step.profit == 10


def test_a_position_closes() -> None:
    """All of its margin is free."""
    step = moved(_position("-2", "100", "20"), PERPETUAL, D(2), D(101), D(10))
    assert list(step) == [None, -2, -20]


def test_a_position_turns() -> None:
    """More than it was: it closes, and the rest opens on the other side at the new price."""
    step = moved(_position("2", "100", "20"), PERPETUAL, D(-3), D(110), D(5))
    assert step.position == Position(PERPETUAL.product_id, D(-1), D(110), D(22), D(5))
    assert [step.profit, step.margin] == [20, 2]


def test_profit_counts_by_the_contract() -> None:
    """Three contracts of 0.01 BTC, 100 dollars higher, earn three dollars."""
    opened = moved(None, FUTURE, D(3), D(60000), D(4)).position
    assert moved(opened, FUTURE, D(-3), D(60100), D(4)).profit == 3


def test_leverage_is_the_products_unless_asked() -> None:
    """A perpetual's margin is a tenth, if nothing else is said."""
    assert leverage_of(PERPETUAL, None) == 10
    assert leverage_of(PERPETUAL, D(3)) == 3
    assert leverage_of(FUTURE, None) == 4


@given(
    st.lists(
        st.tuples(
            st.sampled_from(("BUY", "SELL")),
            st.integers(1, 50),
            st.integers(80, 120),
            st.booleans(),
        ),
        max_size=12,
    )
)
def test_profit_and_what_is_open_are_what_was_paid(
    matches: list[tuple[str, int, int, bool]],
) -> None:
    """Realised profit is what was taken in, less what was paid out, but for what is open; voided fills count nothing."""
    fills = [
        Fill(
            number=number,
            trade_id="",
            order_id="",
            product_id=PERPETUAL.product_id,
            side=side,  # type: ignore[arg-type]
            price=D(price),
            size=D(size),
            commission=D(0),
            liquidity="TAKER",
            at=0,
            voided=voided,
        )
        for number, (side, size, price, voided) in enumerate(matches)
    ]
    result = folded(PERPETUAL, [(fill, D(10)) for fill in fills])
    cash = sum((-1 if s == "BUY" else 1) * size * price for s, size, price, v in matches if not v)
    size = sum((1 if s == "BUY" else -1) * size for s, size, _, v in matches if not v)
    assert (result.position.size if result.position else 0) == size
    open_value = result.position.size * result.position.entry_price if result.position else D(0)
    assert abs(result.profit - (cash + open_value)) < D("1E-10")
    assert result.margin == (result.position.margin if result.position else 0)
    assert result.margin >= 0
