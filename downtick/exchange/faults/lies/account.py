"""Lies about what the user has and wants: no money, no open orders."""

from __future__ import annotations

from typing import Any

from downtick.exchange.call import Call
from downtick.exchange.faults.lies.lie import Lie
from downtick.exchange.faults.telling import objects, price, put
from downtick.exchange.frames import Body

_OVER = frozenset(("FILLED", "CANCELLED", "EXPIRED", "FAILED", "done", "settled", "rejected"))
_ORDER_LISTS = ("orders/historical/batch", "orders")


class ZeroBalances(Lie):
    """Every account holds nothing (Coinbase, 2024-02-28: 200, and all balances zero, for hours)."""

    name = "zero_balances"

    def answer(self, call: Call, told: Any) -> bool:
        """Empty the accounts of either dialect."""
        return sum([self._empty(found) for found, _ in objects(told)]) > 0

    @staticmethod
    def _empty(account: dict[str, Any]) -> bool:
        if "available_balance" in account:
            amounts = [(account[k], "value") for k in ("available_balance", "hold") if k in account]
        elif "balance" in account and "available" in account:
            amounts = [(account, k) for k in ("balance", "available", "hold") if k in account]
        else:
            return False
        return sum([put(holder, k, "0") for holder, k in amounts if price(holder[k])]) > 0


class EmptyOrders(Lie):
    """No order is open (Coinbase, 2021-04-27: empty open orders)."""

    name = "empty_orders"
    channels = frozenset(("user",))

    def answer(self, call: Call, told: Any) -> bool:
        """Leave the open orders out of a list of orders."""
        if call.method != "GET" or not call.path.rstrip("/").endswith(_ORDER_LISTS):
            return False
        if isinstance(told, list):
            return self._leave_out(told)
        return self._leave_out(told.get("orders") or [])

    def frame(self, body: Body, told: Any) -> bool:
        """Leave them out of the snapshot that a subscription begins with."""
        if body.type != "snapshot":
            return False
        return sum([self._leave_out(event.get("orders") or []) for event in told["events"]]) > 0

    def _leave_out(self, orders: list[dict[str, Any]]) -> bool:
        kept = [o for o in orders if o["status"] in _OVER or not self.concerns(o["product_id"])]
        changed = len(kept) < len(orders)
        orders[:] = kept
        return changed
