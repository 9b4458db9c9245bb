"""What every store does: the one that forgets everything at the end, and the durable one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path

import pytest

from bot_v2.orchestration.needs import Store
from bot_v2.state.intent import Intent
from bot_v2.state.store import StateStore
from tests.bot_v2.state.memory import MemoryStore
from tests.bot_v2.state.orders import T0, D, fill, report, request


@pytest.fixture(params=["memory", "file"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    opened: Store = (
        MemoryStore() if request.param == "memory" else StateStore.open(tmp_path / "state.db")
    )
    yield opened
    await opened.close()


async def only(store: Store) -> Intent:
    (intent,) = await store.open_intents()
    return intent


async def placed(store: Store, name: str = "a", **changes: str) -> None:
    await store.write_intent(request(name, **changes), T0)  # type: ignore[arg-type]
    await store.mark_sent(name)


async def test_an_intent_is_kept_as_it_was_meant(store: Store) -> None:
    """Every field of the request comes back, exactly."""
    order = request("a", "sell", "0.12345678901234567890", limit_price=D("1E+2"), post_only=True)
    await store.write_intent(order, T0)
    intent = await only(store)
    assert intent.request == order
    assert str(intent.quantity) == "0.12345678901234567890"
    assert (intent.created_at, intent.state, intent.filled) == (T0, "written", D(0))


async def test_a_market_order_has_no_price(store: Store) -> None:
    """None comes back as None."""
    await store.write_intent(request(limit_price=None), T0)
    assert (await only(store)).limit_price is None


async def test_a_name_is_one_order(store: Store) -> None:
    """A second intent of one name is an error, and the first is as it was."""
    await placed(store)
    with pytest.raises(ValueError, match="order a already"):
        await store.write_intent(request("a", quantity="2"), T0)
    assert (await only(store)).quantity == 1


async def test_states_on_the_way(store: Store) -> None:
    """Written, sent, unknown, known: each is open."""
    await store.write_intent(request(), T0)
    await store.mark_sent("a")
    assert (await only(store)).state == "sent"
    await store.mark_unknown("a")
    assert (await only(store)).state == "unknown"
    await store.mark_known(report(request()))
    intent = await only(store)
    assert (intent.state, intent.order_id, intent.status) == ("known", "x-a", "open")


async def test_what_is_settled_is_not_open(store: Store) -> None:
    """Refused and over are the end."""
    for name in ("a", "b"):
        await placed(store, name)
    await store.mark_refused("a", "no funds")
    await store.mark_known(report(request("b"), "1", "filled"))
    assert await store.open_intents() == []


async def test_seen_at_the_broker_is_neither_unknown_nor_refused(store: Store) -> None:
    """An answer that comes after the user's feed has told of the order changes nothing."""
    await placed(store)
    await store.update(report(request()))
    await store.mark_unknown("a")
    await store.mark_refused("a", "timeout")
    assert (await only(store)).state == "known"


async def test_open_intents_come_in_the_order_of_their_birth(store: Store) -> None:
    """Oldest first."""
    for name in "cab":
        await placed(store, name)
    assert [each.client_order_id for each in await store.open_intents()] == ["c", "a", "b"]


async def test_reports_move_the_position_by_what_they_grow(store: Store) -> None:
    """Late and doubled reports book nothing twice; buying adds, selling takes."""
    await store.set_position("BTC-USD", D(5))
    await placed(store, "a")
    await placed(store, "b", side="sell")
    for filled in ("0.3", "0.5", "0.3", "0.5"):
        await store.update(report(request("a"), filled))
    await store.update(report(request("b", "sell"), "1", "filled"))
    assert await store.position_belief() == {"BTC-USD": D("4.5")}
    intent = await only(store)
    assert (intent.filled, intent.remaining, intent.average_price) == (D("0.5"), D("0.5"), D(100))


