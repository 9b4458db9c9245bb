from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from downtick.history import Event
from downtick.witness.netlink import Place, Socket
from downtick.witness.sightings import Sightings, WatchedLink
from tests.witness.told_by_linux import figures, socket

REST = WatchedLink("rest", ("127.1.1.1", 7001), ("127.0.0.1", 8001))
FEED = WatchedLink("market_ws", ("127.1.1.1", 7002), ("127.0.0.1", 8002))
BOT = ("127.0.0.1", 40000)
BACK = ("127.0.0.1", 50000)


class Day:
    """A witness that looks each tenth of a second."""

    def __init__(self) -> None:
        self.sightings = Sightings([REST, FEED], 99.5)
        self.now = 100.0
        self.look()

    def look(self, *sockets: Socket) -> list[tuple[str, dict[str, Any]]]:
        """Return what a look shows that takes a hundredth of a second."""
        self.now = round(self.now + 0.1, 3)
        events = self.sightings.seen(self.now, self.now + 0.01, sockets)
        return told(events + self.sightings.absent(self.now + 0.01))

    def dies(self, dead: Socket, *, waits: bool = False) -> list[tuple[str, dict[str, Any]]]:
        """Return what a death says, half way to the next look."""
        return told(self.sightings.died(self.now + 0.05, dead, lambda asked: waits))


def told(events: Iterable[Event]) -> list[tuple[str, dict[str, Any]]]:
    """Return kinds and particulars."""
    return [(event.kind, event.data) for event in events]


def kinds(events: list[tuple[str, dict[str, Any]]]) -> list[str]:
    """Return the kinds alone."""
    return [kind for kind, _ in events]


def bot(**changed: int) -> Socket:
    """Return the bot's socket with these figures."""
    return socket(1, BOT, REST.listen, seen=figures(**changed))


def test_each_end_of_a_link_is_known_by_its_ports() -> None:
    """And both ends of a connection carry the port of who connected."""
    ends = [
        (BOT, FEED.listen, "bot", 40000),
        (FEED.listen, BOT, "front", 40000),
        (BACK, FEED.upstream, "back", 50000),
        (FEED.upstream, BACK, "exchange", 50000),
    ]
    shown = Day().look(*(socket(n, *places[:2]) for n, places in enumerate(ends)))
    born = [data for kind, data in shown if kind == "born"]
    assert [(b["link"], b["end"], b["port"]) for b in born] == [
        ("market_ws", end, port) for _, _, end, port in ends
    ]
    assert [b["socket"] for b in born] == [1, 2, 3, 4]


def test_other_sockets_are_nobodys_business() -> None:
    """The same port on another address is another place."""
    day = Day()
    strangers: list[tuple[Place, Place]] = [
        (BOT, ("127.9.9.9", 7001)),
        (("127.9.9.9", 7001), BOT),
        (REST.listen, ("0.0.0.0", 0)),
        (("0.0.0.0", 0), ("0.0.0.0", 0)),
    ]
    for number, places in enumerate(strangers):
        stranger = socket(number, *places, seen=figures())
        assert day.look(stranger) == []
        assert day.dies(stranger) == []


def test_a_birth_lies_between_two_looks() -> None:
    """And one that was there before the first look has no earliest instant."""
    day = Day()
    assert day.look(bot())[0][1]["since"] == 100.1
    sightings = Sightings([REST], 99.5)
    assert sightings.seen(100.0, 100.0, [bot()])[0]["since"] is None


def test_a_birth_lies_behind_the_last_look_that_would_have_shown_it() -> None:
    """Some show only what was known before."""
    day = Day()
    day.sightings.seen(100.15, 100.15, [], whole=False)
    assert day.look(bot())[0][1]["since"] == 100.1
    day = Day()
    day.sightings.seen(100.15, 100.15, [], whole=False)
    (_, born), (_, died) = day.dies(bot(received=3))
    assert born["since"] == died["since"] == 100.1


def test_only_a_change_is_told() -> None:
    """With the last instant at which it had not happened."""
    day = Day()
    assert kinds(day.look(bot())) == ["born", "sample"]
    assert day.look(bot()) == day.look(bot()) == []
    ((kind, data),) = day.look(bot(sent=5, wqueue=5))
    assert (kind, data["since"], data["sent"]) == ("sample", 100.4, 5)
    assert day.look(bot(sent=5, wqueue=5)) == []


def test_what_was_received_is_looked_at_twice() -> None:
    """The kernel takes the queue first, so one look alone cannot tell that the bytes were read."""
    day = Day()
    day.look(bot())
    samples = [day.look(bot(received=9)) for _ in range(3)]
    assert [kinds(shown) for shown in samples] == [["sample"], ["sample"], []]
    assert [shown[0][1]["since"] for shown in samples[:2]] == [100.2, 100.3]


