"""How Coinbase says no to an order: with HTTP 200, ``success: false`` and names for the reason.

Most reasons are found while the order is previewed; their names then have a twin that begins with ``PREVIEW_``
(docs: Create Order, ``NewOrderFailureReason`` and ``PreviewFailureReason``; bodies as clients have logged them:
ccxt issue 25217, coinbase-advancedtrade-python tests).
"""

from __future__ import annotations

from typing import Any, Final

from downtick.exchange.ledger import Refused

_UNKNOWN: Final = "UNKNOWN_FAILURE_REASON"
_NO_PREVIEW: Final = "UNKNOWN_PREVIEW_FAILURE_REASON"
_NO_EDIT: Final = "UNKNOWN_EDIT_ORDER_FAILURE_REASON"

# The preview knows these under another name, or they are names of the preview alone.
_TWINS: Final = {
    "UNSUPPORTED_ORDER_CONFIGURATION": "PREVIEW_INVALID_ORDER_CONFIG",
    "STOP_ALREADY_TRIGGERED": "PREVIEW_STOP_TRIGGERED",
}
_PREVIEW_ONLY: Final = frozenset(
    (
        "BRACKET_ORDER_SIZE_EXCEEDS_POSITION",
        "BREACHED_PRICE_LIMIT",
        "CLOSE_ONLY_FAILURE",
        "INSUFFICIENT_FUNDS_FOR_FUTURES",
        "INSUFFICIENT_LEDGER_BALANCE",
        "INVALID_BASE_SIZE_TOO_LARGE",
        "INVALID_BASE_SIZE_TOO_SMALL",
        "INVALID_BRACKET_ORDER_SIDE",
        "INVALID_END_TIME",
        "INVALID_LIMIT_PRICE_PRECISION",
        "INVALID_MARGIN_HEALTH",
        "INVALID_ORDER_CONFIG",
        "INVALID_PRICE_TOO_LARGE",
        "INVALID_QUOTE_SIZE_PRECISION",
        "INVALID_QUOTE_SIZE_TOO_LARGE",
        "INVALID_QUOTE_SIZE_TOO_SMALL",
        "INVALID_STOP_PRICE",
        "INVALID_STOP_PRICE_PRECISION",
        "INVALID_STOP_TRIGGER_PRICE_PRECISION",
        "MISSING_PRODUCT_PRICE_BOOK",
        "NON_NUMERIC_ORDER_SIZE",
        "NOT_ALLOWED_BY_MARKET_STATE",
        "STOP_PRICE_ABOVE_LAST_TRADE_PRICE",
        "STOP_PRICE_ABOVE_LIMIT_PRICE",
        "STOP_PRICE_BELOW_LAST_TRADE_PRICE",
        "STOP_PRICE_BELOW_LIMIT_PRICE",
    )
)
# The preview does not know these: they come up when the order is placed, or closed.
_ORDER_ONLY: Final = frozenset(
    (
        "CANNOT_CLOSE_ZERO_POSITION",
        "COMMANDER_REJECTED_NEW_ORDER",
        "DUPLICATE_CLIENT_ORDER_ID",
        "INELIGIBLE_PAIR",
        "INSUFFICIENT_FUNDS",
        "INVALID_REQUEST",
        "INVALID_UNSUPPORTED_INSTRUMENT",
        "MODIFY_POSITION_WORKFLOW_ALREADY_RUNNING",
        "OPEN_BRACKET_ORDERS",
        "ORDER_ENTRY_DISABLED",
    )
)
_MESSAGES: Final = {
    "INSUFFICIENT_FUND": "Insufficient balance in source account",
    "INVALID_PRICE_PRECISION": "Too many decimals in order price",
    "INVALID_PRODUCT_ID": "Invalid product_id",
    "INVALID_SIZE_PRECISION": "Too many decimals in order amount",
}
"""What the live API says, where that is known; the ledger's own words elsewhere."""


def preview_reason(reason: str) -> str:
    """Return a reason's name in a preview; the name for an unknown one if a preview does not know it."""
    if reason in _ORDER_ONLY:
        return _NO_PREVIEW
    if reason.startswith("PREVIEW_"):
        return reason
    return _TWINS.get(reason, f"PREVIEW_{reason}")


def order_error(refused: Refused) -> dict[str, str]:
    """Return the ``error_response`` of an order that was not placed."""
    reason = refused.reason.removeprefix("PREVIEW_")
    preview = preview_reason(reason)
    return {
        "error": _UNKNOWN if reason in _PREVIEW_ONLY else reason,
        "message": _MESSAGES.get(reason, refused.message),
        "error_details": "",
        "preview_failure_reason": preview,
        "new_order_failure_reason": reason if preview == _NO_PREVIEW else _UNKNOWN,
    }


def edit_error(refused: Refused) -> dict[str, str]:
    """Return one of the ``errors`` of an edit."""
    reason = refused.reason.removeprefix("PREVIEW_")
    if reason in EDIT_REASONS:
        return {"edit_failure_reason": reason, "preview_failure_reason": ""}
    return {"edit_failure_reason": _NO_EDIT, "preview_failure_reason": preview_reason(reason)}


def cancel_result(order_id: str, refused: Refused | None) -> dict[str, Any]:
    """Return one of the ``results`` of a batch cancel."""
    return {
        "success": refused is None,
        "failure_reason": refused.reason if refused else "UNKNOWN_CANCEL_FAILURE_REASON",
        "order_id": order_id,
    }


EDIT_REASONS: Final = frozenset(
    (
        "CANNOT_EDIT_FUTURES_ORDER",
        "CANNOT_EDIT_ORDER_PENDING_CANCEL",
        "CANNOT_EDIT_STOP_PRICE_FOR_TRIGGERED_ORDER",
        "CANNOT_EDIT_TO_BELOW_FILLED_SIZE",
        "CANNOT_EDIT_TRIGGERED_ORDER",
        "COMMANDER_REJECTED_EDIT_ORDER",
        "EDIT_REQUEST_EQUAL_TO_ORIGINAL_REQUEST",
        "EXCEEDED_MAX_ALLOWED_EDIT_REQUEST_COUNT",
        "FIELD_STOPPRICE_NOT_SUPPORTED",
        "INVALID_EDITED_PRICE",
        "INVALID_EDITED_SIZE",
        "INVALID_EDITED_STOP_PRICE",
        "INVALID_ORIGINAL_SIZE",
        "ONLY_LIMIT_ORDER_EDITS_SUPPORTED",
        "ONLY_OPEN_ORDERS_CAN_BE_EDITED",
        "ORDER_EDIT_ORDER_TYPE_NOT_SUPPORTED",
        "ORDER_IS_ALREADY_BEING_REPLACED",
        "ORDER_NOT_FOUND",
        "SIZE_IN_QUOTE_EDITS_NOT_ALLOWED",
        "STRATEGY_NOT_SUPPORTED",
    )
)
"""Names of an edit's own (docs: Edit Order); other reasons are those of an order's preview."""
