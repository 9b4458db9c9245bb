"""``half_body``: an answer that promises its whole length, sends half of it and closes."""

from __future__ import annotations

from collections.abc import Sequence

from downtick.exchange.faults.base import Fault
from downtick.exchange.faults.selector import route_matches


class HalfBody(Fault):
    """REST answers on the chosen routes stop half way."""

    name = "half_body"

    def cuts(self, conn: int, method: str, path: str, products: Sequence[str]) -> bool:
        """Decide on one answer."""
        routes = self.attributes["routes"]
        if routes and not any(route_matches(route, method, path) for route in routes):
            return False
        if not self.selector.take(method=method, path=path, products=products):
            return False
        self.hit(conn=conn, method=method, path=path)
        return True
