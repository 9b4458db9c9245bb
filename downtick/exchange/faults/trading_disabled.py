"""``trading_disabled``: a product that is listed and not traded (OKX halted its books, 2023-03-17 08:49 to 09:18 UTC)."""

from collections.abc import Mapping
from typing import ClassVar

from downtick.exchange.faults.product_state import ProductState


class TradingDisabled(ProductState):
    """Orders are refused and none is matched; ``trading_disabled`` says so."""

    name = "trading_disabled"
    flags: ClassVar[Mapping[str, bool]] = {"trading_disabled": True}
