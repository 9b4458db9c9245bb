from __future__ import annotations

import asyncio
from itertools import pairwise

import msgspec

from downtick.exchange.frames import Body
from downtick.exchange.journal import Journal
from downtick.history import Event


def _journal() -> tuple[Journal, list[list[Event]]]:
    batches: list[list[Event]] = []
    return Journal(batches.append), batches


def test_events_come_in_order_and_in_one_batch() -> None:
    """Frames and other events keep the order in which they were noted."""
    journal, batches = _journal()
    journal.record("accepted", conn=1, listener="market_ws")
    journal.frame(1, Body("ticker", "update", ("BTC-USD",), b""), 7, 470, 1000)
    journal.record("closed", conn=1)
    journal.flush()
    (events,) = batches
    assert [event.kind for event in events] == ["accepted", "frame_sent", "closed"]
    assert all(later.at >= earlier.at for earlier, later in pairwise(events))
    assert {event.source for event in events} == {"exchange"}


def test_a_frame_tells_what_it_is() -> None:
    """Everything that a check needs, in JSON values."""
    journal, batches = _journal()
    body = Body("market_trades", "update", ("BTC-USD",), b"", (3, 9))
    at = journal.frame(1, body, 7, 470, None, fault=2)
    journal.flush()
    ((event,),) = batches
    assert event.at == at
    assert event.data == {
        "conn": 1,
        "channel": "market_trades",
        "type": "update",
        "products": ["BTC-USD"],
        "seq": 7,
        "size": 470,
        "offset": None,
        "trade_ids": [3, 9],
        "fault": 2,
    }
    assert msgspec.json.decode(msgspec.json.encode(event), type=Event) == event


def test_none_is_left_out_of_other_events() -> None:
    """A close without a code has none."""
    journal, batches = _journal()
    journal.record("closed", conn=1, code=None)
    journal.flush()
    assert batches[0][0].data == {"conn": 1}


def test_a_flush_without_events_says_nothing() -> None:
    """No empty batches."""
    journal, batches = _journal()
    journal.flush()
    assert batches == []


async def test_a_turn_of_the_loop_flushes() -> None:
    """Nobody has to ask: what happened in one turn comes as one batch right after it."""
    journal, batches = _journal()
    journal.record("accepted")
    journal.record("upgraded")
    assert batches == []
    await asyncio.sleep(0)
    journal.record("closed")
    await asyncio.sleep(0)
    assert [[event.kind for event in batch] for batch in batches] == [
        ["accepted", "upgraded"],
        ["closed"],
    ]
