"""Acting by hand on links and exchange of a run, beside what its profile does."""

from __future__ import annotations

import asyncio
from typing import Any

from downtick.arena import protocol
from downtick.arena.channel import Channel


class Acting:
    """A run that one can act on, once it is up."""

    _channel: Channel | None

    async def inject(
        self,
        link: str,
        fault: str,
        *,
        stream: str = "downstream",
        toxicity: float = 1.0,
        **attributes: Any,
    ) -> dict[str, Any]:
        """Start a toxic or a link fault by hand, and return what Toxiproxy answered.

        Raises:
            ToxicError: its attributes are wrong.
            NotArmed: a reset on a link that can only close.
            RigError: Toxiproxy did not do it.
        """
        request = protocol.Inject(link, fault, attributes, stream, toxicity)
        echo: dict[str, Any] = await self._ask(request, dict[str, Any])
        return echo

    async def heal(
        self, link: str, fault: str | None = None, *, stream: str = "downstream"
    ) -> None:
        """End a toxic or a link fault; without a name, everything on that link."""
        await self._ask(protocol.Heal(link, fault, stream), None)

    async def exchange_fault(
        self, name: str, *, selectors: dict[str, Any] | None = None, **attributes: Any
    ) -> int:
        """Start an exchange fault by hand, and return its handle for `end_exchange_fault`."""
        request = protocol.StartExchangeFault(name, attributes, selectors or {})
        handle: int = await self._ask(request, int)
        return handle

    async def end_exchange_fault(self, handle: int) -> None:
        """End an exchange fault."""
        await self._ask(protocol.StopExchangeFault(handle), None)

    async def _ask(self, request: protocol.Request, answer: Any) -> Any:
        assert self._channel is not None
        return await asyncio.to_thread(self._channel.ask, request, answer=answer)
