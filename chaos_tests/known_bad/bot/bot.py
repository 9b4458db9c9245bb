"""The healthy bot: two feeds, a trader, and what holds them together until SIGTERM."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from dataclasses import dataclass

from chaos_tests.known_bad.bot.feed import Feed, Wish
from chaos_tests.known_bad.bot.figures import Figures
from chaos_tests.known_bad.bot.rest import Refused, Rest, Unknown
from chaos_tests.known_bad.bot.trader import Trader
from downtick.exchange.auth.keys import JwtKey
from downtick.exchange.auth.private_keys import read_jwt_key
from downtick.exchange.auth.sign import token

CHANNELS = ("ticker", "market_trades", "heartbeats")


@dataclass(frozen=True)
class Parts:
    """What a bot is made of: a broken bot has one part that is broken.

    Attributes:
        rest: its REST client.
        market: its market feed; None for a bot that asks for prices over REST.
        user: its feed of orders; None for a bot that asks for them over REST.
        trader: its trader.
        feeds: how many market feeds it keeps at a time.
    """

    rest: type[Rest] = Rest
    market: type[Feed] | None = Feed
    user: type[Feed] | None = Feed
    trader: type[Trader] = Trader
    feeds: int = 1


async def run(parts: Parts, figures: Figures) -> None:
    """Trade until SIGTERM."""
    stopping = asyncio.Event()
    key = read_key()
    rest = parts.rest(os.environ["DOWNTICK_REST_URL"], key, figures)
    following: list[Feed] = []
    trader = parts.trader(rest, figures, lambda: all(feed.live for feed in users))
    users: list[Feed] = []

    def stop() -> None:
        stopping.set()
        rest.stopping = True

    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop)
    if parts.market is not None:
        wish = Wish(os.environ["DOWNTICK_MARKET_WS_URL"], CHANNELS)
        following += [
            parts.market(wish, figures, trader.take_price, lambda: None) for _ in range(parts.feeds)
        ]
    if parts.user is not None:
        wish = Wish(
            os.environ["DOWNTICK_USER_WS_URL"],
            ("user", "heartbeats"),
            quiet=True,
            token=lambda: token(key),
        )
        users.append(parts.user(wish, figures, trader.take_order, trader.in_trouble))
    tasks = [asyncio.create_task(feed.run()) for feed in (*following[:1], *users)]
    tasks += [asyncio.create_task(second(feed, figures)) for feed in following[1:]]
    while not stopping.is_set():
        await trader.turn()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(figures.real(figures.turn)):
                await stopping.wait()
    with contextlib.suppress(Unknown, Refused):
        await trader.stop()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await rest.close()


async def second(feed: Feed, figures: Figures) -> None:
    """Keep another feed open, which is not begun in the same instant as the first."""
    await figures.sleep(1.0)
    await feed.run()


def read_key() -> JwtKey:
    """Return the key from the environment."""
    return read_jwt_key(os.environ["DOWNTICK_API_KEY"], os.environ["DOWNTICK_API_SECRET"])
