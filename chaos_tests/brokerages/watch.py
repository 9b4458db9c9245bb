"""Somebody who reads the client's messages, and compares them with what the exchange says that it sent."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator, Callable, Sequence

from bot_v2.features.brokerages.coinbase.streaming import (
    CoinbaseStreamingClient,
    Gap,
    Message,
    StreamingSettings,
)
from downtick.errors import DeadlineMissed
from downtick.history import Event
from downtick.rig import Rig
from downtick.waiting import Deadline

Make = Callable[[Rig], CoinbaseStreamingClient]
"""Makes the client under test for a rig."""

JUDGED = ("ticker", "l2_data")
"""Channels whose frames are delivered one for one; of trades, those already delivered are taken out."""


def sound(rig: Rig) -> CoinbaseStreamingClient:
    """Make the client as it is, over TLS, at the rig's time scale."""
    settings = StreamingSettings(time_scale=rig.time_scale)
    return CoinbaseStreamingClient(
        rig.endpoints.market_wss, settings, ca_file=rig.endpoints.ca_file, seed=rig.seed
    )


def plain(rig: Rig) -> CoinbaseStreamingClient:
    """Make the client as it is, without TLS: the bytes of its socket are the frames' own."""
    settings = StreamingSettings(time_scale=rig.time_scale)
    return CoinbaseStreamingClient(rig.endpoints.market_ws, settings, seed=rig.seed)