def test_a_changed_state_is_told() -> None:
    """Though no figure changed."""
    day = Day()
    day.look(bot())
    ((_, data),) = day.look(bot()._replace(state=8))
    assert data["state"] == 8


def test_a_death_carries_the_last_figures() -> None:
    """And whether TCP remembers the connection."""
    day = Day()
    day.look(bot())
    ((kind, data),) = day.dies(bot(received=334, rqueue=1), waits=True)
    assert kind == "died"
    assert (
        data.items() >= {"socket": 1, "since": 100.2, "aborted": False, "time_wait": True}.items()
    )
    assert (data["received"], data["rqueue"]) == (334, 1)
    assert day.look() == []


def test_a_life_between_two_looks_is_told_by_its_death() -> None:
    """Nothing of it is missed but when it began."""
    day = Day()
    (_, born), (kind, died) = day.dies(bot(acked=2, received=334))
    assert born.items() >= {"end": "bot", "port": 40000, "since": 100.1}.items()
    assert (kind, died["socket"], died["received"]) == ("died", born["socket"], 334)


def test_who_is_missed_without_a_death_is_gone() -> None:
    """Told once; its death comes when its owner lets go of it."""
    day = Day()
    day.look(bot())
    assert day.look() == [("gone", {"socket": 1, "since": 100.2})]
    assert day.look() == []
    assert kinds(day.dies(bot())) == ["died"]


def test_an_abort_has_no_figures() -> None:
    """The kernel wiped them out, and nobody is asked whether it waits."""
    day = Day()
    front = socket(1, REST.listen, BOT, seen=figures(sent=9))
    day.look(front)
    wiped = socket(1, REST.listen, (BOT[0], 0), seen=figures(wqueue=65538, unsent=65538))
    ((_, data),) = day.dies(wiped, waits=True)
    assert data == {"socket": 1, "since": 100.2, "aborted": True, "time_wait": False}


def test_an_abort_of_a_short_connection_is_told_without_its_port() -> None:
    """It is known by the port that the link has."""
    wiped = socket(1, REST.listen, (BOT[0], 0), seen=figures(unsent=65538))
    (_, born), (_, died) = Day().dies(wiped)
    assert (born["link"], born["end"], born["port"]) == ("rest", "front", None)
    assert died["aborted"]


def test_a_refused_connect_is_told_with_its_link() -> None:
    """Where the kernel still knows the port: a connect with a timeout, as asyncio's is."""
    dead = socket(1, BOT, REST.listen, seen=figures(wqueue=1, segments_in=1))
    assert Day().dies(dead) == [("refused", {"link": "rest", "port": 40000})]


def test_a_refused_connect_without_a_port_may_be_of_any_link_of_that_host() -> None:
    """A blocking connect: the kernel remembers the host alone."""
    dead = socket(1, ("0.0.0.0", 40000), ("127.1.1.1", 0), seen=figures(wqueue=3, unsent=2))
    assert Day().dies(dead) == [
        ("refused", {"link": None, "links": ["rest", "market_ws"], "port": 40000})
    ]


def test_no_other_death_without_bytes_is_a_refusal() -> None:
    """Not one that had a peer, not one of another host, not a listener, not an unanswered SYN."""
    day = Day()
    had_a_peer = figures(wqueue=65538, unsent=65538)
    assert day.dies(socket(1, ("0.0.0.0", 40000), ("127.1.1.1", 0), seen=had_a_peer)) == []
    assert day.dies(socket(2, ("0.0.0.0", 40000), ("127.9.9.9", 0), seen=figures(unsent=2))) == []
    assert day.dies(socket(3, REST.listen, ("0.0.0.0", 0), seen=figures())) == []
    unanswered = day.dies(socket(4, BOT, REST.listen, seen=figures(wqueue=1)))
    assert kinds(unanswered) == ["born", "died"]
    reset = day.dies(socket(5, BOT, REST.listen, seen=figures(acked=1, segments_in=2)))
    assert kinds(reset) == ["born", "died"]


def test_a_loss_is_told_with_its_time() -> None:
    """Whatever died since the last look may be missing."""
    day = Day()
    lost = day.sightings.lost(100.15)
    assert (lost.kind, lost["since"]) == ("lost", 100.1)


def test_a_link_s_own_sockets_are_told_once() -> None:
    """They carry what the bot's and the exchange's carry: their births and deaths count, no figures between."""
    day = Day()
    assert kinds(day.look(socket(1, REST.listen, BOT))) == ["born", "sample"]
    assert day.look(socket(1, REST.listen, BOT, seen=figures(sent=5))) == []
    assert day.look() == []
