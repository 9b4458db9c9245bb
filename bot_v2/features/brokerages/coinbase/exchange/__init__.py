"""Coinbase Exchange, which was Coinbase Pro, over REST."""

from bot_v2.features.brokerages.coinbase.exchange.venue import RATES, Exchange

__all__ = ["RATES", "Exchange"]
