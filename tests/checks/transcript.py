"""Hand-written histories: a transcript of what happened, told in any order, and read as a run."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from itertools import count
from typing import Any

from downtick.checks.index import index
from downtick.checks.instant import Instant, exactly
from downtick.checks.run import Connection, Frame, Reading, Run, unwitnessed
from downtick.history import Event

BTC = "BTC-USD"
API = "/api/v3/brokerage/"


def at_once(connection: Connection, frame: Frame) -> Instant:
    """Read every frame in the instant in which it was sent: what a witness may have seen."""
    return exactly(frame[1].at)


class Transcript:
    """What happened. Instants are seconds; every method tells one thing, and returns what later ones name it by."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self._conns = count(1)
        self._ids = count(1)
        self._entries = count(1)
        self._handles = count(1)
        self._acts = count()
        self._fills = count(1)

    def tell(self, at: float, kind: str, source: str = "exchange", **data: Any) -> None:
        """Tell anything."""
        told = {key: value for key, value in data.items() if value is not None}
        self.events.append(Event(at, source, kind, told))

    # -- the run -----------------------------------------------------------------------------------

    def steady(self, at: float, *links: str) -> None:
        """Every link delivers from now on."""
        self.tell(at, "steady_state", "conductor", links=list(links or ("market_ws",)))

    def over(self, at: float) -> None:
        """The run is over."""
        self.tell(at, "healed", "conductor")
        self.tell(at, "run_ended", "conductor")

    def starved(self, since: float, until: float) -> None:
        """The machine gave the bot no time."""
        self.tell(until, "starved", "arena", seconds=until - since)

    # -- faults ------------------------------------------------------------------------------------

    def breaks(
        self,
        link: str,
        name: str,
        at: float,
        until: float | None = None,
        toxicity: float = 1,
        takes: float = 0.0,
    ) -> None:
        """The conductor makes a fault of a link, and ends it; either takes so long."""
        told: dict[str, Any] = {"act": next(self._acts), "step": 0, "name": name, "link": link}
        echo = {"answers": [{"type": name, "toxicity": toxicity}]}
        self.tell(at, "step_asked", "conductor", **told)
        self.tell(at + takes, "step_done", "conductor", **told, echo=echo)
        if until is not None:
            self.tell(until, "step_ending", "conductor", **told)
            self.tell(until + takes, "step_healed", "conductor", **told)

    def fault(
        self,
        name: str,
        at: float,
        until: float | None = None,
        hits: Sequence[tuple[float, int]] = (),
        **attributes: Any,
    ) -> int:
        """The exchange has a fault that hits these connections at these instants."""
        handle = next(self._handles)
        self.tell(at, "fault_on", handle=handle, name=name, attributes=attributes)
        for when, conn in hits:
            self.tell(when, "fault_hit", handle=handle, name=name, conn=conn)
        if until is not None:
            self.tell(until, "fault_off", handle=handle, name=name, hits=len(hits))
        return handle

    # -- connections -------------------------------------------------------------------------------

    def opens(self, listener: str, at: float) -> int:
        """The bot connects."""
        conn = next(self._conns)
        self.tell(at, "accepted", conn=conn, listener=listener, peer_port=50_000 + conn)
        return conn

    def feed(
        self, at: float, *products: str, listener: str = "market_ws", channel: str = "ticker"
    ) -> int:
        """The bot connects, and subscribes a channel at once."""
        conn = self.opens(listener, at)
        self.tell(at, "upgraded", conn=conn, compression=False)
        self.subscribes(conn, at, channel, *(products or (BTC,)))
        return conn

    def subscribes(self, conn: int, at: float, channel: str, *products: str) -> None:
        """The bot subscribes, and is told so."""
        said: dict[str, Any] = {"conn": conn, "type": "subscribe", "size": 1}
        self.tell(at, "frame_received", **said, channel=channel, products=list(products))
        self.frame(conn, at, "subscriptions", products=())

    def frame(
        self,
        conn: int,
        at: float,
        channel: str = "ticker",
        products: Iterable[str] = (BTC,),
        **more: Any,
    ) -> None:
        """The exchange sends a frame."""
        told = {"type": "update", "seq": 0, "size": 1, **more}
        self.tell(at, "frame_sent", conn=conn, channel=channel, products=list(products), **told)

    def frames(
        self, conn: int, since: float, until: float, every: float = 1.0, **more: Any
    ) -> None:
        """The exchange sends a frame every so often."""
        for number in range(int((until - since) / every) + 1):
            self.frame(conn, since + number * every, **more)

    def processes(
        self, at: float, *numbers: int, channel: str = "ticker", product: str = BTC, **more: Any
    ) -> None:
        """The bot says that it processed ticks with these numbers."""
        for number in numbers:
            named = more or {"sequence_num": number}
            self.tell(at, "tick", "bot", channel=channel, product_id=product, **named)

    def closes(self, conn: int, at: float, by: str = "bot", how: str = "eof", **more: Any) -> None:
        """A connection ends."""
        self.tell(at, "closed", conn=conn, by=by, how=how, **more)

    # -- requests ----------------------------------------------------------------------------------

    def asks(
        self,
        conn: int,
        at: float,
        path: str = "accounts",
        *,
        query: str = "",
        method: str = "GET",
        body: str | None = None,
        status: int = 200,
        answered: float | None = None,
        size: int = 10,
        fault: int | None = None,
        silent: bool = False,
    ) -> int:
        """The exchange sees a request, and answers at once if nothing else is said."""
        number = next(self._ids)
        told: dict[str, Any] = {"conn": conn, "id": number}
        self.tell(at, "request", **told, method=method, path=API + path, query=query, body=body)
        if not silent:
            done = at if answered is None else answered
            self.tell(done, "answer", **told, status=status, size=size, fault=fault)
        return number

    def places(
        self,
        conn: int,
        at: float,
        name: str,
        side: str = "BUY",
        *,
        size: str = "1",
        price: str = "100",
        product: str = BTC,
        applied: bool = True,
        book: tuple[str, str] | None = None,
        **answer: Any,
    ) -> int:
        """The bot asks for an order, which the ledger takes if it is new; the request's number comes back."""
        figures = {"limit_limit_gtc": {"base_size": size, "limit_price": price}}
        body = {
            "client_order_id": name,
            "product_id": product,
            "side": side,
            "order_configuration": figures,
        }
        request = self.asks(conn, at, "orders", method="POST", body=json.dumps(body), **answer)
        if book is not None:
            bid, ask = book
            self.tell(at, "true_book", request=request, product=product, bid=bid, ask=ask)
        if applied:
            order = self._order(name, product, side)
            detail = {
                "client_order_id": name,
                "product_id": product,
                "side": side,
                "base_size": size,
                "limit_price": price,
            }
            # Between the request and its answer, whatever their instants.
            answered = self.events.pop() if self.events[-1].kind == "answer" else None
            self._entry(at, "accepted", detail, **order, status="OPEN")
            self.events += [answered] if answered is not None else []
        return request

    def fills(
        self,
        name: str,
        at: float,
        side: str = "BUY",
        size: str = "1",
        *,
        complete: bool = True,
        product: str = BTC,
    ) -> int:
        """An order is matched; returns the ledger's entry."""
        fill = {"number": next(self._fills), "size": size, "price": "100"}
        status = "FILLED" if complete else "OPEN"
        return self._entry(
            at, "matched", {"fill": fill}, **self._order(name, product, side), status=status
        )

    def ends(self, name: str, at: float, side: str = "BUY") -> int:
        """An order is cancelled; returns the ledger's entry."""
        return self._entry(at, "ended", {}, **self._order(name, BTC, side), status="CANCELLED")

    @staticmethod
    def order_id(name: str) -> str:
        """Return the exchange's name for an order."""
        return f"id-of-{name}"

    def run(self, scale: float = 1.0, read: Reading = unwitnessed) -> Run:
        """Read what was told."""
        return index(self.history(), scale, read)

    def history(self) -> list[Event]:
        """Return what was told, in the order of time."""
        return sorted(self.events, key=lambda event: event.at)

    def _order(self, name: str, product: str, side: str) -> dict[str, str]:
        told = {"order_id": self.order_id(name), "client_order_id": name}
        return {**told, "product": product, "side": side}

    def _entry(self, at: float, change: str, detail: dict[str, Any], **order: str) -> int:
        entry = next(self._entries)
        self.tell(at, "ledger", entry=entry, change=change, detail=detail, **order)
        return entry
