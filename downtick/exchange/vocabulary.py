"""The exchange faults and triggers that a profile may name, in the terms of `downtick.profiles.vocabulary`.

What each fault does stands in its own file in `downtick/exchange/faults/`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from downtick.exchange.fault_words.answers import ANSWER_FAULTS
from downtick.exchange.fault_words.doors import DOOR_FAULTS
from downtick.exchange.fault_words.feed import FEED_FAULTS
from downtick.exchange.fault_words.ledger import LEDGER_FAULTS
from downtick.exchange.fault_words.lies import LIE_FAULTS
from downtick.exchange.fault_words.products import PRODUCT_FAULTS
from downtick.exchange.fault_words.user import USER_FAULTS
from downtick.profiles.vocabulary import FaultSpec

TRIGGERS: Final = (
    "exchange.ticks",  # ticker frames sent to a feed connection, snapshots included
    "exchange.trades",  # market_trades frames sent
    "exchange.heartbeats",  # heartbeats frames sent
    "exchange.frames",  # frames of any channel sent
    "exchange.connections",  # WebSocket connections upgraded
    "exchange.subscriptions",  # subscribe messages accepted
    "exchange.requests",  # REST requests received
)
"""What ``when`` may count. Counting starts when the step is armed, over all connections together."""

EXCHANGE_FAULTS: Final[Mapping[str, FaultSpec]] = {
    spec.name: spec
    for spec in (
        *FEED_FAULTS,
        *DOOR_FAULTS,
        *ANSWER_FAULTS,
        *LIE_FAULTS,
        *PRODUCT_FAULTS,
        *LEDGER_FAULTS,
        *USER_FAULTS,
    )
}