class Watch:
    """One client, everything that it delivered, and the exchange's own view of it.

    Attributes:
        client: under test.
        items: messages and gaps, in the order in which they were delivered.
    """

    def __init__(self, rig: Rig, client: CoinbaseStreamingClient) -> None:
        self.rig = rig
        self.client = client
        self._began = rig.now()
        self.items: list[Message | Gap] = []
        self._news = asyncio.Event()

    async def consume(self) -> None:
        """Read until the client is closed."""
        async for item in self.client.messages():
            self.items.append(item)
            self._news.set()

    @property
    def messages(self) -> list[Message]:
        """What was delivered, without gaps."""
        return [item for item in self.items if isinstance(item, Message)]

    @property
    def gaps(self) -> list[Gap]:
        """The gaps that were told."""
        return [item for item in self.items if isinstance(item, Gap)]

    async def until(
        self,
        wanted: Callable[[Message | Gap], bool],
        *,
        within: float,
        since: float | None = None,
        name: str,
    ) -> Message | Gap:
        """Wait for an item, and return the first.

        Args:
            wanted: tells it.
            within: nominal seconds, counted from `since`.
            since: instant; now, if not given. What came before it does not count.
            name: of the deadline.

        Raises:
            DeadlineMissed: it did not come in time.
        """
        start = self.rig.now() if since is None else since
        seconds = self.rig.scaled(within)
        position = 0
        with contextlib.suppress(TimeoutError):
            async with self.rig.history.patience(start, seconds):
                while True:
                    for item in itertools.islice(self.items, position, None):
                        position += 1
                        if moment(item) > start and wanted(item):
                            return self._judge(item, name, start, seconds)
                    self._news.clear()
                    await self._news.wait()
        raise DeadlineMissed(f"not within {seconds:g} s (nominally {within:g} s): {name}")

    def _judge(self, item: Message | Gap, name: str, start: float, seconds: float) -> Message | Gap:
        end = moment(item)
        used = end - start - self.rig.stolen(start, end)
        if used > seconds:
            raise DeadlineMissed(f"not within {seconds:g} s but {used:g} s: {name}")
        self.rig.deadlines.append(Deadline(name, seconds, used))
        return item

    async def data(
        self, *, within: float, since: float | None = None, name: str, connection: int = 0
    ) -> Message:
        """Wait for data: a message that came after `since`, on this connection or a later one."""
        item = await self.until(
            lambda item: isinstance(item, Message) and item.connection >= connection,
            within=within,
            since=since,
            name=name,
        )
        assert isinstance(item, Message)
        return item

    async def loss(self, *, within: float, since: float, name: str) -> Gap:
        """Wait until the client tells that it lost its connection."""
        item = await self.until(
            lambda item: isinstance(item, Gap) and item.reason == "lost",
            within=within,
            since=since,
            name=name,
        )
        assert isinstance(item, Gap)
        return item

    def losses(self) -> dict[str, int]:
        """Return why the client's connections ended or did not come about, and how often.

        Without handshakes that took too long, if the machine gave nobody time for as long.
        """
        losses = dict(self.client.stats.losses)
        if self.rig.stolen(self._began) > self.rig.scaled(StreamingSettings().open_timeout):
            losses.pop("open_timeout", None)
        return losses

    def ages(self, connection: int, after: float, before: float) -> list[float]:
        """Return how old the frames of a connection were when they were delivered, in nominal seconds.

        Only those delivered between two instants.
        """
        sent = {frame["seq"]: frame.at for frame in self.sent(connection)}
        return [
            (message.received_at - sent[message.sequence_num]) / self.rig.time_scale
            for message in self.delivered(connection)
            if after < message.received_at < before
        ]

    async def condition(self, holds: Callable[[], bool], *, within: float, name: str) -> None:
        """Wait until something holds of the client."""
        async with self.rig.deadline(within, name):
            while not holds():  # noqa: ASYNC110 - of a plain object, which tells nobody
                await asyncio.sleep(0.002)

    def connections(self) -> list[int]:
        """Return the exchange's numbers of the connections that the client opened, in order.

        Only those on which it said something: one that was given up during its handshake may still reach
        the exchange, but is none to the client.
        """
        spoken = dict.fromkeys(e["conn"] for e in self.rig.history.select("frame_received"))
        return list(spoken)

    def sent(self, connection: int) -> list[Event]:
        """Return the data frames that the exchange sent on the client's connection of this number."""
        conn = self.connections()[connection - 1]
        frames = self.rig.history.select("frame_sent", conn=conn)
        return [frame for frame in frames if frame.get("channel") in JUDGED]

    def delivered(self, connection: int) -> list[Message]:
        """Return what the client delivered of its connection of this number, trades left out."""
        return [
            message
            for message in self.messages
            if message.connection == connection and message.channel in JUDGED
        ]

    def judge_frames(self, *, read_until: float | None = None) -> None:
        """Compare the frames delivered with the journal.

        Of each connection, what was delivered is what was sent, from the first frame on, without a hole and
        without a repetition, up to the moment at which the connection was lost.

        Args:
            read_until: everything that was sent on the first connection before this instant was delivered.
        """
        for connection in sorted({message.connection for message in self.messages}):
            sent = [frame["seq"] for frame in self.sent(connection)]
            delivered = [message.sequence_num for message in self.delivered(connection)]
            assert delivered == sent[: len(delivered)], f"connection {connection}"
        if read_until is not None:
            due = [frame for frame in self.sent(1) if frame.at < read_until]
            assert len(self.delivered(1)) >= len(due)

    def judge_trades(self) -> None:
        """No trade was delivered twice, and none of a connection's time is missing."""
        for product in sorted({product for m in self.messages for product in m.product_ids}):
            batches = [
                (message.connection, trade_ids(message, product))
                for message in self.messages
                if message.channel == "market_trades"
            ]
            everything = [number for _, numbers in batches for number in numbers]
            assert len(everything) == len(set(everything)), f"a trade of {product} came twice"
            for connection in sorted({connection for connection, _ in batches}):
                own = sorted(n for c, numbers in batches if c == connection for n in numbers)
                before = [n for c, numbers in batches if c < connection for n in numbers]
                # A snapshot may repeat what was delivered before: those are no holes.
                holes = set(range(own[0], own[-1])) - set(own) - set(before)
                assert not holes, f"connection {connection} lost trades of {product}: {holes}"


def moment(item: Message | Gap) -> float:
    """Return when the client got or noticed it."""
    return item.at if isinstance(item, Gap) else item.received_at


def trade_ids(message: Message, product: str) -> list[int]:
    """Return the numbers of a message's trades."""
    return [
        int(trade["trade_id"])
        for event in message.events
        for trade in event["trades"]
        if trade["product_id"] == product
    ]


@contextlib.asynccontextmanager
async def watching(
    rig: Rig,
    make: Make,
    channels: Sequence[str] = ("ticker", "level2"),
    products: Sequence[str] = ("BTC-USD",),
) -> AsyncIterator[Watch]:
    """Bring the client up, subscribed and live, read it, and close it in the end."""
    watch = Watch(rig, make(rig))
    consumer = asyncio.create_task(watch.consume())
    try:
        await watch.client.subscribe(products, channels)
        async with rig.deadline(10, "the first connection is live"):
            await watch.client.connect()
        yield watch
    finally:
        await watch.client.close()
        await consumer
    # Answered on the channel by which the journal comes: after it, everything so far is in the history.
    await rig.heal("rest")
