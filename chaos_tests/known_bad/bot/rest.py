"""The healthy bot's REST client: signed requests at a pace that is allowed, one after the other."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any, Final

import aiohttp
from yarl import URL

from chaos_tests.known_bad.bot.figures import Figures
from downtick.exchange.auth.keys import JwtKey
from downtick.exchange.auth.sign import bearer

API: Final = "/api/v3/brokerage"


class Refused(Exception):
    """The exchange understood, and will not: nothing has happened."""


class Unknown(Exception):
    """Nobody knows whether it has happened: no answer, half of one, or an error of the server's."""


class Rest:
    """Asks one question at a time.

    Args:
        url: where the API begins.
        key: to sign with.
        figures: of the bot.

    Attributes:
        stopping: whether no order may leave any more.
    """

    def __init__(self, url: str, key: JwtKey, figures: Figures) -> None:
        self.figures = figures
        self.stopping = False
        self._url = url
        self._key = key
        self._next = 0.0
        self._session: aiohttp.ClientSession | None = None

    async def ask(self, method: str, path: str, body: Any = None, **query: str) -> dict[str, Any]:
        """Return what an answer says.

        Raises:
            Refused: it is a refusal (4xx), or an order that may not leave any more.
            Unknown: there is no answer, or none that can be read.
        """
        await self.take_turn()
        if self.stopping and (method, path) == ("POST", "/orders"):
            raise Refused("the bot ends")
        try:
            async with asyncio.timeout(self.timeout()):
                return await self.exchange(method, path, body, query)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Unknown(f"{method} {path}: {error!r}") from error

    def timeout(self) -> float | None:
        """Return the real seconds that an answer may take."""
        return self.figures.real(self.figures.answer)

    async def exchange(
        self, method: str, path: str, body: Any, query: dict[str, str]
    ) -> dict[str, Any]:
        """Send a request and read its answer."""
        if self._session is None:
            self._session = aiohttp.ClientSession()
        url = URL(self._url + path).with_query(query)
        headers = bearer(self._key, method, API + path)
        async with self._session.request(method, url, json=body, headers=headers) as answer:
            text = await answer.text()
            if answer.status == 429:
                self.limited(float(answer.headers.get("Retry-After", "1")))
            if answer.status >= 500 or answer.status == 429:
                raise Unknown(f"{method} {path}: {answer.status}")
            return self.read(answer.status, text)

    def read(self, status: int, text: str) -> dict[str, Any]:
        """Return what an answer says."""
        if status >= 400:
            raise Refused(f"{status}: {text:.80}")
        try:
            said: dict[str, Any] = json.loads(text)
        except ValueError as error:
            raise Unknown(f"not JSON: {text:.80}") from error
        return said

    async def take_turn(self) -> None:
        """Wait until the next request may leave."""
        now = time.monotonic()
        pause = self._next - now
        self._next = max(self._next, now) + self.figures.real(1 / self.figures.rate)
        if pause > 0:
            await asyncio.sleep(pause)

    def limited(self, seconds: float) -> None:
        """Ask nothing for real seconds, because the exchange said so."""
        self._next = max(self._next, time.monotonic() + seconds + 0.05)

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()
