"""Faults of the doors: connections, handshakes, subscriptions."""

from __future__ import annotations

from typing import Final

from downtick.exchange.fault_words.parts import (
    BODY,
    CONNECTIONS,
    DATA_CHANNELS,
    LISTENERS,
    RETRY_AFTER,
    duration,
    spec,
    status,
)
from downtick.profiles.vocabulary import Attribute, FaultSpec

_FEEDS: Final = tuple(name for name in LISTENERS if name != "rest")


def _listener(
    doc: str, *, choices: tuple[str, ...] = LISTENERS, default: str = "market_ws"
) -> Attribute:
    return Attribute("listener", "text", default=default, choices=choices, doc=doc)


DOOR_FAULTS: Final[tuple[FaultSpec, ...]] = (
    spec(
        "refuse_upgrade",
        status(503),
        BODY,
        RETRY_AFTER,
        CONNECTIONS,
        doc="WebSocket handshakes are answered with an HTTP error; open connections flow on",
    ),
    spec(
        "refuse_connections",
        Attribute(
            "how",
            "text",
            default="refuse",
            choices=("refuse", "hang"),
            doc="refuse: reset as soon as accepted; hang: accepted, and then never a byte",
        ),
        _listener("the door that takes nobody new"),
        CONNECTIONS,
        doc="new connections are refused or hang; open ones flow on",
    ),
    spec(
        "slow_accept",
        duration("delay", 5.0, "before a new connection's handshake is answered"),
        _listener("the door that is slow"),
        CONNECTIONS,
        doc="new connections are taken by the kernel, and their TLS or HTTP handshake waits",
    ),
    spec(
        "connection_limit",
        Attribute("most", "integer", default=1, minimum=0, maximum=10_000, doc="open connections"),
        _listener("the door that has a limit", choices=_FEEDS),
        BODY,
        RETRY_AFTER,
        doc="WebSocket handshakes are answered 429 while so many connections are open",
    ),
    spec(
        "channel_gone",
        _listener("the door", choices=_FEEDS, default="user_ws"),
        Attribute(
            "channels",
            "list",
            default=(),
            choices=(*DATA_CHANNELS, "heartbeats", "user", "futures_balance_summary"),
            doc="whose subscriptions get an error; none means that every handshake on the door gets 410",
        ),
        doc="a door or its channels are gone for new subscribers; what is open flows on",
    ),
    spec(
        "scheduled_restart",
        Attribute(
            "new_certificate",
            "boolean",
            default=False,
            doc="whether the exchange comes back with another certificate of the same authority",
        ),
        selectors=False,
        doc="every WebSocket is closed with 1001, every other connection too, and new ones are refused until it ends",
    ),
)
