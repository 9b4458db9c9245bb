"""What only the durable store does."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from bot_v2.state.errors import StateError, StoreFailed, StoreInUse, StoreTooNew, StoreUnreadable
from bot_v2.state.file import StateFile
from bot_v2.state.store import StateStore
from tests.bot_v2.state.orders import T0, D, fill, report, request


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state.db"


async def test_everything_is_there_after_a_restart(path: Path) -> None:
    """Intents, positions, fills and the day."""
    store = StateStore.open(path)
    await store.write_intent(request(), T0)
    await store.mark_sent("a")
    await store.set_position("BTC-USD", D(1))
    await store.daily_pnl(T0, {"BTC-USD": D(100)})
    await store.update(report(request(), "0.5"))
    await store.record_fills([fill(request(), quantity="0.5", fee="2", at=T0)])
    await store.set_agreed(T0)
    before = await store.open_intents()
    await store.close()
    store = StateStore.open(path)
    assert await store.open_intents() == before
    assert await store.position_belief() == {"BTC-USD": D("1.5")}
    assert await store.daily_pnl(T0 + 5, {"BTC-USD": D(110)}) == 10 + 5 - 2
    assert await store.agreed_at() == T0
    await store.record_fills([fill(request(), quantity="0.5", fee="2", at=T0)])
    assert await store.position_belief() == {"BTC-USD": D("1.5")}
    await store.close()


async def test_a_restart_knows_what_never_left(path: Path) -> None:
    """Written and not sent was never placed; sent without an answer is unknown."""
    store = StateStore.open(path)
    for name in ("written", "sent"):
        await store.write_intent(request(name), T0)
    await store.mark_sent("sent")
    await store.close()
    store = StateStore.open(path)
    (left,) = await store.open_intents()
    assert (left.client_order_id, left.state) == ("sent", "unknown")
    never = await store.find_intent("written")
    assert never is not None
    assert (never.state, never.reason) == ("refused", "never sent")
    await store.close()


async def test_one_process_at_a_time(path: Path) -> None:
    """A second one is told so; after the first has gone, it may."""
    store = StateStore.open(path)
    with pytest.raises(StoreInUse, match=r"state\.db is in use"):
        StateStore.open(path)
    await store.close()
    await StateStore.open(path).close()


def test_a_newer_version_is_left_alone(path: Path) -> None:
    """The message says which versions, and the file is as it was."""
    StateFile(path).close()
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version = 7")
    db.close()
    before = path.read_bytes()
    with pytest.raises(StoreTooNew, match=r"schema version 7, .* up to 1"):
        StateStore.open(path)
    assert path.read_bytes() == before


def test_somebody_elses_database_is_left_alone(path: Path) -> None:
    """No table is added to it."""
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE theirs (a)")
    db.close()
    with pytest.raises(StoreUnreadable, match="none of this bot's"):
        StateStore.open(path)


def test_what_is_no_database_is_an_error(path: Path) -> None:
    """Text, for example."""
    path.write_text("certainly no database" * 100)
    with pytest.raises(StoreUnreadable, match="not a database"):
        StateStore.open(path)


def test_a_damaged_file_is_an_error(path: Path) -> None:
    """Pages that were overwritten are noticed when it is opened."""
    StateFile(path).close()
    whole = bytearray(path.read_bytes())
    whole[4096:] = b"\xa5" * len(whole[4096:])
    path.write_bytes(bytes(whole))
    with pytest.raises(StoreUnreadable, match=r"damaged|malformed"):
        StateStore.open(path)


def test_a_folder_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    """With the path in the message."""
    with pytest.raises(StoreUnreadable, match="nowhere"):
        StateStore.open(tmp_path / "nowhere" / "state.db")


async def test_a_full_disk_is_told_and_changes_nothing(path: Path) -> None:
    """The intent is not kept, and the store goes on."""
    file = StateFile(path)
    store = StateStore(file)
    await store.write_intent(request("a"), T0)
    file._db.execute("PRAGMA max_page_count = 1")
    with pytest.raises(StoreFailed, match="full"):
        await asyncio.gather(
            *(store.write_intent(request(f"{n}", symbol="X" * 4000), T0) for n in range(9))
        )
    file._db.execute("PRAGMA max_page_count = 1000000")
    await store.mark_sent("a")
    await store.close()


async def test_many_at_once_are_all_kept(path: Path) -> None:
    """Twenty orders in the same moment."""
    store = StateStore.open(path)
    await asyncio.gather(*(store.write_intent(request(f"{n}"), T0) for n in range(20)))
    assert len(await store.open_intents()) == 20
    await store.close()
    await store.close()


async def test_lost_is_not_for_ever() -> None:
    """What was given up comes back when it shows, whether it was seen before or not."""
    store = StateStore.open(":memory:")
    await store.write_intent(request(), T0)
    await store.mark_sent("a")
    await store.update(report(request(), "0.2"))
    await store.mark_lost("a", "not shown")
    assert await store.open_intents() == []
    await store.update(report(request(), "0.3"))
    (intent,) = await store.open_intents()
    assert (intent.state, intent.filled, intent.reason) == ("known", D("0.3"), None)
    await store.close()


async def test_fills_that_came_before_the_order_had_a_name_are_booked_with_it() -> None:
    """An old report of the order brings them in."""
    store = StateStore.open(":memory:")
    await store.write_intent(request(), T0)
    await store.record_fills([fill(request(), quantity="0.5")])
    assert await store.position_belief() == {}
    await store.update(report(request()))
    assert await store.position_belief() == {"BTC-USD": D("0.5")}
    await store.close()


async def test_what_is_taken_back_is_unbooked_with_its_fee() -> None:
    """The position, the day and the order are as if the fill had never been; told again, it is booked again."""
    store = StateStore.open(":memory:")
    await store.write_intent(request(), T0)
    await store.daily_pnl(T0, {"BTC-USD": D(100)})
    both = [fill(request(), 1, "0.5", fee="1"), fill(request(), 2, "0.5", fee="1")]
    await store.update(report(request(), "1", "filled"))
    await store.record_fills(both)
    await store.restate(report(request(), "0.5", "cancelled"), both[:1])
    assert await store.position_belief() == {"BTC-USD": D("0.5")}
    assert await store.daily_pnl(T0, {"BTC-USD": D(100)}) == -1
    await store.record_fills(both)
    assert await store.position_belief() == {"BTC-USD": D(1)}
    with pytest.raises(KeyError):
        await store.restate(report(request("z")), [])
    await store.close()


async def test_an_adopted_order_moves_only_a_position_that_is_believed() -> None:
    """Without a belief, what it had filled is in the first position that is told."""
    store = StateStore.open(":memory:")
    await store.adopt(report(request("a"), "0.5"), T0)
    assert await store.position_belief() == {}
    await store.set_position("BTC-USD", D(2))
    await store.adopt(report(request("b"), "0.25"), T0)
    assert await store.position_belief() == {"BTC-USD": D("2.25")}
    assert [each.remaining for each in await store.open_intents()] == [D("0.5"), D("0.75")]
    await store.close()


async def test_marks_of_an_order_that_is_not_there_are_mistakes() -> None:
    """They do not pass in silence."""
    store = StateStore.open(":memory:")
    for mark in (store.mark_sent("z"), store.mark_unknown("z"), store.mark_lost("z", "")):
        with pytest.raises(KeyError):
            await mark
    await store.close()


def test_the_lock_goes_with_its_process(path: Path) -> None:
    """However that ends."""
    code = "import os, sys; from bot_v2.state.file import StateFile; StateFile(sys.argv[1]); os._exit(9)"
    root = Path(__file__).parents[3]
    ended = subprocess.run([sys.executable, "-c", code, str(path)], cwd=root, check=False)
    assert ended.returncode == 9
    StateFile(path).close()


def test_errors_are_of_one_family() -> None:
    """One except clause takes them all."""
    for each in (StoreFailed, StoreInUse, StoreTooNew, StoreUnreadable):
        assert issubclass(each, StateError)
