"""What every exchange fault is: attributes, a selector, and the one hook that it overrides."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from enum import Enum, auto
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Protocol

from downtick.exchange.call import Call, Delivery, HttpAnswer
from downtick.exchange.faults.selector import Selector, route_matches
from downtick.exchange.faults.share import Share
from downtick.exchange.frames import Body

if TYPE_CHECKING:
    from downtick.exchange.faults.counter import Do
    from downtick.exchange.ledger import Entry, Order, Refused, Ticket
    from downtick.exchange.market import MarketEvent
    from downtick.exchange.user_queue import Verdict
    from downtick.exchange.venue import Venue

DATA: frozenset[str] = frozenset(
    ("ticker", "ticker_batch", "l2_data", "market_trades", "candles", "status", "full")
)
"""Channels that carry market data, by their name in a frame."""

FRAME_NAMES: Mapping[str, str] = {"level2": "l2_data"}
"""A channel's name in a frame, where it is subscribed by another."""


class Fate(Enum):
    """What becomes of a frame."""

    SENT = auto()
    SILENT = auto()  # never made: no sequence number is used
    LOST = auto()  # its sequence number is used, and it is not sent
    TWICE = auto()
    LATE = auto()  # sent after the next one


Welcome = Literal["refuse", "hang"] | float
"""What a new connection meets: a reset, silence for ever, or silence for so many real seconds."""


class Feed(Protocol):
    """What a fault may do with an open feed connection."""

    @property
    def number(self) -> int:
        """The connection's number."""

    @property
    def listener(self) -> str:
        """The door that it came through."""

    @property
    def active(self) -> Mapping[str, tuple[str, ...]]:
        """Subscribed products by channel."""

    def say(self, text: bytes, kind: str, fault: int) -> None:
        """Send a text frame without envelope."""

    def close(self, code: int, reason: str, *, by: str, fault: int | None = None) -> None:
        """Send a close frame."""

    def abort(self, fault: int) -> None:
        """Reset the connection without a close frame."""

    def show(self, channel: str) -> None:
        """Send the snapshots of a subscribed channel again."""


class Door(Protocol):
    """What a fault may do with a listener."""

    @property
    def renewable(self) -> bool:
        """Whether it has another certificate."""

    def hang_up(self, spared: Collection[int], fault: int) -> Sequence[int]:
        """Close all connections but those, and return their numbers."""

    def renew(self) -> None:
        """Show the other certificate to whoever connects from now on."""


class Stage(Protocol):
    """What a fault may touch of the exchange, besides what its hooks are given."""

    @property
    def feeds(self) -> Sequence[Feed]:
        """Open feed connections, oldest first."""

    @property
    def doors(self) -> Sequence[Door]:
        """All listeners."""

    @property
    def venue(self) -> Venue:
        """The ledger in its market."""

    @property
    def seed(self) -> int:
        """Of every draw."""

    @property
    def scale(self) -> float:
        """Real seconds in a nominal one."""

    def happen(self, event: MarketEvent) -> None:
        """Let something happen in the market, for all to see."""

    def later(self, seconds: float, do: Callable[[], None]) -> Callable[[], None]:
        """Do something after so many real seconds, and return what calls it off."""

    def settle(self) -> None:
        """Let out the user's updates that wait for a next one."""


