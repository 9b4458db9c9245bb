"""What a ticket would do now: matches at once, what is held, what rests; or why it is refused."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

import msgspec

from downtick.exchange.ledger import rules
from downtick.exchange.ledger.fees import commission_on, fee_rates, needed, value_of
from downtick.exchange.ledger.holds import BRACKETS, hold_currency, need, share
from downtick.exchange.ledger.matching import Liquidity, Match, by_funds, by_size
from downtick.exchange.ledger.model import ZERO, Order, Preview, Refused, Ticket
from downtick.exchange.ledger.state import LedgerState
from downtick.exchange.market import Book, Product


class Plan(msgspec.Struct, frozen=True):
    """What a ticket would do.

    Attributes:
        ticket: of the order.
        product: of the ticket.
        matches: that it gets at once.
        filled: whether nothing is left of it after them.
        rest: what is left, in the base currency; zero of an order whose size is in the quote currency.
        hold: what is held for it before them.
        currency: of the hold.
        maker_rate: of its fees.
        taker_rate: likewise.
    """

    ticket: Ticket
    product: Product
    matches: list[Match]
    filled: bool
    rest: Decimal
    hold: Decimal
    currency: str
    maker_rate: Decimal
    taker_rate: Decimal


class Market(NamedTuple):
    """What a plan looks at.

    Attributes:
        state: of the ledger.
        liquidity: that the user has left in the books.
        book: of the ticket's product.
        last: price of the last trade, if one is known.
        at: now.
    """

    state: LedgerState
    liquidity: Liquidity
    book: Book
    last: Decimal | None
    at: int


def plan(ticket: Ticket, market: Market, edited: Order | None = None) -> Plan | Refused:
    """Return what a ticket would do, or why it is refused.

    Args:
        ticket: new, or that of an edited order.
        market: as it stands.
        edited: the order as it is before its edit.
    """
    state = market.state
    product = state.products.get(ticket.product_id)
    if product is None:
        return Refused("INVALID_PRODUCT_ID", f"There is no product {ticket.product_id}")
    refused = (
        rules.refusal(ticket, product, state.flags_of(ticket.product_id), market.at)
        or _by_last_price(ticket, market)
        or _by_position(ticket, product, state)
    )
    if refused is not None:
        return refused
    if edited is not None:
        rates, done, freed = (edited.maker_rate, edited.taker_rate), edited.done, edited.hold
    else:
        rates, done, freed = fee_rates(product, state.fee_tier), ZERO, ZERO
    matches, filled = _matches(ticket, product, market, rates[1], done)
    if ticket.configuration in rules.MARKET and not matches:
        return _nothing_to_buy(ticket, filled)
    if ticket.post_only and matches:
        return Refused("INVALID_LIMIT_PRICE_POST_ONLY", "The order would match at once")
    if ticket.configuration in rules.WHOLE and not filled:
        matches = []
    hold = _hold(ticket, product, state, matches, rates[1], done)
    currency = hold_currency(ticket, product)
    if hold > state.available(currency) + freed:
        spot = product.product_type == "SPOT"
        reason = "INSUFFICIENT_FUND" if spot else "INSUFFICIENT_FUNDS_FOR_FUTURES"
        return Refused(reason, "Insufficient balance in source account")
    rest = ticket.base_size - done - _sum(matches) if ticket.base_size else ZERO
    return Plan(ticket, product, matches, filled, rest, hold, currency, *rates)


def preview(planned: Plan, market: Market) -> Preview:
    """Return a plan as figures for its user."""
    ticket, product = planned.ticket, planned.product
    taken = [value_of(product, price, size) for price, size in planned.matches]
    size, value = _sum(planned.matches), sum(taken, ZERO)
    commission = sum((commission_on(part, planned.taker_rate) for part in taken), ZERO)
    if planned.rest and ticket.configuration not in rules.AT_ONCE:
        assert ticket.limit_price is not None
        resting = value_of(product, ticket.limit_price, planned.rest)
        commission += commission_on(resting, planned.maker_rate)
        size, value = size + planned.rest, value + resting
    bid, ask = market.book.best_bid, market.book.best_ask
    average = value / size / product.contract_size if size else ticket.limit_price or ZERO
    best = ask if ticket.side == "BUY" else bid
    return Preview(
        base_size=size,
        quote_size=value,
        commission=commission,
        average_price=average,
        slippage=abs(average - best.price) / best.price if planned.matches and best else ZERO,
        hold=planned.hold,
        best_bid=bid.price if bid else ZERO,
        best_ask=ask.price if ask else ZERO,
    )


def _by_last_price(ticket: Ticket, market: Market) -> Refused | None:
    """Refuse an order whose stop price is reached already."""
    if ticket.stop_price is None or ticket.configuration not in rules.STOPS:
        return None
    bracket = ticket.configuration in BRACKETS
    up = ticket.side == "BUY" if bracket else ticket.stop_direction == "STOP_DIRECTION_STOP_UP"
    last = market.last
    if last is None:  # nothing was traded yet: the price of the next trade, at best for the ticket
        best = market.book.best_bid if up else market.book.best_ask
        last = best.price if best else None
    if last is None or (ticket.stop_price > last if up else ticket.stop_price < last):
        return None
    if bracket:
        return Refused("INVALID_BRACKET_STOP_TRIGGER_PRICE", f"The last trade was at {last}")
    how = "BELOW" if up else "ABOVE"
    return Refused(f"STOP_PRICE_{how}_LAST_TRADE_PRICE", f"The last trade was at {last}")


def _by_position(ticket: Ticket, product: Product, state: LedgerState) -> Refused | None:
    """Refuse to close more than there is."""
    if product.product_type == "SPOT" or ticket.base_size is None:
        return None
    if ticket.reduce_only and ticket.base_size > _closable(ticket, state):
        return Refused("REDUCE_ONLY_INCREASED_POSITION_SIZE", "The position is smaller than that")
    if ticket.configuration in BRACKETS and ticket.base_size > _unspoken(ticket, state):
        return Refused("BRACKET_ORDER_SIZE_EXCEEDS_POSITION", "The position is smaller than that")
    return None


def _closable(ticket: Ticket, state: LedgerState) -> Decimal:
    """Return the size of the position that an order of this side makes smaller."""
    position = state.positions.get(ticket.product_id)
    if position is None or (position.size > 0) == (ticket.side == "BUY"):
        return ZERO
    return abs(position.size)


def _unspoken(ticket: Ticket, state: LedgerState) -> Decimal:
    """Return the same, less what open orders without a hold will close."""
    closing = (
        order.remaining
        for order in state.open_orders.values()
        if order.ticket.product_id == ticket.product_id
        and order.ticket.side == ticket.side
        and not order.hold
    )
    return _closable(ticket, state) - sum(closing, ZERO)


def _matches(
    ticket: Ticket, product: Product, market: Market, rate: Decimal, done: Decimal
) -> tuple[list[Match], bool]:
    """Return what a ticket matches at once, and whether that is all of it."""
    if ticket.configuration in rules.STOPS:
        return [], False
    if rules.halted(market.state.flags_of(ticket.product_id)):
        return [], False
    levels = market.liquidity.against(ticket.side, market.book, ticket.limit_price)
    if ticket.quote_size is not None:
        return by_funds(levels, ticket.quote_size, rate, product.base_increment)
    assert ticket.base_size is not None
    size = ticket.base_size - done
    matches = by_size(levels, size)
    return matches, _sum(matches) == size


def _nothing_to_buy(ticket: Ticket, filled: bool) -> Refused:
    if filled:
        return Refused("INVALID_QUOTE_SIZE_TOO_SMALL", "It does not buy the smallest size")
    return Refused("INVALID_NO_LIQUIDITY", f"Nobody trades {ticket.product_id} with you now")


def _hold(
    ticket: Ticket,
    product: Product,
    state: LedgerState,
    matches: list[Match],
    rate: Decimal,
    done: Decimal,
) -> Decimal:
    """Return what must be held for an order before it is matched.

    An order that only makes a position smaller needs nothing: it frees margin.
    """
    if ticket.quote_size is not None:
        return ticket.quote_size
    assert ticket.base_size is not None
    size = ticket.base_size - done
    spot = product.product_type == "SPOT"
    if spot and ticket.side == "SELL":
        return size
    if not spot and (ticket.reduce_only or size <= _unspoken(ticket, state)):
        return ZERO
    at_once = ZERO
    if matches:
        value = sum((price * there for price, there in matches), ZERO) * product.contract_size
        at_once = needed(value * (share(ticket, product) + rate))
    if ticket.limit_price is None:
        return at_once
    return max(at_once, need(ticket, product, size, rate))


def _sum(matches: list[Match]) -> Decimal:
    return sum((match.size for match in matches), ZERO)
