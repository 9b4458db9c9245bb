"""What is told with status 200, and is not true."""

from __future__ import annotations

from tests.checks.drawn.life import END, LIST, Life
from tests.checks.drawn.trader import Known, Market, Trader


def balances_vanish(life: Life) -> None:
    """Every account is said to be empty for a while."""
    trader, market = _trades(life)
    handle = life.t.fault("wrong_data", life.since, life.until, what="zero_balances")
    for at in list(life.each(life.bot.reads, 0, END))[1:]:
        lied = life.since < at < life.until
        _told(life, at, "accounts", handle if lied else None)
        if lied and life.flaw == "believes balances":
            trader.buys(at + 0.01, "3", market.price(at))


def open_orders_vanish(life: Life) -> None:
    """Lists of orders leave the open ones out for a while: it looks for each, or knows better."""
    trader, market = _trades(life)
    handle = life.t.fault("wrong_data", life.since, life.until, what="empty_orders")
    for at in list(life.each(life.bot.reads, 0, END))[1:]:
        is_open = [name for since, until, name in trader.open if since < at < until]
        lied = life.since < at < life.until and bool(is_open)
        _told(life, at, LIST, handle if lied else None)
        if lied and life.flaw == "believes lists":
            trader.buys(at + 0.01, "3", market.price(at))
        elif lied and life.draw.random() < 0.5:
            for name in is_open:
                life.t.asks(life.rest, at + 0.01, f"orders/historical/{life.t.order_id(name)}")


def _trades(life: Life) -> tuple[Trader, Market]:
    life.streams(life.feed, 0, END)
    market = Market(life)
    trader = Trader(life, market)
    trader.trade([(0.5, END)], market.price)
    return trader, market


def _told(life: Life, at: float, path: str, handle: int | None) -> None:
    request = life.t.asks(life.rest, at, path, fault=handle)
    if handle is not None:
        life.hit(handle, at, name="wrong_data", conn=life.rest, request=request)


def prices_off_by_ten(life: Life) -> None:
    """Every price is ten times what it is for a while."""
    market = Market(life)
    _prices_lie(life, market, "price_off_by_ten", lambda at: 10 * market.price(at))


def prices_stand_still(life: Life) -> None:
    """The ticker tells one and the same price for a while, with fresh times."""
    market = Market(life)
    _prices_lie(life, market, "old_prices_fresh_times", lambda at: market.price(life.since))


def book_is_crossed(life: Life) -> None:
    """Somebody is said to bid more than somebody asks for a while."""
    market = Market(life)
    _prices_lie(life, market, "crossed_book", lambda at: 1.01 * market.price(at))


def _prices_lie(life: Life, market: Market, what: str, lie: Known) -> None:
    """Tell a lie by the feed: it trades by what REST tells, or not at all until the feed is right again."""
    draw, t = life.draw, life.t
    handle = t.fault("wrong_data", life.since, life.until, what=what, where="feed")
    back = END
    for at in list(life.each(life.bot.ticks, 0, END))[1:]:
        lied = life.since < at < life.until
        t.frame(life.feed, at, fault=handle if lied else None)
        if lied:
            life.hit(handle, at, name="wrong_data", conn=life.feed, channel="ticker")
        elif at > life.until:
            back = min(back, at)
    life.beats(life.feed, 0, END)
    trader = Trader(life, market)
    if life.flaw == "believes prices":
        trader.trade([(0.5, life.since)], market.price)
        trader.trade([(life.since, life.until)], lie)
        trader.trade([(life.until, END)], market.price)
    elif draw.random() < 0.5:
        trader.trade([(0.5, END)], market.price)
    else:
        trader.trade([(0.5, life.since), (back + draw.uniform(0, 3), END)], market.price)
    life.lives([], [(0, END)])
