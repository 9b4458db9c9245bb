"""REST clients that are broken in one way each. What each does wrong stands in the catalogue."""

from __future__ import annotations

import json
import os
from typing import Any

import aiohttp

from chaos_tests.known_bad.bot.rest import Rest


class Ignores429(Rest):
    """Does not wait."""

    def limited(self, seconds: float) -> None:
        pass


class AsksWithoutLimit(Rest):
    """Asks for the price as fast as it can, before each request of the bot."""

    async def take_turn(self) -> None:
        if self._session is not None:
            for _ in range(200):
                async with self._session.get(f"{self._url}/market/products/BTC-USD") as answer:
                    await answer.read()


class NoTimeout(Rest):
    """Waits for an answer for ever."""

    def timeout(self) -> float | None:
        return None


class DiesOfHtml(Rest):
    """Takes whatever is answered for JSON, and goes down with what is not."""

    async def exchange(
        self, method: str, path: str, body: Any, query: dict[str, str]
    ) -> dict[str, Any]:
        try:
            return await super().exchange(method, path, body, query)
        except Exception as error:
            if "503" in str(error):
                os._exit(1)
            raise


class DiesOfHalfABody(Rest):
    """Goes down with an answer that ends too early."""

    async def exchange(
        self, method: str, path: str, body: Any, query: dict[str, str]
    ) -> dict[str, Any]:
        try:
            return await super().exchange(method, path, body, query)
        except (aiohttp.ClientPayloadError, json.JSONDecodeError):
            os._exit(1)
