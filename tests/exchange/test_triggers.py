from __future__ import annotations

import pytest

from downtick.errors import InputError
from downtick.exchange.triggers import Triggers, Watch
from downtick.exchange.vocabulary import TRIGGERS


async def _nothing() -> None:
    """Do nothing."""


def _triggers() -> tuple[Triggers, list[Watch]]:
    fired: list[Watch] = []
    return Triggers(fired.append), fired


def test_a_trigger_fires_once_at_its_count() -> None:
    """Not before, and not again."""
    triggers, fired = _triggers()
    triggers.add("exchange.ticks", 3, _nothing, hold=True)
    seen = []
    for _ in range(5):
        triggers.frame("ticker")
        seen.append(len(fired))
    assert seen == [0, 0, 1, 1, 1]
    assert not triggers.armed


def test_counting_starts_when_the_trigger_is_laid() -> None:
    """Two triggers of one counter count for themselves."""
    triggers, fired = _triggers()
    triggers.add("exchange.ticks", 2, _nothing, hold=True)
    triggers.frame("ticker")
    triggers.add("exchange.ticks", 2, _nothing, hold=False)
    triggers.frame("ticker")
    assert [watch.hold for watch in fired] == [True]
    triggers.frame("ticker")
    assert [watch.hold for watch in fired] == [True, False]


def test_a_frame_counts_for_its_channel_and_for_all() -> None:
    """Heartbeats are frames and no ticks."""
    triggers, fired = _triggers()
    for counter in ("exchange.ticks", "exchange.heartbeats", "exchange.frames"):
        triggers.add(counter, 1, _nothing, hold=False)
    triggers.frame("heartbeats")
    assert {watch.counter for watch in fired} == {"exchange.heartbeats", "exchange.frames"}


@pytest.mark.parametrize("counter", TRIGGERS)
def test_every_trigger_of_the_vocabulary_can_be_counted(counter: str) -> None:
    """What a profile may name exists."""
    triggers, fired = _triggers()
    triggers.add(counter, 1, _nothing, hold=False)
    triggers.count(counter)
    assert len(fired) == 1


def test_a_wrong_trigger_is_refused() -> None:
    """The message tells what is allowed."""
    triggers, _ = _triggers()
    with pytest.raises(InputError, match=r"exchange\.ticks"):
        triggers.add("exchange.tocks", 1, _nothing, hold=False)
    with pytest.raises(InputError, match="from 1"):
        triggers.add("exchange.ticks", 0, _nothing, hold=False)
