"""``dripping_answer``: an answer that keeps coming, so that a timeout between two reads never fires."""

from downtick.exchange.call import Call, Delivery
from downtick.exchange.faults.base import Fault


class DrippingAnswer(Fault):
    """The bodies of REST answers on the chosen routes leave a few bytes at a time."""

    name = "dripping_answer"

    def delivery(self, call: Call) -> Delivery | None:
        """Let one answer drip."""
        return Delivery(pace=self.attributes["pace"]) if self.takes(call) else None
