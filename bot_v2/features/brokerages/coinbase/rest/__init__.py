"""Coinbase's REST APIs by `requests`: nothing is sent twice by accident, and every end has its name.

::

    client.py       RestClient: reads until a deadline, sends once what changes something
      pace.py         how often may be asked; staying away after a 429
      attempt.py      one request on its way: given up, sent whole or not
      wire.py         requests, redirects, bodies: the I/O (blocking, in threads)
        connections.py  how far a request came
      verdicts.py     the table: what an answer, or the want of one, means
    jwt.py, hmac.py   who asks: Advanced Trade's tokens, Exchange's signatures (auth.py)
    call.py, settings.py
"""

from bot_v2.features.brokerages.coinbase.rest.auth import BadKey, Signer
from bot_v2.features.brokerages.coinbase.rest.call import Answer, Call, Reply
from bot_v2.features.brokerages.coinbase.rest.client import Impostor, NoTurn, RestClient
from bot_v2.features.brokerages.coinbase.rest.pace import Rate
from bot_v2.features.brokerages.coinbase.rest.settings import RestSettings
from bot_v2.features.brokerages.coinbase.rest.verdicts import Refused
from bot_v2.features.brokerages.coinbase.rest.wire import Wire

__all__ = [
    "Answer",
    "BadKey",
    "Call",
    "Impostor",
    "NoTurn",
    "Rate",
    "Refused",
    "Reply",
    "RestClient",
    "RestSettings",
    "Signer",
    "Wire",
]
