"""Which positions can be."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot_v2.state.intent import Intent
from bot_v2.state.recovery.positions import Dispute, Retold, Span, disputes, explained, spans
from tests.bot_v2.state.orders import T0, D

BTC = "BTC-USD"


def intent(side: Any = "buy", quantity: str = "1", filled: str = "0") -> Intent:
    return Intent("a", BTC, side, D(quantity), D(100), T0, "known", order_id="x", filled=D(filled))


def test_open_orders_widen_what_can_be() -> None:
    """By what is not filled of them, each to its side."""
    some = [intent("buy", "1", "0.25"), intent("sell", "2")]
    assert spans({BTC: D(1)}, some) == {BTC: Span(D(-1), D("1.75"))}


def test_a_dispute_has_its_figures() -> None:
    """A person can act on it."""
    (exact,) = disputes({BTC: D("0.5")}, {BTC: Span(D(1), D(1))})
    assert str(exact) == "BTC-USD is believed to be 1, the broker tells 0.5"
    (open_,) = disputes({}, {BTC: Span(D(1), D(2))})
    assert str(open_) == "BTC-USD is believed to be between 1 and 2, the broker tells 0"


def test_what_was_so_between_two_looks_can_be() -> None:
    """Before, or after, or on the way."""
    looks = {BTC: Span(D(1), D(2))}, {BTC: Span(D(2), D(2))}
    for told in ("1", "1.5", "2"):
        assert disputes({BTC: D(told)}, *looks) == ()
    assert disputes({BTC: D("0.9")}, *looks)
    assert disputes({"ETH-USD": D(1)}, {})


def test_a_dispute_is_explained_by_exactly_what_was_taken_back() -> None:
    """Bought ones make it less, sold ones more."""
    held = Span(D(3), D(3))
    bought = Retold(intent("buy", "1", "1"), D(0), ())
    sold = Retold(intent("sell", "1", "1"), D("0.5"), ())
    assert explained(Dispute(BTC, held, D(2)), [bought])
    assert explained(Dispute(BTC, held, D("3.5")), [sold])
    assert explained(Dispute(BTC, held, D("2.5")), [bought, sold])
    assert not explained(Dispute(BTC, held, D("2.1")), [bought])
    assert not explained(Dispute(BTC, held, D(3)), [])


@given(st.lists(st.tuples(st.sampled_from(["buy", "sell"]), st.integers(1, 9), st.integers(0, 9))))
def test_whatever_is_filled_meanwhile_can_be(orders: list[tuple[str, int, int]]) -> None:
    """No order of fills leads out of the span."""
    intents = [intent(side, str(size)) for side, size, _ in orders]
    span = spans({BTC: D(0)}, intents)
    moved = D(0)
    for side, size, part in orders:
        moved += min(size, part) * (1 if side == "buy" else -1)
    assert disputes({BTC: moved}, span) == ()
