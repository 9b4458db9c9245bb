"""``lost_answer``: the request was carried out, and its answer never arrives. Was the order placed? Nobody says."""

from __future__ import annotations

from downtick.exchange.call import Call, Delivery, HttpAnswer
from downtick.exchange.faults.base import Fault


class LostAnswer(Fault):
    """Answers to what was carried out are not sent: the connection is closed, reset, or goes silent for good.

    A request that was never carried out (another fault answered in the exchange's place) has nothing to lose.
    """

    name = "lost_answer"

    def begin(self) -> None:
        """Nothing is lost yet."""
        self._lost: set[int] = set()

    def rewrite(self, call: Call, answer: HttpAnswer) -> HttpAnswer | None:
        """Note that the request was carried out."""
        if self.takes(call):
            self._lost.add(call.number)
        return None

    def delivery(self, call: Call) -> Delivery | None:
        """Lose the answer."""
        if call.number not in self._lost:
            return None
        self._lost.remove(call.number)
        return Delivery(share=0, then=self.attributes["how"])
