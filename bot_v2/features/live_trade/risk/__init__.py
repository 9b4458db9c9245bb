"""Which orders may be sent.

::

    policy.py       OrderPolicy: the layers, in their order
      liquidity.py    LiquidityService: is there a market
      gates.py        RiskGateValidator: position, exposure, size, price age, daily loss, unknown orders
        limits.py       RiskLimits
        view.py         RiskView: what the gates look at
    outcome.py      Refusal, OrderResult
"""

from bot_v2.features.live_trade.risk.gates import RiskGateValidator
from bot_v2.features.live_trade.risk.limits import RiskLimits
from bot_v2.features.live_trade.risk.liquidity import LiquidityService, LiquiditySettings
from bot_v2.features.live_trade.risk.outcome import OrderResult, Refusal
from bot_v2.features.live_trade.risk.policy import Execution, Market, OrderPolicy, Outlook
from bot_v2.features.live_trade.risk.view import Holding, RiskView, SeenPrice

__all__ = [
    "Execution",
    "Holding",
    "LiquidityService",
    "LiquiditySettings",
    "Market",
    "OrderPolicy",
    "OrderResult",
    "Outlook",
    "Refusal",
    "RiskGateValidator",
    "RiskLimits",
    "RiskView",
    "SeenPrice",
]
