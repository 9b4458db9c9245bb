from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from downtick.arena import protocol, starvation
from downtick.arena.session import Session
from downtick.arena.settings import ArenaSettings
from downtick.errors import ExchangeFailed
from downtick.exchange.config import ExchangeConfig
from downtick.exchange.exchange import Exchange
from downtick.exchange.journal import Journal
from downtick.history import Event


@pytest.mark.parametrize("kind", ["exchange_failed", "handler_failed"])
def test_an_error_of_the_exchange_itself_ends_the_run(kind: str) -> None:
    """A market that died looks to a bot like a silent feed: that is no test of the bot."""
    told: list[Event] = []
    failed: list[BaseException] = []
    control: Any = None
    session = Session(
        ArenaSettings(folder=Path(), label="x", host="127.0.0.1"),
        control,
        told.extend,
        failed.append,
    )
    session._take([Event(1.0, "exchange", kind, {"error": "KeyError('BTC-USD')"})])
    assert [event.kind for event in told] == [kind]
    (error,) = failed
    assert isinstance(error, ExchangeFailed)
    assert "BTC-USD" in str(error)


def test_what_a_bot_does_wrong_is_no_error_of_the_exchange() -> None:
    """A refused message or a bad request is the bot's doing."""
    failed: list[BaseException] = []
    control: Any = None
    settings = ArenaSettings(folder=Path(), label="x", host="127.0.0.1")
    session = Session(settings, control, lambda _: None, failed.append)
    session._take(
        [Event(1.0, "exchange", kind, {}) for kind in ("bad_request", "refused", "accept_failed")]
    )
    assert failed == []


async def test_the_process_under_test_may_be_another_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Then the one that asked is watched no longer: its waits are not the bot's."""
    watched: list[int] = []

    async def watch(process: int, tell: Callable[[float], None]) -> None:
        watched.append(process)
        try:
            await asyncio.Event().wait()
        finally:
            watched.remove(process)

    monkeypatch.setattr(starvation, "watch", watch)
    control: Any = None
    settings = ArenaSettings(folder=Path(), label="x", host="127.0.0.1")
    session = Session(settings, control, lambda _: None, lambda _: None)
    session._exchange = Exchange(ExchangeConfig(), Journal(lambda _: None))
    for process in (7, 8):
        await session.act(protocol.Watch(process))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert watched == [process]
    await session.close()
    assert watched == []
