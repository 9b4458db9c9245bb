"""Faults of products: what may be done with them, and whether they are there."""

from __future__ import annotations

from typing import Final

from downtick.exchange.fault_words.parts import duration, spec
from downtick.profiles.vocabulary import Attribute, FaultSpec

PRODUCT_FAULTS: Final[tuple[FaultSpec, ...]] = (
    spec(
        "cancel_only",
        doc="orders can be cancelled and nothing else, and the products say so; selectors count new and edited orders",
    ),
    spec(
        "trading_disabled",
        doc="products are not traded, and say so; selectors count new and edited orders",
    ),
    spec(
        "staged_reopening",
        duration("cancel_only", 30.0, "the first stage: orders can only be cancelled"),
        duration("post_only", 30.0, "the second stage: only post-only orders are taken"),
        doc="products open in stages, each with rejections of its own; open when both are over, or when the step ends",
    ),
    spec(
        "order_entry_disabled",
        doc="new and edited orders are refused; cancels work, and products look as always",
    ),
    spec(
        "product_vanished",
        Attribute("product_id", "text", required=True, doc="the product that is gone"),
        doc="a product is gone from every list and from the market feed; its open orders are not",
    ),
)
