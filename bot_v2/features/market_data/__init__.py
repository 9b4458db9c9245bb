"""Market data: mark prices with their true age, by stream as long as it can be trusted, else over REST.

::

    service.py    MarketDataService: the public face; reads the stream, asks REST, looks at the clock (all the I/O)
      reading.py    messages and quotes to figures and times
      clocks.py     our clock and the exchange's: how old a price is at most
      core.py       ticks, gaps and instants in; prices, modes and what to ask for out (no I/O, no clock)
        belief.py     what is believed of one product's price
        health.py     how the stream does
        trust.py      whether the stream is trusted: the state machine behind the mode
      polling.py    when to ask for which product over REST
      telling.py    logs and metrics
    price.py, settings.py, doors.py (what is needed of a stream, a broker, metrics)
"""

from bot_v2.features.market_data.core import Mode
from bot_v2.features.market_data.doors import Metrics, PriceStream, QuoteSource, TellsTime
from bot_v2.features.market_data.price import Price
from bot_v2.features.market_data.service import MarketDataService
from bot_v2.features.market_data.settings import MarketDataSettings

__all__ = [
    "MarketDataService",
    "MarketDataSettings",
    "Metrics",
    "Mode",
    "Price",
    "PriceStream",
    "QuoteSource",
    "TellsTime",
]
