"""``wrong_data``: 200, well formed, and not true. The ledger and the market stay as they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from downtick.exchange.call import Call
from downtick.exchange.faults.base import Feed
from downtick.exchange.faults.lies.account import EmptyOrders, ZeroBalances
from downtick.exchange.faults.lies.lie import Lie
from downtick.exchange.faults.lies.prices import CrossedBook, OffByTen, OldPrices
from downtick.exchange.faults.lies.times import OldTimes
from downtick.exchange.faults.retold import Retold
from downtick.exchange.frames import Body

LIES: Final[Mapping[str, type[Lie]]] = {
    lie.name: lie for lie in (ZeroBalances, EmptyOrders, OldPrices, OldTimes, CrossedBook, OffByTen)
}
"""By the name that a profile gives them."""


class WrongData(Retold):
    """Tells one lie in answers and frames.

    Clients that follow ``level2`` are shown their books anew when a lie about books begins and when it ends.
    """

    name = "wrong_data"

    def begin(self) -> None:
        """Think the lie up, and show the books that it spoils."""
        super().begin()
        kind = LIES[self.attributes["what"]]
        self._lie = kind(self.stage.venue, self.concerns, self.attributes["age"])
        self._spoilt: set[int] = set()
        if self._lie.spoils_books and self._looks_at("l2_data"):
            for feed in self.stage.feeds:
                feed.show("level2")

    def end(self) -> None:
        """Put the books right."""
        for feed in self.stage.feeds:
            if feed.number in self._spoilt:
                feed.show("level2")

    def in_answer(self, call: Call, told: Any) -> bool:
        """Lie in an answer."""
        return self._lie.answer(call, told)

    def in_frame(self, feed: Feed, body: Body, told: Any) -> bool:
        """Lie in a frame."""
        if body.channel not in self._lie.channels or not self._lie.frame(body, told):
            return False
        if self._lie.spoils_books and body.channel == "l2_data":
            self._spoilt.add(feed.number)
        return True
