"""Which sockets at the two far ends of a link belong together. Toxiproxy stands between them and does not tell. Pure."""

from __future__ import annotations

from downtick.witness.curves import Curve
from downtick.witness.lives import Life


def fits(bot: Life, exchange: Life) -> bool:
    """Return whether two sockets may be the ends of one connection: none ever had more than the other had sent.

    A link may lose bytes, hold them back and cut them small; it never makes any.

    Args:
        bot: a socket of the bot's.
        exchange: a socket of the exchange's, on the same link.
    """
    return _within(bot.received, exchange.sent) and _within(exchange.received, bot.sent)


def _within(came: Curve, sent: Curve) -> bool:
    return all(step.least <= sent.at(step.at).most for step in came.steps)
