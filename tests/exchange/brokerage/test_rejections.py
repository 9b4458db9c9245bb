"""A refusal has Coinbase's names for its reason: of an order, of its preview, of an edit, of a cancel."""

from __future__ import annotations

import pytest

from downtick.exchange.brokerage.rejections import (
    cancel_result,
    edit_error,
    order_error,
    preview_reason,
)
from downtick.exchange.ledger import ORDER_REASONS, Refused


def test_an_order_that_its_preview_refuses() -> None:
    """As the sandbox answers: the reason stands as error and, with PREVIEW_, as preview_failure_reason."""
    assert order_error(Refused("INSUFFICIENT_FUND", "in the ledger's words")) == {
        "error": "INSUFFICIENT_FUND",
        "message": "Insufficient balance in source account",
        "error_details": "",
        "preview_failure_reason": "PREVIEW_INSUFFICIENT_FUND",
        "new_order_failure_reason": "UNKNOWN_FAILURE_REASON",
    }


def test_a_reason_that_only_previews_have() -> None:
    """As logged by clients: the error is then an unknown one (ccxt issue 25217)."""
    told = order_error(Refused("STOP_PRICE_BELOW_LAST_TRADE_PRICE", "words"))
    assert told["error"] == "UNKNOWN_FAILURE_REASON"
    assert told["preview_failure_reason"] == "PREVIEW_STOP_PRICE_BELOW_LAST_TRADE_PRICE"
    assert told["message"] == "words"


def test_a_reason_that_only_orders_have() -> None:
    """A preview cannot know it: it stands in new_order_failure_reason."""
    told = order_error(Refused("ORDER_ENTRY_DISABLED", ""))
    assert told["error"] == told["new_order_failure_reason"] == "ORDER_ENTRY_DISABLED"
    assert told["preview_failure_reason"] == "UNKNOWN_PREVIEW_FAILURE_REASON"


@pytest.mark.parametrize("reason", sorted(ORDER_REASONS))
def test_the_ledgers_reasons_for_orders_are_errors(reason: str) -> None:
    """What the ledger takes for a reason of an order is told as one."""
    assert order_error(Refused(reason, ""))["error"] == reason


@pytest.mark.parametrize(
    ("reason", "twin"),
    [
        ("UNSUPPORTED_ORDER_CONFIGURATION", "PREVIEW_INVALID_ORDER_CONFIG"),
        ("INVALID_PRICE_PRECISION", "PREVIEW_INVALID_PRICE_PRECISION"),
        ("PREVIEW_INVALID_SIDE", "PREVIEW_INVALID_SIDE"),
        ("DUPLICATE_CLIENT_ORDER_ID", "UNKNOWN_PREVIEW_FAILURE_REASON"),
    ],
)
def test_the_name_in_a_preview(reason: str, twin: str) -> None:
    """Most names have a twin, some another one, some none."""
    assert preview_reason(reason) == twin


def test_an_edit() -> None:
    """An edit has names of its own; any other reason is its preview's."""
    assert edit_error(Refused("ORDER_NOT_FOUND", "")) == {
        "edit_failure_reason": "ORDER_NOT_FOUND",
        "preview_failure_reason": "",
    }
    assert edit_error(Refused("INSUFFICIENT_FUND", "")) == {
        "edit_failure_reason": "UNKNOWN_EDIT_ORDER_FAILURE_REASON",
        "preview_failure_reason": "PREVIEW_INSUFFICIENT_FUND",
    }


def test_a_cancel() -> None:
    """One that is done has a reason too: the unknown one."""
    assert cancel_result("o-1", None) == {
        "success": True,
        "failure_reason": "UNKNOWN_CANCEL_FAILURE_REASON",
        "order_id": "o-1",
    }
    assert cancel_result("o-2", Refused("UNKNOWN_CANCEL_ORDER", "")) == {
        "success": False,
        "failure_reason": "UNKNOWN_CANCEL_ORDER",
        "order_id": "o-2",
    }
