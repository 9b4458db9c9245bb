"""The rig: arena and links, brought up for one test and taken down after it.

What tests and the command line hold in their hands. It works under any event loop, in a synchronous test, and
beside a bot that blocks its interpreter: what happens reaches the history on a thread of its own.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import msgspec

import downtick
from downtick.acting import Acting
from downtick.arena import protocol
from downtick.arena.channel import Channel
from downtick.arena.host import ArenaHost, shared_arena
from downtick.endpoints import Endpoints
from downtick.errors import ArenaDied, ArenaError, InputError, ToxiproxyDied
from downtick.exchange.auth.keys import Keys, process_keys, process_ring
from downtick.exchange.config import ExchangeConfig
from downtick.history import Event, Header, matching, new_header
from downtick.links.topology import named_topology
from downtick.prepare import Prepared, prepare
from downtick.profiles.expecting import BY_HAND, by_hand, expecting
from downtick.profiles.model import Profile
from downtick.profiles.schedule import Schedule
from downtick.runs.plan import planned
from downtick.secret_values import Scrubber, secret_values
from downtick.waiting import Waiting
from downtick.words import VOCABULARY

if TYPE_CHECKING:
    from downtick.bots.in_process import BotFunction
    from downtick.report.judged_run import JudgedRun

PLAYED_WITHIN = 40.0
"""Real seconds beyond its length that a schedule may take: Toxiproxy itself may need 25 s for an answer."""


class Rig(Waiting, Acting):
    """Exchange, links and conductor of one test, and the history of what happened.

    A context manager, synchronous or not::

        async with Rig(time_scale=0.1, arm=("market_ws",)) as rig:
            async with Client(rig.endpoints.market_ws) as client:
                await rig.inject("market_ws", "reset")
                await rig.until("closed", within=5)

    Args:
        schedule: what the conductor plays; None for links that stay healthy until told otherwise.
        time_scale: real time over nominal time; the schedule's own if there is one.
        seed: of the exchange's market; the schedule's own if there is one.
        arm: links that shall be able to reset (RST), beyond those that the schedule arms.
        expect: checks by which `verdict` judges besides the profile's own, or faults that are made by hand; see `expecting`.
        exchange: how the exchange is made; seed, time scale and keys are filled in.
        topology: where the links lead: to that exchange, or to a sandbox of Coinbase's; see `topology.NAMES`.
        patient: whether a machine that was too busy for a while is only told of: a run of hours outlives that.
        witness: whether the history tells what the kernel saw of every link's sockets, where a kernel does (Linux).
        capture: path, without suffixes, of a capture for each link and the keys to them, which are secret; None for none.
        keys: that a client may use; this process's if not given. A bot's own come from `read_jwt_key`.
        arena: returns the helper process; by default the one that this process shares, started when needed.

    Raises:
        ProfileError: no check is as `expect` says.
        InputError: the exchange is given keys whose other half the rig has not, or a schedule shall be played where
            nobody keeps a journal: before a sandbox.
        TopologyError: there is no such topology, or it leads where it must not.

    Attributes:
        keys: that a client may use.
        warnings: what the linter says of the profile.
        runs: that were judged, by `run` or `verdict`.
        files: path of what `run` keeps, without number and suffix: histories, and what bots said.
    """

    def __init__(
        self,
        *,
        schedule: Schedule | None = None,
        time_scale: float = 1.0,
        seed: int = 1,
        arm: tuple[str, ...] = (),
        expect: Sequence[Any] = (),
        exchange: ExchangeConfig | None = None,
        topology: str = "stub",
        patient: bool = False,
        witness: bool = False,
        capture: Path | None = None,
        keys: Keys | None = None,
        arena: Callable[[], ArenaHost] = shared_arena,
    ) -> None:
        super().__init__(schedule.time_scale if schedule else time_scale)
        self.schedule = schedule
        self.seed = schedule.seed if schedule else seed
        self.keys = keys or process_keys()
        self.warnings: tuple[str, ...] = ()
        self.files = Path(".downtick", "runs", "run")
        self.runs: list[JudgedRun] = []
        self._prepared: Prepared | None = None
        self._expect = tuple(expect)
        self._profile: Profile | None = None
        if self._expect and schedule is None:
            self._profile = by_hand(self._expect, VOCABULARY, self.time_scale)
        self._arm = arm
        self._patient = patient
        self._witness = witness
        self._capture = capture and capture.absolute()
        self._topology = named_topology(topology)
        if schedule is not None and topology.startswith("sandbox"):
            raise InputError(
                f"profiles are played before the stub exchange only, not before {topology}: only the stub tells "
                "when everything is steady; act by hand there, with `inject` and `heal`"
            )
        self._config = exchange or ExchangeConfig()
        if self._config.keys not in (process_ring(), self.keys.ring):
            raise InputError(
                "give keys to the rig, not to its exchange: a bot needs their other half"
            )
        self._arena = arena
        self._channel = None
        self._host: ArenaHost | None = None
        self._opened: protocol.Opened | None = None
        self._header: Header | None = None

    @classmethod
    def playing(
        cls, profile: str, *, time_scale: float = 1.0, seed: int | None = None, **settings: Any
    ) -> Self:
        """Return a rig that plays a profile, not yet up.

        Args:
            profile: a name of the library (``streaming/market-feed-reset``) or the path of a file.
            time_scale: real time over nominal time.
            seed: instead of the profile's own.
            settings: as for the class itself.

        Raises:
            ProfileError: the profile does not load, or the linter finds an error in it.
        """
        return cls.of(prepare(profile, seed, time_scale), **settings)

    @classmethod
    def of(cls, prepared: Prepared, **settings: Any) -> Self:
        """Return a rig that plays a profile which is prepared, not yet up. ``settings``: as for the class itself."""
        rig = cls(schedule=prepared.schedule, **settings)
        rig.warnings = prepared.warnings
        rig._prepared = prepared
        rig._profile = expecting(prepared.profile, rig._expect, VOCABULARY, rig.time_scale)
        return rig

    def __enter__(self) -> Self:
        """Bring everything up.

        Raises:
            ToxiproxyNotFound: no Toxiproxy of the pinned version could be had.
            RigError: something did not come up.
        """
        host = self._host = self._arena()
        self._header = self._make_header(host)
        self._channel = Channel(
            host.ready.socket, self.history.extend, self.history.fail, host.died
        )
        try:
            self._opened = self._channel.ask(
                protocol.Open(
                    name=uuid.uuid4().hex[:8],
                    exchange=replace(
                        self._config,
                        seed=self.seed,
                        time_scale=self.time_scale,
                        keys=self.keys.ring,
                    ),
                    topology=self._topology,
                    schedule=self.schedule,
                    armed=self._arm,
                    patient=self._patient,
                    witness=self._witness,
                    capture=self._capture,
                ),
                answer=protocol.Opened,
            )
        except BaseException:
            self._channel.close()
            raise
        self._header.run["unwitnessed"] = self._opened.unwitnessed
        return self

    def __exit__(self, *_: object) -> None:
        """Take everything down. The history stays.

        Raises:
            RigError: something could not be taken down, and the test had not failed for that already.
        """
        assert self._channel is not None
        assert self._host is not None
        try:
            if self.failure is None:
                self._channel.ask(protocol.Close())
        finally:
            self._channel.close()
            if isinstance(self.failure, (ArenaDied, ToxiproxyDied)):
                self._host.close()  # the next rig gets a new one

    async def __aenter__(self) -> Self:
        return await asyncio.to_thread(self.__enter__)

    async def __aexit__(self, *_: object) -> None:
        await asyncio.to_thread(self.__exit__)

    @property
    def came_up(self) -> bool:
        """Whether there was anything for a bot to connect to, so that there is a history worth keeping."""
        return self._opened is not None

    @property
    def endpoints(self) -> Endpoints:
        """Where the bot connects."""
        if self._opened is None:
            raise ArenaError("the rig is not up: use it as a context manager")
        links = ((link.name, link.host, link.port) for link in self._opened.links)
        return Endpoints.of(links, self._opened.ca_file, self.keys, self._config.dialect)

    def popen(self, argv: list[str], **kwargs: Any) -> subprocess.Popen[Any]:
        """Start a process, as ``subprocess.Popen`` does, that ends with this run, however the run ends.

        Raises:
            ArenaError: the rig is not up.
            OSError: it cannot be started.
        """
        if self._host is None:
            raise ArenaError("the rig is not up: use it as a context manager")
        return self._host.popen(argv, **kwargs)

    def is_tested(self, process: int) -> None:
        """Say that the bot is another process than this one: that one's waits for a processor are no time it had.

        Args:
            process: its id.
        """
        assert self._channel is not None
        self._channel.ask(protocol.Watch(process))

    async def run(
        self,
        profile: str,
        bot: BotFunction | Sequence[str],
        *,
        seed: int | None = None,
        accept_unwitnessed: bool = False,
    ) -> JudgedRun:
        """Play a profile to a bot and judge what it did, as ``downtick run`` does.

        ::

            verdict = await rig.run("streaming/market-feed-reset", ["node", "mybot.js"])
            verdict.assert_pass()

        The run has an exchange and links of its own; arena, keys, time scale and settings of the exchange are this
        rig's.

        Args:
            profile: a name of the library, or the path of a file.
            bot: a command, which is told by its environment where to connect; or a coroutine function, which is given
                the run's own rig and is cancelled at the end.
            seed: instead of the profile's own.
            accept_unwitnessed: whether a fault that nobody saw on the wire counts as one that bit.

        Raises:
            ProfileError: the profile does not load, or the linter finds an error in it.
            InputError: the bot cannot be started.
            RigError: there was nothing that a bot could have connected to.
        """
        from downtick.runs.in_a_test import run_profile  # noqa: PLC0415 - it needs this module

        judged = await run_profile(
            planned([profile], seed, self.time_scale)[0],
            bot,
            self.files.with_name(f"{self.files.name}-{len(self.runs) + 1}"),
            accept_unwitnessed=accept_unwitnessed,
            arena=self._arena,
            exchange=self._config,
            keys=self.keys,
        )
        self.runs.append(judged)
        return judged

    async def verdict(self, *, accept_unwitnessed: bool = False) -> JudgedRun:
        """Wait until this rig's profile is over and the bot had its time to settle, and judge what it did.

        The bot is whatever the test itself let loose on the links, and goes on for as long. Without a profile it is judged
        at once, by what the rig expects: the test has healed its faults, and given the bot its time.

        Args:
            accept_unwitnessed: whether a fault that nobody saw on the wire counts as one that bit.

        Raises:
            InputError: this rig plays no profile, and expects nothing.
            RigError: the rig failed meanwhile.
        """
        from downtick.runs.in_a_test import verdict_on  # noqa: PLC0415 - it needs this module

        if self._profile is None:
            raise InputError(
                "nothing is expected of a bot: this rig has neither a profile nor `expect`"
            )
        if self.schedule is None:
            await self._ask(protocol.EndByHand(), None)
        judged = await verdict_on(self, self._profile, accept_unwitnessed=accept_unwitnessed)
        self.runs.append(judged)
        return judged

    async def play(self, schedule: Schedule) -> Event:
        """Play another schedule, now, and return when it has been played and healed: its ``run_ended``.

        One at a time: at its end, each place that it names is healed whole. The bot is taken to be there.

        Raises:
            NotArmed: it resets links that are not armed.
            RigError: the rig failed meanwhile.
        """
        start = self.now()
        await self._ask(protocol.Play(schedule), None)
        seconds = schedule.length + PLAYED_WITHIN
        ended = matching("run_ended", source="conductor")
        found = await self.history.until(
            lambda event: event.at > start and ended(event), start + seconds
        )
        if found is None:
            raise ArenaError(f"{schedule.profile} did not end within {seconds:g} s")
        return found

    def history_lines(self, **run: Any) -> Iterator[bytes]:
        """Return the history as JSON Lines, its header first, without secrets.

        Args:
            run: what the header is to say besides.
        """
        assert self._header is not None
        header = msgspec.structs.replace(self._header, run={**self._header.run, **run})
        scrubber = Scrubber(secret_values({**os.environ, **self.endpoints.environment()}))
        return (scrubber.clean(line) for line in self.history.to_jsonl(header))

    def _make_header(self, arena: ArenaHost) -> Header:
        run = {
            "profile": self.schedule.profile if self.schedule else self._profile and BY_HAND,
            "expect": list(self._expect) or None,
            "seed": self.seed,
            "time_scale": self.time_scale,
            "repeatable": self.schedule.repeatable if self.schedule else None,
            "downtick": downtick.__version__,
            "toxiproxy": arena.ready.toxiproxy_version,
            "warnings": [*self.warnings, *arena.warnings],
        }
        if self._prepared is not None:
            run["asked_for"], run["profile_text"] = self._prepared.asked_for, self._prepared.text
        return new_header(run)
