"""Clients broken in one way each, as clients in the wild are. The tests must fail them.

Each is the client under test with one virtue taken away. Where a virtue only shows beside a common habit of
other clients, the habit is in the settings, and the sound client with the same settings is the control.
"""

from __future__ import annotations

import asyncio
from typing import Any

from bot_v2.features.brokerages.coinbase.streaming import (
    CoinbaseStreamingClient,
    State,
    StreamingSettings,
)
from bot_v2.features.brokerages.coinbase.streaming.backoff import Backoff
from bot_v2.features.brokerages.coinbase.streaming.losses import Loss
from bot_v2.features.brokerages.coinbase.streaming.sequence import Place, Sequence
from bot_v2.features.brokerages.coinbase.streaming.subscriptions import Wishes
from downtick.rig import Rig

NEVER = 1e6
"""Nominal seconds: longer than any test."""

LONG_WAITS = {"retry_cap": 60.0}
"""The usual cap of a back-off. With it, whether the back-off ever resets is a matter of a minute."""


def made(kind: type[CoinbaseStreamingClient], rig: Rig, **settings: Any) -> CoinbaseStreamingClient:
    """Make a client of a kind, otherwise as the sound one."""
    chosen = StreamingSettings(time_scale=rig.time_scale, **settings)
    return kind(rig.endpoints.market_wss, chosen, ca_file=rig.endpoints.ca_file, seed=rig.seed)


def patient(rig: Rig) -> CoinbaseStreamingClient:
    """Make the sound client, with long waits."""
    return made(CoinbaseStreamingClient, rig, **LONG_WAITS)


class _NeverResetting(Backoff):
    def reset(self) -> None:
        pass


class _BackoffNeverResets(CoinbaseStreamingClient):
    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self._backoff.__class__ = _NeverResetting


def backoff_never_resets(rig: Rig) -> CoinbaseStreamingClient:
    """Make a client whose waits only ever grow."""
    return made(_BackoffNeverResets, rig, **LONG_WAITS)


class _NoResubscribe(CoinbaseStreamingClient):
    def _lost(self, loss: Loss) -> None:
        super()._lost(loss)
        self._wishes = Wishes()


def no_resubscribe(rig: Rig) -> CoinbaseStreamingClient:
    """Make a client that connects again and forgets what it was subscribed to."""
    return made(_NoResubscribe, rig)


class _NormalClosureIsTheEnd(CoinbaseStreamingClient):
    async def _attempt(self) -> Loss:
        loss = await super()._attempt()
        if "1000" in loss.detail:
            self._enter(State.WAITING)
            await asyncio.Event().wait()
        return loss


def normal_closure_is_the_end(rig: Rig) -> CoinbaseStreamingClient:
    """Make a client that takes close code 1000 for a wish of its own."""
    return made(_NormalClosureIsTheEnd, rig)


def no_handshake_timeout(rig: Rig) -> CoinbaseStreamingClient:
    """Make a client that waits for the answer to its handshake for ever."""
    return made(CoinbaseStreamingClient, rig, open_timeout=NEVER)


def no_liveness(rig: Rig) -> CoinbaseStreamingClient:
    """Make a client that believes in its connection as long as pings are answered."""
    return made(
        CoinbaseStreamingClient,
        rig,
        silence_timeout=NEVER,
        heartbeat_timeout=NEVER,
        data_timeout=None,
    )


def no_pings(rig: Rig) -> CoinbaseStreamingClient:
    """Make a client that has no liveness and does not even ping."""
    return made(
        CoinbaseStreamingClient,
        rig,
        silence_timeout=NEVER,
        heartbeat_timeout=NEVER,
        data_timeout=None,
        ping_interval=NEVER,
    )


class _Careless(Sequence):
    def place(self, number: int) -> Place:
        return Place("next")


class _IgnoresGaps(CoinbaseStreamingClient):
    def _open_session(self) -> None:
        super()._open_session()
        assert self._session is not None
        self._session._sequence = _Careless()


def ignores_gaps(rig: Rig) -> CoinbaseStreamingClient:
    """Make a client that never looks at sequence numbers."""
    return made(_IgnoresGaps, rig)


def small_messages_only(rig: Rig) -> CoinbaseStreamingClient:
    """Make a client with the usual limit of 1 MiB for one message."""
    settings = StreamingSettings(time_scale=rig.time_scale, max_size=2**20)
    return CoinbaseStreamingClient(rig.endpoints.market_ws, settings, seed=rig.seed)


class _DropsNothing(Sequence):
    def place(self, number: int) -> Place:
        place = super().place(number)
        return Place("next") if place.kind in {"duplicate", "late"} else place


class _KeepsDuplicates(CoinbaseStreamingClient):
    def _open_session(self) -> None:
        super()._open_session()
        assert self._session is not None
        self._session._sequence = _DropsNothing()


def keeps_duplicates(rig: Rig) -> CoinbaseStreamingClient:
    """Make a client that delivers whatever comes, as often as it comes."""
    return made(_KeepsDuplicates, rig)
