"""How long a rig takes to come up and go down in a warm worker, and how late its steps are.

Run as ``python -m benchmarks.rig``. Absolute times belong to the machine; the bare row is what the same three
proxies cost without a rig, in the same run.
"""

from __future__ import annotations

import asyncio
import time
import uuid
from dataclasses import replace

from benchmarks.table import Row, show
from downtick.arena.host import close_shared_arenas, shared_arena
from downtick.links.control import Control
from downtick.links.link import Link
from downtick.links.vocabulary import LINKS
from downtick.prepare import prepare
from downtick.profiles.schedule import Act, Schedule
from downtick.rig import Rig

ROUNDS = 100
STEPS = 200
EVERY = 0.02


def rounds() -> list[float]:
    """Return the seconds of each rig up and down."""
    with Rig():  # warms the worker
        pass
    taken = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        with Rig():
            pass
        taken.append(time.perf_counter() - start)
    return taken


async def bare() -> list[float]:
    """Return the seconds of three proxies made and removed on the same server."""
    control = Control(shared_arena().ready.toxiproxy)
    taken = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        links = [
            await Link.create(control, name, ("127.0.0.1", 9), proxy_name=uuid.uuid4().hex)
            for name in ("rest", "market_ws", "user_ws")
        ]
        for link in links:
            await link.destroy()
        taken.append(time.perf_counter() - start)
    return taken


def lateness() -> list[float]:
    """Return for each of many steps how long after it was due it was done, in seconds."""
    plan = prepare("streaming/market-feed-freeze").schedule
    (template, *_) = plan.acts
    rig = Rig(schedule=_steps(plan, template))
    with rig:
        rig.wait("run_ended", within=STEPS * EVERY + 10)
    due = {event["act"]: event["due"] for event in rig.history.select("step_due")}
    return [event.at - due[event["act"]] for event in rig.history.select("step_done")]


def _steps(plan: Schedule, template: Act) -> Schedule:
    acts = tuple(
        replace(
            template,
            number=number,
            at=(number + 1) * EVERY,
            when=None,
            duration=EVERY / 2,
            place="toxic",
            link=LINKS[number // 2 % 3],
            name="latency",
            attributes={"latency": 1, "jitter": 0},
            stream=("upstream", "downstream")[number % 2],
        )
        for number in range(STEPS)
    )
    return replace(plan, acts=acts, length=(STEPS + 2) * EVERY, links=(), armed=frozenset())


def main() -> None:
    """Measure and print."""
    try:
        show(
            "rig up and down, three links, warm worker (ms)",
            [
                Row.of("rig", rounds(), 1000),
                Row.of("three bare proxies", asyncio.run(bare()), 1000),
            ],
        )
        late = lateness()
        show(
            f"a step is done after it is due, {len(late)} steps (ms)", [Row.of("steps", late, 1000)]
        )
    finally:
        close_shared_arenas()


if __name__ == "__main__":
    main()
