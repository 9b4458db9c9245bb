"""Asks Coinbase's REST API: reads again until a deadline, and sends once what changes something.

::

    read(call)   ┐                       ┌─ Wire.carry (a thread; requests)
    send(call)   ┴─▶ Gate ─▶ Pace ─▶ one Attempt ─▶ verdicts ─▶ Reply, NotDone or Unknown
                              deadline: Attempt.give_up
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Final, Literal, Protocol

from bot_v2.features.brokerages.broker import NotDone, RateLimited, Unavailable, Unknown
from bot_v2.features.brokerages.coinbase.rest.attempt import Attempt
from bot_v2.features.brokerages.coinbase.rest.call import Answer, Call, Reply
from bot_v2.features.brokerages.coinbase.rest.pace import Gate, Pace, Rate
from bot_v2.features.brokerages.coinbase.rest.settings import RestSettings
from bot_v2.features.brokerages.coinbase.rest.verdicts import (
    Refused,
    error_of,
    error_without_answer,
    retry_after,
)
from bot_v2.features.brokerages.coinbase.rest.wire import Lost, Untrusted
from bot_v2.features.brokerages.coinbase.streaming.backoff import Backoff

logger = logging.getLogger(__name__)

Counted = Literal[
    "requests", "retries", "refused", "not_done", "unknown", "rate_limited", "given_up"
]

_GRACE: Final = 0.25  # real seconds that a thread has to come back after its socket was shut
_TOO_LATE: Final = "no answer in time"
_LATE: Final = 0.02  # real seconds that we come later than we were asked to


class Carrier(Protocol):
    """Carries one request over the wire, in a thread; see `Wire`."""

    def carry(self, call: Call, attempt: Attempt) -> Answer:
        """Send a request and return its answer, or raise `Lost`."""

    def close(self) -> None:
        """Let go of every connection."""


class NoTurn(RateLimited):
    """Not sent: its turn would have come after its deadline, because of others before it."""


class Impostor(Unavailable):
    """Not sent: whoever is there is not the broker, and will not be at the next attempt either."""


class RestClient:
    """One endpoint, asked from one event loop.

    Args:
        wire: to the endpoint.
        settings: in nominal seconds.
        rates: that the exchange allows, with a key and without one.
        seed: for the jitter of the back-off.

    Attributes:
        counters: how often what happened (`Counted`).
    """

    def __init__(
        self,
        wire: Carrier,
        settings: RestSettings,
        rates: Mapping[Literal["private", "public"], Rate],
        seed: int | None = None,
    ) -> None:
        self.counters: Counter[Counted] = Counter()
        self._wire = wire
        self._settings = settings.real()
        self._gate = Gate()
        self._paces = {name: Pace(rate, settings.time_scale) for name, rate in rates.items()}
        self._random = random.Random(seed)  # noqa: S311
        half = self._settings.threads // 2
        self._readers = ThreadPoolExecutor(self._settings.threads - half, "rest-read")
        self._senders = ThreadPoolExecutor(half, "rest-send")
        self._under_way: set[Attempt] = set()
        self._closed = False

    @property
    def settings(self) -> RestSettings:
        """The settings in real seconds."""
        return self._settings

    def backoff(self) -> Backoff:
        """Return the waits between the attempts of one call."""
        return Backoff(self._settings.retry_first, self._settings.retry_cap, self._random)

    async def read(self, call: Call, deadline: float | None = None) -> Reply:
        """Read, as often as it takes within ``call_timeout``, or until an earlier deadline.

        Raises:
            NotDone: nothing was read.
        """
        latest = time.monotonic() + self._settings.call_timeout
        deadline = latest if deadline is None else min(deadline, latest)
        backoff = self.backoff()
        before: NotDone | None = None
        while True:
            try:
                return await self.once(call, deadline)
            except Impostor:
                raise
            except (Unavailable, RateLimited) as error:
                if isinstance(error, NoTurn) and before is not None:
                    raise before from error
                before = error
                wait = max(backoff.wait(), getattr(error, "retry_after", None) or 0.0)
                if time.monotonic() + wait >= deadline or self._closed:
                    raise
                logger.info("again in %.2f s: %s", wait, error)
            self.counters["retries"] += 1
            await asyncio.sleep(wait)

    async def once(self, call: Call, deadline: float) -> Reply:
        """Make one attempt.

        Args:
            call: the request.
            deadline: instant (``time.monotonic``) until which it may take, waiting for its turn included.

        Raises:
            NotDone: it was surely not carried out; of a request that reads: nothing was read.
            Unknown: it may have been carried out.
        """
        try:
            await self._turn(call, deadline)
            answer = await self._attempt(call, deadline)
            if answer.status == 429:
                self._stay_away(answer)
            error = error_of(call, answer)
            if error is not None:
                raise error
        except Refused as error:
            self.counters["refused"] += 1
            logger.info("%s: %s", call, error)
            raise
        except NotDone as error:
            self.counters["not_done"] += 1
            logger.warning("%s", error)
            raise
        except Unknown as error:
            self.counters["unknown"] += 1
            logger.error("%s", error)
            raise
        return Reply(answer.data, answer.headers)

    def close(self) -> None:
        """Give up what is under way, and let go of every connection. Calling it again does no harm."""
        self._closed = True
        for attempt in tuple(self._under_way):
            attempt.give_up()
        for pool in (self._readers, self._senders):
            pool.shutdown(wait=False, cancel_futures=True)
        self._wire.close()

    async def _turn(self, call: Call, deadline: float) -> None:
        """Wait until it may be asked.

        Raises:
            NotDone: that would be after the deadline.
        """
        pace = self._paces["public" if call.public else "private"]
        while True:
            if self._closed:
                raise Unavailable(f"{call}: not sent: the client was closed")
            now = time.monotonic()
            wait = self._gate.wait(now)
            if wait and now + wait >= deadline:
                raise RateLimited(f"{call}: not sent: asked to stay away for {wait:.1f} s", wait)
            wait = wait or pace.take(now, reads=call.reads)
            if now + wait >= deadline:
                raise NoTurn(f"{call}: not sent: too many requests before it", wait)
            if not wait:
                return
            await asyncio.sleep(wait)

    def _stay_away(self, answer: Answer) -> None:
        self.counters["rate_limited"] += 1
        asked = retry_after(answer)
        if asked is None:
            asked = self._settings.throttled_wait
        self._gate.close(time.monotonic(), min(asked, self._settings.retry_after_max) + _LATE)

    async def _attempt(self, call: Call, deadline: float) -> Answer:
        """Send it once, and return whatever answer came.

        Raises:
            NotDone: it was not sent, or it reads and no answer came.
            Unknown: it was sent, and no answer came.
        """
        self.counters["requests"] += 1
        attempt = Attempt()
        pool = self._readers if call.reads else self._senders
        loop = asyncio.get_running_loop()
        working = loop.run_in_executor(pool, self._wire.carry, call, attempt)
        self._under_way.add(attempt)
        try:
            seconds = min(self._settings.answer_timeout, deadline - time.monotonic())
            done, _ = await asyncio.wait({working}, timeout=max(0.0, seconds))
            in_time = bool(done)
            if not in_time:
                self.counters["given_up"] += 1
                attempt.give_up()
                done, _ = await asyncio.wait({working}, timeout=_GRACE if attempt.begun else 0.0)
            if not done:
                raise error_without_answer(call, sent=attempt.begun, why=_TOO_LATE)
            return working.result()
        except Untrusted as untrusted:
            raise Impostor(f"{call}: not sent: {untrusted}") from untrusted
        except Lost as lost:
            why = str(lost) if in_time else _TOO_LATE  # it was we who cut the connection
            raise error_without_answer(call, sent=attempt.may_have_left, why=why) from lost
        finally:
            attempt.give_up()
            working.cancel()
            self._under_way.discard(attempt)
