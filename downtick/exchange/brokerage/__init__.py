"""The REST routes of Advanced Trade: a table of paths, and behind each a small pure function."""

from downtick.exchange.brokerage.routes import Match as Match
from downtick.exchange.brokerage.routes import answer as answer
from downtick.exchange.brokerage.routes import find as find
