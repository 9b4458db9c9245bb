"""US futures: the balance behind them, and the positions in contracts of Coinbase Derivatives."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from downtick.exchange.brokerage.request import Asked, bad, data, missing
from downtick.exchange.brokerage.shapes import money, settlement
from downtick.exchange.error_bodies import Answer
from downtick.exchange.figures import text
from downtick.exchange.margin import Holding, Mark, futures_balance, holdings

Setting = Literal[
    "INTRADAY_MARGIN_SETTING_UNSPECIFIED",
    "INTRADAY_MARGIN_SETTING_STANDARD",
    "INTRADAY_MARGIN_SETTING_INTRADAY",
]


class _Setting(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Body of Set Intraday Margin Setting."""

    setting: Setting = "INTRADAY_MARGIN_SETTING_UNSPECIFIED"


class _Sweep(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Body of Schedule Futures Sweep."""

    usd_amount: str = ""


def balance_summary(asked: Asked) -> Answer:
    """Answer ``/cfm/balance_summary``. Margins are the same by day and by night here."""
    balance = futures_balance(asked.venue.ledger.state, marks(asked))
    plain = "liquidation_buffer_percentage"
    told: dict[str, Any] = {
        name: text(figure) if name == plain else money(figure, "USD")
        for name, figure in msgspec.structs.asdict(balance).items()
    }
    for name in ("intraday", "overnight"):
        told[f"{name}_margin_window_measure"] = {
            "margin_window_type": f"FCM_MARGIN_WINDOW_TYPE_{name.upper()}",
            "margin_level": "MARGIN_LEVEL_TYPE_BASE",
            "initial_margin": told["initial_margin"],
            "maintenance_margin": told["liquidation_threshold"],
            "liquidation_buffer_percentage": told[plain],
            "total_hold": told["total_open_orders_hold_amount"],
            "futures_buying_power": told["futures_buying_power"],
        }
    return data({"balance_summary": told})


def positions(asked: Asked) -> Answer:
    """Answer ``/cfm/positions``."""
    return data({"positions": [_position(holding) for holding in _held(asked)]})


def position(asked: Asked) -> Answer:
    """Answer ``/cfm/positions/{product_id}``."""
    for holding in _held(asked):
        if holding.position.product_id == asked.names[0]:
            return data({"position": _position(holding)})
    raise missing("position not found")


def sweeps(asked: Asked) -> Answer:
    """Answer ``/cfm/sweeps``: money never has to be moved here, as there is one balance for everything."""
    return data({"sweeps": []})


def schedule_sweep(asked: Asked) -> Answer:
    """Answer ``POST /cfm/sweeps/schedule``."""
    asked.body(_Sweep)
    raise bad("no funds available to sweep")


def cancel_sweep(asked: Asked) -> Answer:
    """Answer ``DELETE /cfm/sweeps``: none is pending."""
    return data({"success": False})


def margin_setting(asked: Asked) -> Answer:
    """Answer ``/cfm/intraday/margin_setting``."""
    return data({"setting": "INTRADAY_MARGIN_SETTING_STANDARD"})


def set_margin_setting(asked: Asked) -> Answer:
    """Answer ``POST /cfm/intraday/margin_setting``: margins are the same all day."""
    if asked.body(_Setting).setting != "INTRADAY_MARGIN_SETTING_STANDARD":
        raise bad("setting is invalid")
    return data({})


def margin_window(asked: Asked) -> Answer:
    """Answer ``/cfm/intraday/current_margin_window``."""
    return data(
        {
            "margin_window": {
                "margin_window_type": "FCM_MARGIN_WINDOW_TYPE_INTRADAY",
                "end_time": "0001-01-01T00:00:00Z",
            },
            "is_intraday_margin_killswitch_enabled": False,
            "is_intraday_margin_enrollment_killswitch_enabled": False,
        }
    )


def marks(asked: Asked) -> Mark:
    """Return what tells the price at which a product is valued: that of its last trade."""
    market = asked.venue.market
    return lambda product_id: market.ticker(product_id).price


def _held(asked: Asked) -> list[Holding]:
    found = holdings(asked.venue.ledger.state, marks(asked))
    return [holding for holding in found if holding.product.contract_expiry_type == "EXPIRING"]


def _position(holding: Holding) -> dict[str, str]:
    position = holding.position
    return {
        "product_id": position.product_id,
        "expiration_time": settlement(holding.product),
        "side": "LONG" if position.size > 0 else "SHORT",
        "number_of_contracts": text(abs(position.size)),
        "current_price": text(holding.mark),
        "avg_entry_price": text(position.entry_price),
        "unrealized_pnl": text(holding.unrealized),
        "daily_realized_pnl": "0",
    }
