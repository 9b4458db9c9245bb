"""When the bot had read something, as the kernel saw its socket."""

from __future__ import annotations

import math
from typing import Any

from downtick.checks.instant import NEVER, Instant
from downtick.checks.proofs import proofs
from downtick.checks.reading import reading
from downtick.witness.bite import Bite
from downtick.witness.evidence import evidence
from tests.checks.transcript import Transcript

FIGURES = {"sent": 0, "acked": 1, "wqueue": 0, "unsent": 0, "segments": 0, "segments_in": 0}


class Watched(Transcript):
    """A transcript with a witness that looks from 0 to 20."""

    def __init__(self) -> None:
        super().__init__()
        self.tell(0, "watching", "witness", interval=0.02)
        self.tell(20, "watched", "witness", since=19.98)
        self._sockets = 0

    def socket(
        self,
        born: float,
        *reads: tuple[float, int],
        since: float | None = None,
        end: str = "bot",
        port: int | None = None,
        sent: int = 0,
    ) -> int:
        """See a socket, what it has taken in and read so far at each of these looks, and what it had sent from the first."""
        self._sockets += 1
        number, before = self._sockets, born - 0.1 if since is None else since
        place = {"link": "market_ws", "end": end, "port": port or 40000 + number}
        self.tell(born, "born", "witness", socket=number, since=before, **place)
        for at, count in reads:
            told: dict[str, Any] = {"socket": number, "since": at - 0.02, "state": 1, **FIGURES}
            told |= {"sent": sent, "acked": sent + (end == "bot")}
            self.tell(at, "sample", "witness", received=count, rqueue=0, **told)
        return number

    def told(self, conn: int) -> list[Instant]:
        """Return when each frame of a connection was read."""
        events = self.history()
        read = reading(events, evidence(events))
        connection = self.run().connections[conn]
        return [read(connection, frame) for frame in connection.frames if "offset" in frame[1].data]


def test_a_frame_was_read_when_its_last_byte_was() -> None:
    """Between two looks; and not yet where the count never came so far."""
    t = Watched()
    conn = t.feed(1)
    t.frame(conn, 2, offset=100)
    t.frame(conn, 3, offset=200)
    t.socket(1, (2.5, 100), (2.52, 100), (2.6, 150))
    first, second = t.told(conn)
    assert first == Instant(2.48, 2.52)
    assert second.latest == math.inf


def test_a_frame_that_a_dead_socket_never_read_was_never_read() -> None:
    """Its last figures are known."""
    t = Watched()
    conn = t.feed(1)
    t.frame(conn, 2, offset=100)
    number = t.socket(1)
    last = {"received": 100, "rqueue": 100, "aborted": False, "time_wait": True, **FIGURES}
    t.tell(3, "died", "witness", socket=number, since=2.9, **last)
    assert t.told(conn) == [NEVER]


def test_of_two_sockets_that_may_be_it_nobody_knows() -> None:
    """Unless one of them is surely another connection's."""
    t = Watched()
    one = t.feed(1)
    t.frame(one, 2, offset=100)
    t.socket(1, (2.5, 100))
    t.socket(1, (2.5, 100))
    assert t.told(one) == [Instant(2, math.inf)]
    late = Watched()
    one = late.feed(1)
    late.frame(one, 2, offset=100)
    late.feed(3)
    late.socket(1, (2.5, 100), (2.52, 100))
    late.socket(3, (3.5, 100))
    assert late.told(one)[0].latest < 2.6


def test_of_two_sockets_that_came_at_once_the_bytes_tell() -> None:
    """Only one of them had sent what the exchange had received."""
    t = Watched()
    one = t.feed(1)
    t.frame(one, 2, offset=100)
    t.socket(1, (2.5, 100), (2.52, 100), sent=300)
    t.socket(1, (2.5, 0))
    t.socket(1, (2.5, 300), end="exchange", port=50_000 + one, sent=100)
    assert t.told(one) == [Instant(2.48, 2.52)]


def test_what_is_surely_another_s_is_out_of_the_question() -> None:
    """Two that were born between the same two looks, the first of them dead before the second connection came."""
    t = Watched()
    one = t.feed(1)
    t.frame(one, 1, offset=100)
    number = t.socket(1.005, since=0.9)
    last = {"received": 101, "rqueue": 0, "aborted": False, "time_wait": True, **FIGURES}
    t.tell(1.01, "died", "witness", socket=number, since=0.99, **last)
    t.feed(1.02)
    t.socket(1.05, since=0.9)
    assert t.told(one)[0].latest == 1.01


def test_without_a_witness_only_the_exchange_speaks() -> None:
    """A frame was read after it was sent, or never."""
    t = Transcript()
    conn = t.feed(1)
    t.frame(conn, 2, offset=100)
    events = t.history()
    read = reading(events, evidence(events))
    connection = t.run().connections[conn]
    assert read(connection, connection.frames[-1]) == Instant(2, math.inf)


def test_the_witness_speaks_before_the_journal() -> None:
    """Where it knows; else the journal's own trace counts."""
    t = Watched()
    conn = t.feed(1)
    number = t.socket(1)
    t.breaks("market_ws", "reset", 5)
    t.closes(conn, 5.01, how="reset")
    t.over(19)
    events = t.history()
    (journal,) = proofs(t.run())
    assert journal.bite is Bite.BIT
    (proof,) = proofs(t.run(), seen=evidence(events))
    assert (proof.bite, proof.sentence) == (Bite.DID_NOT_BITE, "1 connection stayed open")
    last = {"aborted": True, "time_wait": False}
    t.tell(5.01, "died", "witness", socket=number, since=4.99, **last)
    (proof,) = proofs(t.run(), seen=evidence([]))
    assert proof.bite is Bite.BIT


def test_a_fault_stood_until_it_was_asked_to_end() -> None:
    """What comes while it is being ended is no matter."""
    t = Watched()
    t.breaks("market_ws", "latency", 5, until=6)
    t.breaks("rest", "latency", 5)
    t.tell(6.1, "step_ending", "conductor", act=1, step=0, name="latency", link="rest")
    t.tell(6.5, "healing", "conductor")
    t.over(7)
    done, cut_off = t.run().faults
    assert (done.ending, done.ended) == (6, 6)
    assert (cut_off.ending, cut_off.ended) == (6.1, 7)