class Fault:
    """One fault that is on. A kind of fault overrides one hook.

    Args:
        handle: number of the fault within its exchange.
        attributes: validated, defaults filled in.
        selector: which opportunities it takes.
        stage: what it may touch.
        hit: to be called for every hit, with what it hit.
        done: to be called when it is over at an instant of its own.
    """

    name: ClassVar[str]
    slow: ClassVar[bool] = False
    """Whether `prepare` has something to do."""

    def __init__(
        self,
        handle: int,
        attributes: Mapping[str, Any],
        selector: Selector,
        stage: Stage,
        hit: Callable[..., None],
        done: Callable[[], None],
    ) -> None:
        self.handle = handle
        self.attributes = attributes
        self.selector = selector
        self.stage = stage
        self.hits = 0
        self.share = Share(attributes.get("share", 1.0), f"{stage.seed}/{self.name}/{handle}")
        self.done = done
        self._hit = hit

    def hit(self, **what: Any) -> None:
        """Count a hit and journal it."""
        self.hits += 1
        self._hit(self, **what)

    @staticmethod
    def prepare(attributes: Mapping[str, Any]) -> None:
        """Make what takes long to make; called in a thread before the fault starts."""

    @property
    def framing(self) -> bool:
        """Whether this kind of fault looks at frames."""
        kind = type(self)
        hooks = ("frame", "rewrite_frame", "padding")
        return any(getattr(kind, hook) is not getattr(Fault, hook) for hook in hooks)

    @property
    def over(self) -> bool:
        """Whether it has done all that it ever will; the exchange then ends it by itself."""
        return False

    def begin(self) -> None:
        """Start."""

    def end(self) -> None:
        """Stop."""

    def left(self, feed: Feed) -> None:
        """A feed connection is gone."""

    def accepted(self, conn: int, listener: str) -> Welcome | None:
        """Decide on a new connection."""

    def upgrade(self, conn: int, path: str, listener: str) -> HttpAnswer | None:
        """Decide on a WebSocket handshake."""

    def subscribe(self, conn: int, listener: str, channel: str, products: Sequence[str]) -> bool:
        """Whether a subscription is refused; the channel by its name in Advanced Trade."""
        return False

    def frame(self, feed: Feed, body: Body, sequence: int) -> Fate:
        """Decide on a frame that is about to be sent."""
        return Fate.SENT

    def rewrite_frame(self, feed: Feed, body: Body, sequence: int, payload: bytes) -> bytes | None:
        """Return another text than this frame's, or None to leave it."""

    def padding(self, feed: Feed, body: Body) -> int:
        """Return how many bytes of price levels to put at the end of a frame."""
        return 0

    def on_route(self, call: Call) -> bool:
        """Whether a REST request is on one of this fault's ``routes``, if it names any."""
        routes = self.attributes.get("routes", ())
        return not routes or any(route_matches(r, call.method, call.path) for r in routes)

    def takes(self, call: Call) -> bool:
        """Whether a REST request is on a route, is drawn, and the selector takes it; if so, a hit.

        The selector counts those that are drawn.
        """
        method, path, products = call.method, call.path, call.products
        if not self.on_route(call):
            return False
        if not self.selector.fits(method=method, path=path, products=products):
            return False
        if not self.share.drawn():
            return False
        if not self.selector.take(method=method, path=path, products=products):
            return False
        self.hit(conn=call.conn, request=call.number, method=method, path=path)
        return True

    def request(self, call: Call) -> HttpAnswer | None:
        """Answer a REST request in the exchange's place: nothing of it is done."""

    def place(self, call: Call, ticket: Ticket, do: Do) -> Order | Refused:
        """Place an order by ``do``, or do what a lie needs; what is returned is answered."""
        return do()

    def edit(self, call: Call, order_id: str, do: Do) -> Order | Refused:
        """Edit an order by ``do``, likewise."""
        return do()

    def cancel(self, call: Call, order_id: str, do: Do) -> Order | Refused:
        """Cancel an order by ``do``, likewise."""
        return do()

    def view(self, call: Call, venue: Venue) -> Venue | None:
        """Return the venue as this fault shows it to a reading request, or None to show it as it is."""

    def shows(self, call: Call) -> bool:
        """Whether a reading request gets the answer of that venue, which differs from the true one; if so, a hit."""
        return self.takes(call)

    def update(self, entry: Entry, order: Order) -> Verdict | None:
        """Decide on what the user's feed tells of an order after an entry, or return None to let it pass."""

    def told(self, order: Order) -> Order:
        """Return an order as the user's feed tells of it."""
        return order

    def rewrite(self, call: Call, answer: HttpAnswer) -> HttpAnswer | None:
        """Return another answer to what was done, or None to leave it."""

    def delivery(self, call: Call) -> Delivery | None:
        """Return how the answer to a request leaves, or None for as always."""
