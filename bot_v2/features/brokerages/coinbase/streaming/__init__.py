"""Coinbase's data by WebSocket, in either dialect, kept alive through whatever the network does.

::

    client.py         CoinbaseStreamingClient: the public face, and the task that connects again and again
      connection.py   one WebSocket connection: open, read, send, ping (all the I/O there is)
        session.py    what a connection's frames mean: frames in, messages and frames to send out (no I/O)
          dialects.py       what is said, and how what is heard is read: Advanced Trade
          exchange_words.py   the same for Coinbase Exchange
          messages.py       JSON to `Message`
          subscriptions.py  wished, asked, acknowledged
          sequence.py       gaps, duplicates, late frames
          liveness.py       when a peer that says nothing is dead
            pace.py         how long a channel is silent when all is well
          trades.py         trades already delivered
      backlog.py      what was received and not consumed yet
      backoff.py      how long to wait before the next attempt
      losses.py       why a connection ended, or did not come about
    settings.py, stats.py, errors.py
"""

from bot_v2.features.brokerages.coinbase.streaming.client import CoinbaseStreamingClient, State
from bot_v2.features.brokerages.coinbase.streaming.dialects import Dialect, Login, advanced_trade
from bot_v2.features.brokerages.coinbase.streaming.errors import (
    ClientClosed,
    ClientCrashed,
    StreamingError,
)
from bot_v2.features.brokerages.coinbase.streaming.exchange_words import exchange
from bot_v2.features.brokerages.coinbase.streaming.messages import Gap, Message
from bot_v2.features.brokerages.coinbase.streaming.settings import StreamingSettings
from bot_v2.features.brokerages.coinbase.streaming.stats import Stats

__all__ = [
    "ClientClosed",
    "ClientCrashed",
    "CoinbaseStreamingClient",
    "Dialect",
    "Gap",
    "Login",
    "Message",
    "State",
    "Stats",
    "StreamingError",
    "StreamingSettings",
    "advanced_trade",
    "exchange",
]
