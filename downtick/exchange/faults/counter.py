"""The counter at which a request meets the ledger while faults are on.

::

    route ──place, edit, cancel──▶ Counter ──▶ fault ──▶ fault ──▶ the true ledger
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

from downtick.exchange.ledger import Ledger, Order, Refused, Ticket

if TYPE_CHECKING:
    from downtick.exchange.call import Call
    from downtick.exchange.faults.base import Fault
    from downtick.exchange.market import Book

Do = Callable[[], Order | Refused]
"""Does at the true ledger what was asked, past the faults that are still to be met."""


class Counter(Ledger):
    """The true ledger under another face: all that it has is the true one's, and faults stand before three of its verbs.

    Args:
        true: whose face it is.
        call: the request that is carried out.
        faults: in the order in which a request meets them.
    """

    __slots__ = ("_call", "_faults")

    def __init__(self, true: Ledger, call: Call, faults: Sequence[Fault]) -> None:
        self.__dict__ = true.__dict__
        self._call = call
        self._faults = faults

    def place(self, ticket: Ticket, at: int, book: Book) -> Order | Refused:
        """Place an order, as `Ledger.place`."""
        do: Do = partial(super().place, ticket, at, book)
        for fault in reversed(self._faults):
            do = partial(fault.place, self._call, ticket, do)
        return do()

    def edit(
        self,
        order_id: str,
        *,
        price: Decimal | None,
        size: Decimal | None,
        at: int,
        book: Book,
        stop_price: Decimal | None = None,
    ) -> Order | Refused:
        """Edit an order, as `Ledger.edit`."""
        edit = super().edit
        do: Do = partial(
            edit, order_id, price=price, size=size, at=at, book=book, stop_price=stop_price
        )
        for fault in reversed(self._faults):
            do = partial(fault.edit, self._call, order_id, do)
        return do()

    def cancel(self, order_id: str, at: int, *, queued: bool = False) -> Order | Refused:
        """Cancel an order, as `Ledger.cancel`."""
        do: Do = partial(super().cancel, order_id, at, queued=queued)
        for fault in reversed(self._faults):
            do = partial(fault.cancel, self._call, order_id, do)
        return do()
