"""One session: an exchange, a link to each of its listeners, and the conductor that plays on them."""

from __future__ import annotations

import asyncio
import dataclasses
import math
import os
import time
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from downtick.arena import lateness, protocol, starvation
from downtick.arena.settings import ArenaSettings
from downtick.arena.steady import SteadyState
from downtick.conductor import Conductor
from downtick.errors import ExchangeFailed, InputError, NotArmed
from downtick.exchange.exchange import Exchange
from downtick.exchange.journal import Journal
from downtick.history import Event
from downtick.links.control import Control
from downtick.links.link import Link
from downtick.links.topology import COMPOSE_HOSTS
from downtick.profiles.schedule import Schedule
from downtick.witness.capture import Capture
from downtick.witness.sightings import WatchedLink
from downtick.witness.watch import Witness

_OWN_ERRORS = frozenset({"exchange_failed", "handler_failed"})
"""What the journal says of errors that are the exchange's own, whatever a bot may have sent."""


class Session:
    """What one test holds, inside the arena.

    Args:
        settings: of the arena.
        control: Toxiproxy's control plane.
        tell: is given the events as they happen, in order.
        fail: is given what ends the run as an error.
    """

    def __init__(
        self,
        settings: ArenaSettings,
        control: Control,
        tell: Callable[[list[Event]], None],
        fail: Callable[[BaseException], None],
    ) -> None:
        self._settings = settings
        self._control = control
        self._tell = tell
        self._fail = fail
        self._exchange: Exchange | None = None
        self._journal: Journal | None = None
        self._links: dict[str, Link] = {}
        self._steady: SteadyState | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._watching: asyncio.Task[None] | None = None
        self._stolen = 0.0
        self._patient = False
        self._witness: Witness | None = None
        self._capture: Capture | None = None

    @property
    def links(self) -> tuple[str, ...]:
        """Names of the links that are up."""
        return tuple(self._links)

    @property
    def unwitnessed(self) -> str | None:
        """Why nobody looks into the kernel; None if somebody does."""
        if self._witness is None:
            return "nobody asked for a witness"
        return None if self._witness.none is None else self._witness.none.reason

    async def open(self, request: protocol.Open) -> tuple[protocol.LinkEndpoint, ...]:
        """Bring everything up and begin to play. What was up is taken down if something fails."""
        settings, schedule = self._settings, request.schedule
        if request.capture is not None:
            self._capture = Capture(request.capture, self._tell)
        config = dataclasses.replace(
            request.exchange,
            host=settings.exchange_host,
            certificate=settings.certificate,
            private_key=settings.private_key,
            next_certificate=settings.next_certificate,
            next_private_key=settings.next_private_key,
            key_log=None if self._capture is None else self._capture.key_log,
        )
        armed = {*request.armed, *(schedule.armed if schedule else ())}
        try:
            self._journal = Journal(self._take)
            self._exchange = Exchange(config, self._journal)
            endpoints = await self._exchange.start()
            for plan in request.topology:
                upstream = (plan.upstream.host, plan.upstream.port)
                if not plan.upstream.port:  # stands for the stub's own listener of that name
                    upstream = getattr(endpoints, plan.name)
                self._links[plan.name] = await Link.create(
                    self._control,
                    plan.name,
                    upstream,
                    listen_host=plan.listen.host if plan.named else settings.host,
                    listen_port=plan.listen.port,
                    hosts=COMPOSE_HOSTS if plan.named else (),
                    armed=plan.name in armed,
                    proxy_name=f"downtick-{settings.label}-{request.name}-{plan.name}",
                )
            watched = [*map(_watched, self._links.values())]
            if request.witness:
                self._witness = Witness(watched, self._tell).open()
            if self._capture is not None:
                self._capture.open(watched)
            self._patient = request.patient
            self._run(
                lateness.watch(self._late, limit=math.inf if self._patient else lateness.LIMIT)
            )
            self._under_test(os.getppid())
            if schedule is not None:
                self._steady = SteadyState(schedule.links)
                self._play(schedule, self._steady.reached)
        except BaseException:
            await self.close()
            raise
        return tuple(
            protocol.LinkEndpoint(link.name, link.host, link.port, link.armed)
            for link in self._links.values()
        )

    async def act(self, request: protocol.AnyRequest) -> Any:
        """Do what was asked by hand, and record it.

        Raises:
            InputError: no link or fault of that name.
            RigError: the fault could not be made.
        """
        assert self._exchange is not None
        match request:
            case protocol.Watch(process):
                self._under_test(process)
                return None
            case protocol.Play(schedule):
                if missing := schedule.armed - {
                    name for name, link in self._links.items() if link.armed
                }:
                    raise NotArmed(
                        f"{schedule.profile} resets {', '.join(sorted(missing))}: arm them first"
                    )
                steady = asyncio.Event()
                steady.set()  # who plays one after the other sees to it that the bot is there
                self._play(schedule, steady)
                return None
            case protocol.EndByHand():
                if self._witness is not None:
                    self._witness.look()
                self._record("run_ended", by_hand=True)
                return None
            case protocol.Inject(link, fault, attributes, stream, toxicity):
                self._record(
                    "inject_asked", link=link, name=fault, attributes=attributes, stream=stream
                )
                echo = await self._link(link).start(
                    fault, attributes, stream=stream, toxicity=toxicity
                )
                self._record("inject_done", link=link, name=fault, echo=_json(echo))
                return _json(echo)
            case protocol.Heal(link, fault, stream):
                self._record("inject_ending", link=link, name=fault)
                if fault is None:
                    await self._link(link).heal()
                else:
                    await self._link(link).stop(fault, stream=stream)
                self._record("inject_healed", link=link, name=fault)
                return None
            case protocol.StartExchangeFault(name, attributes, selectors):
                return await self._exchange.start_fault(name, attributes, selectors)
            case protocol.StopExchangeFault(handle):
                return await self._exchange.stop_fault(handle)
            case _:
                raise InputError(f"{type(request).__name__} is not something to do in a session")

    async def close(self) -> None:
        """Take everything down: conductor, links, exchange. What fails does not spare the rest."""
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._witness is not None:
            self._witness.close()  # what ends from now on is nobody's doing but ours
        if self._capture is not None:
            self._capture.close()
        ends = [link.destroy() for link in self._links.values()]
        if self._exchange is not None:
            ends.append(self._exchange.stop())
        outcomes = await asyncio.gather(*ends, return_exceptions=True)
        self._links.clear()
        self._exchange = None
        for outcome in outcomes:
            if isinstance(outcome, BaseException):
                raise outcome

    def _play(self, schedule: Schedule, steady: asyncio.Event) -> None:
        assert self._exchange is not None
        conductor = Conductor(
            schedule,
            self._links,
            self._exchange,
            self._record,
            steady,
            lambda: self._stolen,
            math.inf if self._patient else None,
        )
        self._run(conductor.play())

    def _link(self, name: str) -> Link:
        try:
            return self._links[name]
        except KeyError:
            raise InputError(f"no link {name!r}; there are {', '.join(self._links)}") from None

    def _take(self, events: list[Event]) -> None:
        if self._steady is not None:
            self._steady.see(events)
        self._tell(events)
        for event in events:
            if event.kind in _OWN_ERRORS:
                self._fail(
                    ExchangeFailed(f"{event.kind}: {event.get('error') or event.get('reason')}")
                )

    def _record(self, kind: str, **data: Any) -> None:
        if "echo" in data:
            data["echo"] = _json(data["echo"])
        event = Event(time.monotonic(), "conductor", kind, data)
        if self._journal is not None:
            self._journal.flush()  # what the exchange saw before this comes before this
        self._tell([event])

    def _late(self, seconds: float) -> None:
        self._stolen += seconds
        self._tell([Event(time.monotonic(), "arena", "late", {"seconds": seconds})])

    def _starved(self, seconds: float) -> None:
        self._tell([Event(time.monotonic(), "arena", "starved", {"seconds": seconds})])

    def _under_test(self, process: int) -> None:
        """Tell how long this process waits for a processor, and no other any longer."""
        if self._watching is not None:
            self._watching.cancel()
        self._watching = self._run(starvation.watch(process, self._starved))

    def _run(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Do this until it ends or the session does; what it raises ends the run as an error."""
        task = asyncio.create_task(work)
        task.add_done_callback(self._ended)
        self._tasks.add(task)
        return task

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._fail(error)


def _watched(link: Link) -> WatchedLink:
    return WatchedLink(link.name, (link.host, link.port), link.upstream)


def _json(echo: object) -> Mapping[str, Any]:
    """Return an echo as the history keeps it."""
    if dataclasses.is_dataclass(echo) and not isinstance(echo, type):
        return dataclasses.asdict(echo)
    return dict(echo) if isinstance(echo, Mapping) else {"said": repr(echo)}
