"""``late_answer``: the request is carried out at once, and its answer is held back (order acks over 10 s, 2025-10-10)."""

from downtick.exchange.call import Call, Delivery
from downtick.exchange.faults.base import Fault


class LateAnswer(Fault):
    """REST answers on the chosen routes leave late. One that is on its way stays late when the fault ends."""

    name = "late_answer"

    def delivery(self, call: Call) -> Delivery | None:
        """Hold one answer back."""
        return Delivery(delay=self.attributes["delay"]) if self.takes(call) else None
