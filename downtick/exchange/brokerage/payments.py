"""Payment methods: the user has none, and needs none."""

from __future__ import annotations

from downtick.exchange.brokerage.request import Asked, data, missing
from downtick.exchange.error_bodies import Answer


def payment_methods(asked: Asked) -> Answer:
    """Answer ``/payment_methods``."""
    return data({"payment_methods": []})


def payment_method(asked: Asked) -> Answer:
    """Answer ``/payment_methods/{payment_method_id}``."""
    raise missing("payment method not found")
