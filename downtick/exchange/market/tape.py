"""A market from a tape: what was recorded of a real one, with its true spacing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from downtick.errors import InputError
from downtick.exchange.market import tape_lines
from downtick.exchange.market.book import Book, Side
from downtick.exchange.market.events import (
    BookChange,
    BookSide,
    Level,
    MakerSide,
    MarketEvent,
    Quote,
    Trade,
)
from downtick.exchange.market.opening import Opening, Stats
from downtick.exchange.market.products import Product, product
from downtick.exchange.market.tape_lines import L2Update, LastMatch, Match, Snapshot, Ticker


class TapeMarket:
    """The events of a capture of the Coinbase Exchange WebSocket. The whole tape is read and checked at once.

    The market opens with each product's first ``snapshot``, wherever on the tape it stands; a later one becomes
    the change of book that it amounts to. Time starts with the first of these frames and never goes back.

    Attributes:
        openings: the state of each product at second 0, in the order of their snapshots.
        length: nominal seconds from the first of these frames to the last event.
    """

    def __init__(self, lines: Iterable[str], name: str = "tape") -> None:
        """Read the tape.

        Args:
            lines: of the capture (see `tape_lines`).
            name: of the file, for messages.

        Raises:
            InputError: a line cannot be read, or the tape does not tell what the market needs; with file and line.
        """
        self._events: list[MarketEvent] = []
        reading = _Reading(self._events)
        for received in tape_lines.read(lines, name):
            reading.take(received)
        self.openings = reading.openings(name)
        self.length = self._events[-1].at if self._events else 0.0

    def events(self) -> Iterator[MarketEvent]:
        """Return the events in the order of the tape, from its start; ends where the tape ends."""
        return iter(self._events)


class _Reading:
    """What was read so far."""

    def __init__(self, events: list[MarketEvent]) -> None:
        self._events = events
        self._start: float | None = None
        self._at = 0.0
        self._books: dict[str, Book] = {}
        self._snapshots: dict[str, Snapshot] = {}
        self._tickers: dict[str, Ticker] = {}
        self._last_matches: dict[str, LastMatch] = {}
        self._traded: set[str] = set()
        self._first_seen: dict[str, str] = {}  # where each product was first named

    def take(self, received: tape_lines.Received) -> None:
        self._start = received.time if self._start is None else self._start
        self._at = max(self._at, received.time - self._start)
        frame = received.frame
        self._first_seen.setdefault(frame.product_id, received.where)
        match frame:
            case Snapshot():
                self._snapshot(frame)
            case L2Update():
                self._l2_update(frame, received.where)
            case LastMatch():
                if frame.product_id not in self._traded:
                    self._last_matches.setdefault(frame.product_id, frame)
            case Match():
                self._traded.add(frame.product_id)
                self._events.append(_trade(frame, self._at))
            case Ticker():
                self._tickers.setdefault(frame.product_id, frame)

    def openings(self, name: str) -> tuple[Opening, ...]:
        missing = next((p for p in self._first_seen if p not in self._snapshots), None)
        if missing is not None:
            raise InputError(
                f"{self._first_seen[missing]}: the tape has no `snapshot` of {missing}: "
                "record the channel level2 as well"
            )
        if not self._snapshots:
            raise InputError(
                f"{name}:1: expected at least one frame of type `snapshot`, found none"
            )
        return tuple(self._opening(product_id) for product_id in self._snapshots)

    def _snapshot(self, frame: Snapshot) -> None:
        new = Book(frame.product_id, _quotes(frame.bids), _quotes(frame.asks))
        old = self._books.get(frame.product_id)
        self._books[frame.product_id] = new
        if old is None:
            self._snapshots[frame.product_id] = frame
        else:
            changes = _difference(old, new)
            self._events.append(BookChange(self._at, frame.product_id, changes))

    def _l2_update(self, frame: L2Update, where: str) -> None:
        if frame.product_id not in self._books:
            raise InputError(f"{where}: an `l2update` of {frame.product_id} before its `snapshot`")
        changes = tuple(
            Level("bid" if side == "buy" else "offer", price, quantity)
            for side, price, quantity in frame.changes
        )
        self._books[frame.product_id].apply(changes)
        self._events.append(BookChange(self._at, frame.product_id, changes))

    def _opening(self, product_id: str) -> Opening:
        snapshot = self._snapshots[product_id]
        book = Book(product_id, _quotes(snapshot.bids), _quotes(snapshot.asks))
        last = self._last_matches.get(product_id)
        bids, asks = book.depth()
        return Opening(
            product=self._product(product_id),
            bids=bids,
            asks=asks,
            trades=() if last is None else (_trade(last, self._before(last)),),
            past=_stats(self._tickers.get(product_id), book),
        )

    def _product(self, product_id: str) -> Product:
        levels = self._snapshots[product_id].bids + self._snapshots[product_id].asks
        try:
            return product(
                product_id,
                base_increment=_increment(quantity for _, quantity in levels),
                quote_increment=_increment(price for price, _ in levels),
            )
        except InputError as error:
            raise InputError(f"{self._first_seen[product_id]}: {error}") from error

    def _before(self, last: LastMatch) -> float:
        """Return when the trade before the tape was; the clocks of the exchange and of the recorder may differ."""
        assert self._start is not None, "a frame was read"
        return min(0.0, last.time.timestamp() - self._start)


def _trade(frame: Match, at: float) -> Trade:
    side: MakerSide = "BUY" if frame.side == "buy" else "SELL"
    return Trade(at, frame.product_id, frame.trade_id, frame.price, frame.size, side)


def _quotes(levels: Iterable[tuple[Decimal, Decimal]]) -> Iterator[Quote]:
    return (Quote(price, quantity) for price, quantity in levels)


def _difference(old: Book, new: Book) -> tuple[Level, ...]:
    return _side_difference("bid", old.bids, new.bids) + _side_difference(
        "offer", old.asks, new.asks
    )


def _side_difference(side: BookSide, old: Side[Decimal], new: Side[Decimal]) -> tuple[Level, ...]:
    gone = tuple(Level(side, price, Decimal(0)) for price, _ in old if price not in new)
    return gone + tuple(Level(side, price, quantity) for price, quantity in new)


def _increment(figures: Iterable[Decimal]) -> Decimal:
    """Return the last decimal place in use: captures write every place of a book's prices and quantities."""
    places = (figure.as_tuple().exponent for figure in figures)
    return Decimal(1).scaleb(min((place for place in places if isinstance(place, int)), default=0))


def _stats(ticker: Ticker | None, book: Book) -> Stats:
    """Return the tape's figures of the day. It tells none of the year: the day's stand for them."""
    if ticker is None:
        quotes = [quote.price for quote in (book.best_bid, book.best_ask) if quote]
        price = sum(quotes, Decimal(0)) / len(quotes) if quotes else Decimal(1)
        return Stats(price, price, price, Decimal(0), price, price)
    return Stats(
        open_24h=ticker.open_24h,
        high_24h=ticker.high_24h,
        low_24h=ticker.low_24h,
        volume_24h=ticker.volume_24h,
        high_52w=ticker.high_24h,
        low_52w=ticker.low_24h,
        volume_30d=ticker.volume_30d,
    )
