"""How an order is placed and cancelled: within a bounded time, under one name, and never blindly twice.

::

    submit ──▶ placed ──▶ look it up ──▶ report
      ├─ not done, and worth trying again ──▶ wait ──▶ submit
      ├─ not done, and final ──▶ raise it; or Unknown, if an earlier attempt may have arrived
      ├─ unknown ──▶ wait ──▶ insist: look for it, then the same name again where that is one order
      └─ its name is taken ──▶ wait ──▶ look for it
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from bot_v2.features.brokerages.broker import (
    NotDone,
    OrderReport,
    OrderRequest,
    RateLimited,
    Unavailable,
    Unknown,
)
from bot_v2.features.brokerages.coinbase.rest import Impostor, NoTurn
from bot_v2.features.brokerages.coinbase.streaming.backoff import Backoff
from bot_v2.features.brokerages.coinbase.venue import NameTaken, Venue

logger = logging.getLogger(__name__)

T = TypeVar("T")


@dataclass(frozen=True)
class Patience:
    """How long it may take, in real seconds.

    Attributes:
        whole: with all attempts.
        answer: that an answer may take. What is surely not done is not begun anew with less time left: it would
            trade on an old price, and end in doubt for want of time.
    """

    whole: float
    answer: float


async def place(
    venue: Venue, request: OrderRequest, patience: Patience, backoff: Backoff
) -> OrderReport:
    """Place an order, or return the one that was placed under its name before.

    Raises:
        NotDone: no attempt reached it.
        Unknown: one may have.
    """
    venue.check(request)
    name, started = request.client_order_id, time.time()
    taken = False

    async def attempt(doubt: Unknown | None, deadline: float) -> OrderReport:
        nonlocal taken
        if taken:
            found = await venue.order_named(name, started, deadline)
            if found is None:
                raise Unknown(f"order {name} is said to be there, and is not to be seen")
            return found
        try:
            if doubt is None:
                order_id = await venue.submit(request, deadline)
            else:
                order_id = await venue.insist(request, started, deadline)
        except NameTaken:
            taken = True
            raise Unknown(f"order {name} is said to be there already") from None
        return await _as_it_stands(venue, request, order_id, patience.answer)

    return await _until_settled(attempt, patience, backoff)


async def cancel(venue: Venue, order_id: str, patience: Patience, backoff: Backoff) -> None:
    """Ask for the end of an order; that twice is not more than once.

    Raises:
        NotDone: no attempt reached it.
        Unknown: one may have.
    """

    async def attempt(_: Unknown | None, deadline: float) -> None:
        await venue.cancel(order_id, deadline)

    await _until_settled(attempt, patience, backoff)


async def _until_settled(
    attempt: Callable[[Unknown | None, float], Awaitable[T]], patience: Patience, backoff: Backoff
) -> T:
    """Make attempts until one settles it, or the time is over.

    An attempt is told whether an earlier one may have arrived. Once one may have, nothing that a later one
    meets can say that it was not carried out.
    """
    deadline = time.monotonic() + patience.whole
    doubt: Unknown | None = None
    refusal: NotDone | None = None
    while True:
        try:
            return await attempt(doubt, deadline)
        except Unknown as error:
            doubt, refusal = error, None
        except NoTurn as error:
            refusal = refusal or error
        except (Unavailable, RateLimited) as error:
            if isinstance(error, Impostor) and doubt is None:
                raise
            refusal = error
        except NotDone as error:
            if doubt is None:
                raise
            raise Unknown(f"{doubt}; then: {error}") from error
        wait = max(backoff.wait(), getattr(refusal, "retry_after", None) or 0.0)
        latest = deadline if doubt else deadline - patience.answer
        if time.monotonic() + wait >= latest:
            raise doubt or refusal or AssertionError
        logger.info("again in %.2f s: %s", wait, doubt or refusal)
        await asyncio.sleep(wait)


async def _as_it_stands(
    venue: Venue, request: OrderRequest, order_id: str, seconds: float
) -> OrderReport:
    """Return what became of an order that was placed; as it was placed, if nobody tells more."""
    try:
        found = await venue.order(order_id, time.monotonic() + seconds)
    except NotDone as error:
        logger.info("order %s is placed, and could not be looked up: %s", order_id, error)
        found = None
    if found is not None:
        return found
    return OrderReport(
        order_id=order_id,
        client_order_id=request.client_order_id,
        symbol=request.symbol,
        side=request.side,
        quantity=request.quantity,
        filled=Decimal(0),
        average_price=None,
        status="open",
        limit_price=request.limit_price,
    )
