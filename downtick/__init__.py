"""downtick: chaos engineering for trading bots.

Toxiproxy sits between a trading bot and an exchange; a declared fault profile is played on the wire and
inside the exchange; everything that happens goes into one history.
"""

__version__ = "0.1.0"
