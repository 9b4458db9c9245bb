"""The market: a seed or a tape makes events, and a state folds them. No clock, no I/O."""

from downtick.exchange.market.book import Book as Book
from downtick.exchange.market.candle import Candle as Candle
from downtick.exchange.market.candles import GRANULARITIES as GRANULARITIES
from downtick.exchange.market.clock import MarketClock as MarketClock
from downtick.exchange.market.events import BookChange as BookChange
from downtick.exchange.market.events import Level as Level
from downtick.exchange.market.events import MarketEvent as MarketEvent
from downtick.exchange.market.events import Quote as Quote
from downtick.exchange.market.events import Trade as Trade
from downtick.exchange.market.opening import Opening as Opening
from downtick.exchange.market.opening import Stats as Stats
from downtick.exchange.market.products import Product as Product
from downtick.exchange.market.seeded import SeededMarket as SeededMarket
from downtick.exchange.market.state import MarketState as MarketState
from downtick.exchange.market.state import Ticker as Ticker
from downtick.exchange.market.tape import TapeMarket as TapeMarket
