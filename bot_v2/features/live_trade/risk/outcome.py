"""Why an order is not sent, and what became of one that was asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bot_v2.features.brokerages.broker import OrderReport


@dataclass(frozen=True)
class Refusal:
    """An order that is not sent.

    Attributes:
        reason: its short name: ``position_limit``.
        message: for people, with the figures by which it was judged.
    """

    reason: str
    message: str

    def __str__(self) -> str:
        return f"{self.reason}: {self.message}"


@dataclass(frozen=True)
class OrderResult:
    """What became of an order.

    Attributes:
        status: ``accepted``: it stands at the broker. ``filled``: wholly. ``rejected``: there is no such order.
            ``unknown``: there may be one; it is being asked for.
        client_order_id: our name for it, or None if it was refused before it had one.
        rejection_reason: the refusal's name and message, or None.
        order_id: the broker's name for it, once known.
        report: what the broker said of it last, or None.
    """

    status: Literal["accepted", "filled", "rejected", "unknown"]
    client_order_id: str | None = None
    rejection_reason: str | None = None
    order_id: str | None = None
    report: OrderReport | None = None

    @classmethod
    def refused(cls, refusal: Refusal, client_order_id: str | None = None) -> OrderResult:
        """Return the result of an order that is not sent, or that the broker refused."""
        return cls("rejected", client_order_id, rejection_reason=str(refusal))

    @classmethod
    def reported(cls, report: OrderReport) -> OrderResult:
        """Return the result of an order that stands at the broker, or that was there.

        One that ended with nothing filled counts as rejected.
        """
        reason = None
        status: Literal["accepted", "filled", "rejected"] = "accepted"
        if report.status == "filled":
            status = "filled"
        elif report.over and not report.filled:
            status, reason = "rejected", f"order_{report.status}: nothing of it was filled"
        return cls(status, report.client_order_id, reason, report.order_id, report)
