"""Waiting for a profile's steps, and for a client to go on after them."""

from __future__ import annotations

from chaos_tests.brokerages.watch import Watch
from downtick.history import Event
from downtick.report.judged_run import JudgedRun
from downtick.rig import Rig
from downtick.verdict import Result

SCHEDULE = 200.0
"""Nominal seconds that a profile's own schedule may take: nothing that a client is judged by."""


async def step_done(rig: Rig, name: str, nth: int = 1) -> Event:
    """Wait until a step of the profile has been done for the nth time."""
    return await _nth(rig, "step_done", name, nth)


async def step_healed(rig: Rig, name: str, nth: int = 1) -> Event:
    """Wait until a step of the profile has ended for the nth time."""
    return await _nth(rig, "step_healed", name, nth)


def stood_until(rig: Rig, step: Event) -> float:
    """Return until when a step surely stood that has ended: its end takes effect a moment before it is told.

    Args:
        rig: that played it.
        step: any event of it.
    """
    (ending,) = rig.history.select("step_ending", act=step["act"])
    return ending.at


def window(rig: Rig, name: str, nth: int = 1) -> tuple[float, float]:
    """Return from when to when a step of the profile surely stood for the nth time, in monotonic seconds."""
    begun = rig.history.select("step_done", name=name)[nth - 1]
    return begun.at, stood_until(rig, begun)


async def live_on(watch: Watch) -> None:
    """Let the connection deliver for a while, so that there is something to judge."""
    seen = len(watch.messages)
    await watch.condition(lambda: len(watch.messages) > seen + 5, within=30, name="data goes on")


def resubscribed(watch: Watch, connection: int) -> None:
    """The exchange was asked for the same on this connection as on the first, heartbeats included."""
    asked = [
        {
            (event["channel"], *event["products"])
            for event in watch.rig.history.select("frame_received", conn=conn)
            if event["type"] == "subscribe"
        }
        for conn in watch.connections()
    ]
    assert ("heartbeats",) in asked[0]
    assert asked[connection - 1] == asked[0]


async def _nth(rig: Rig, kind: str, name: str, nth: int) -> Event:
    def happened(event: Event) -> bool:
        return (
            event.kind == kind
            and event["name"] == name
            and rig.history.select(kind, name=name)[:nth][-1] is event
            and len(rig.history.select(kind, name=name)) >= nth
        )

    return await rig.until(happened, within=SCHEDULE)


def unblamed(judged: JudgedRun) -> None:
    """See that nothing speaks against a bot, though not everything may have been put to the test."""
    if judged.result not in {Result.PASS, Result.NOT_EXERCISED}:
        judged.assert_pass()


def passed(judged: JudgedRun) -> None:
    """See that a run is a PASS. Where no kernel can be asked what the client read, nothing may speak against it."""
    if judged.header.run["unwitnessed"] is None or judged.result is not Result.NOT_EXERCISED:
        judged.assert_pass()
