"""How Coinbase writes figures: plain digits in a string."""

from __future__ import annotations

from decimal import Decimal


def text(figure: Decimal) -> str:
    """Return a figure without exponent and without trailing zeros: ``0.00000043``, ``126296``."""
    digits = str(figure)
    if "E" in digits:
        digits = f"{figure:f}"
    return digits.rstrip("0").rstrip(".") if "." in digits else digits
