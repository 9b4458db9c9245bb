"""``cancel_only``: books are back, but nothing new is taken (Coinbase, 2026-05-08 06:25 to 07:49 UTC, its post-mortem)."""

from collections.abc import Mapping
from typing import ClassVar

from downtick.exchange.faults.product_state import ProductState


class CancelOnly(ProductState):
    """Orders can be cancelled and nothing else; none is matched."""

    name = "cancel_only"
    flags: ClassVar[Mapping[str, bool]] = {"cancel_only": True}
