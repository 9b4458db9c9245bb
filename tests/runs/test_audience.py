from __future__ import annotations

from pathlib import Path

from downtick.history import Event
from downtick.runs.audience import Lines
from downtick.runs.plan import Plan, planned

KEPT = (Path("one.jsonl"), Path("one.log"))


def plan() -> Plan:
    """Return a plan of the library."""
    return planned(["streaming/market-feed-reset"], None, 0.1)[0]


def test_a_single_run_is_told_without_its_name() -> None:
    """What is played, and each act of the conductor; not what the exchange did."""
    told: list[str] = []
    lines = Lines(told.append)
    one = plan()
    lines.begins(one)
    lines.hears(one, [Event(5.0, "conductor", "steady_state"), Event(5.0, "exchange", "healed")])
    lines.says(one, "the bot ended")
    assert told[0].startswith("streaming/market-feed-reset: The market-data socket is reset")
    assert told[1].split()[1:] == ["conductor", "steady", "state"]
    assert told[2:] == ["the bot ended"]


def test_several_runs_are_told_with_their_names() -> None:
    """Or nobody knew whose line it is."""
    told: list[str] = []
    lines = Lines(told.append, several=True)
    one = plan()
    lines.begins(one)
    lines.hears(one, [Event(5.0, "conductor", "steady_state")])
    lines.says(one, "the bot ended")
    assert [line.split(": ")[0] for line in told] == ["streaming/market-feed-reset"] * 3
