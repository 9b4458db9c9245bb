"""Coinbase Advanced Trade over REST."""

from bot_v2.features.brokerages.coinbase.advanced_trade.venue import RATES, AdvancedTrade

__all__ = ["RATES", "AdvancedTrade"]
