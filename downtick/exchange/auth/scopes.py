"""What a key may do."""

from __future__ import annotations

from typing import Final, Literal, get_args

Scope = Literal["view", "trade", "transfer"]
"""Coinbase's permissions of a key (docs: Get API Key Permissions: can_view, can_trade, can_transfer)."""

EVERY_SCOPE: Final[frozenset[Scope]] = frozenset(get_args(Scope))