async def test_fills_and_reports_of_the_same_matches_count_once(store: Store) -> None:
    """Whichever comes first, and however often."""
    await placed(store)
    await store.update(report(request(), "0.4"))
    some = [fill(request(), 1, "0.4"), fill(request(), 2, "0.3")]
    await store.record_fills(some[:1])
    assert (await store.position_belief())["BTC-USD"] == D("0.4")
    await store.record_fills(some)
    await store.record_fills(some)
    await store.update(report(request(), "0.7"))
    assert (await store.position_belief())["BTC-USD"] == D("0.7")


async def test_a_fill_after_the_cancel_is_booked_once(store: Store) -> None:
    """The order stays over, the position moves."""
    await placed(store)
    await store.update(report(request(), status="cancelled"))
    late = [fill(request(), 1, "0.25")]
    await store.record_fills(late)
    await store.record_fills(late)
    await store.update(report(request(), "0.25", "cancelled"))
    assert await store.position_belief() == {"BTC-USD": D("0.25")}
    assert await store.open_intents() == []


async def test_nothing_that_is_over_opens_again(store: Store) -> None:
    """A report from before does not revive an order, and what it tells as filled is booked."""
    await placed(store)
    await store.update(report(request(), "0.2", "cancelled"))
    await store.update(report(request(), "0.3", "open"))
    assert await store.open_intents() == []
    assert await store.position_belief() == {"BTC-USD": D("0.3")}


async def test_a_refused_order_that_shows_is_known(store: Store) -> None:
    """What is seen is stronger than what was concluded."""
    await placed(store)
    await store.mark_refused("a", "timeout")
    await store.update(report(request(), "0.1"))
    assert (await only(store)).state == "known"
    assert await store.position_belief() == {"BTC-USD": D("0.1")}


async def test_orders_of_others_change_nothing(store: Store) -> None:
    """Neither their reports nor their fills."""
    await store.set_position("BTC-USD", D(1))
    await store.update(report(request("z"), "1", "filled"))
    await store.record_fills([fill(request("z"))])
    assert await store.position_belief() == {"BTC-USD": D(1)}
    assert await store.open_intents() == []


async def test_nothing_is_believed_of_what_was_never_told(store: Store) -> None:
    """A missing product is missing."""
    assert await store.position_belief() == {}


async def test_the_day_begins_with_its_first_prices(store: Store) -> None:
    """What the position does afterwards is won or lost."""
    await store.set_position("BTC-USD", D(2))
    assert await store.daily_pnl(T0, {"BTC-USD": D(100)}) == 0
    assert await store.daily_pnl(T0 + 1, {"BTC-USD": D(90)}) == -20


async def test_trades_win_and_cost_fees(store: Store) -> None:
    """Bought at 100, worth 110, half of it sold at 120."""
    await store.daily_pnl(T0, {"BTC-USD": D(100)})
    await placed(store)
    await store.update(report(request(), "1", "filled"))
    await store.record_fills([fill(request(), fee="0.5", at=T0 + 1)])
    assert await store.daily_pnl(T0, {"BTC-USD": D(110)}) == Decimal("9.5")
    await placed(store, "b", side="sell", quantity="0.5")
    await store.update(report(request("b", "sell", "0.5"), "0.5", "filled", price="120"))
    assert await store.daily_pnl(T0, {"BTC-USD": D(110)}) == Decimal("14.5")


async def test_what_is_set_is_neither_won_nor_lost(store: Store) -> None:
    """A deposit is no profit."""
    await store.daily_pnl(T0, {"BTC-USD": D(100)})
    await store.set_position("BTC-USD", D(3))
    assert await store.daily_pnl(T0, {"BTC-USD": D(100)}) == 0


async def test_a_new_day_begins_at_nothing(store: Store) -> None:
    """Yesterday's loss is yesterday's."""
    await store.set_position("BTC-USD", D(1))
    await store.daily_pnl(T0, {"BTC-USD": D(100)})
    assert await store.daily_pnl(T0, {"BTC-USD": D(50)}) == -50
    assert await store.daily_pnl(T0 + 86_400, {"BTC-USD": D(50)}) == 0
