"""What trading costs the user, and what the user's key may do."""

from __future__ import annotations

from downtick.exchange.brokerage.request import Asked, data
from downtick.exchange.error_bodies import Answer
from downtick.exchange.figures import text
from downtick.exchange.ledger import FEE_TIERS, FeeTier


def transaction_summary(asked: Asked) -> Answer:
    """Answer ``/transaction_summary``. Volumes and fees are numbers here, not strings, as documented."""
    state = asked.venue.ledger.state
    tier, volume = state.fee_tier, float(state.volume_30d)
    fees = float(sum(fill.commission for fill in state.fills if not fill.voided))
    return data(
        {
            "total_volume": volume,
            "total_fees": fees,
            "fee_tier": {
                "pricing_tier": tier.name,
                "usd_from": text(tier.from_volume),
                "usd_to": _next_volume(tier),
                "taker_fee_rate": text(tier.taker),
                "maker_fee_rate": text(tier.maker),
                "aop_from": "",
                "aop_to": "",
            },
            "margin_rate": None,
            "goods_and_services_tax": None,
            "advanced_trade_only_volume": volume,
            "advanced_trade_only_fees": fees,
            "coinbase_pro_volume": 0,
            "coinbase_pro_fees": 0,
            "total_balance": "",
            "has_promo_fee": False,
        }
    )


def key_permissions(asked: Asked) -> Answer:
    """Answer ``/key_permissions``."""
    scopes = asked.granted.scopes
    return data(
        {
            "can_view": "view" in scopes,
            "can_trade": "trade" in scopes,
            "can_transfer": "transfer" in scopes,
            "portfolio_uuid": asked.venue.identity.portfolio_id,
            "portfolio_type": "DEFAULT",
        }
    )


def _next_volume(tier: FeeTier) -> str:
    """Return where the next tier begins; empty for the last one."""
    return next((text(t.from_volume) for t in FEE_TIERS if t.from_volume > tier.from_volume), "")
