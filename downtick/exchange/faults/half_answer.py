"""``half_answer``: an answer that promises its whole length, sends half of it and closes."""

from downtick.exchange.call import Call, Delivery
from downtick.exchange.faults.base import Fault


class HalfAnswer(Fault):
    """REST answers on the chosen routes stop half way."""

    name = "half_answer"

    def delivery(self, call: Call) -> Delivery | None:
        """Cut one answer."""
        return Delivery(share=0.5, then="close") if self.takes(call) else None
