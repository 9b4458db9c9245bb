from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from downtick.history import Event
from downtick.witness.evidence import WireFault, evidence
from downtick.witness.proofs import prove
from tests.witness.played import START, Played, busy, fault, feed, idle, nothing, proof


def cut(how: str = "rst", by: str = "link", over: float = 3.003) -> Callable[[Played], None]:
    """Play a busy connection that was ended."""
    return lambda played: played.connection(feed, feed, over=over, how=how, by=by)


@pytest.mark.parametrize(
    ("name", "how", "answer"),
    [
        ("reset", "rst", "bit"),
        ("reset", "fin", "bit otherwise"),
        ("close", "fin", "bit"),
        ("close", "rst", "bit otherwise"),
    ],
)
def test_a_cut_is_proven_by_its_own_segment(name: str, how: str, answer: str) -> None:
    """Asked for one, met the other: it is something else."""
    found = proof(fault(name), cut(how), cut(how))
    assert found.bite == answer
    assert found.why == f"of 2 connections: 2 met a {({'rst': 'RST', 'fin': 'FIN'})[how]}"


@pytest.mark.parametrize("name", ["reset", "close"])
def test_a_cut_that_met_nobody_did_not_bite(name: str) -> None:
    """No connection, one that lives on, one that the bot ended itself, one that ended at another time."""
    assert proof(fault(name)) == ("did not bite", "no connection was open")
    assert proof(fault(name), busy) == ("did not bite", "1 connection stayed open")
    assert proof(fault(name), cut(by="bot")).bite == "did not bite"
    assert proof(fault(name), cut(over=2.5)) == ("did not bite", "no connection was open")
    assert proof(fault(name), cut(over=3.5)).bite == "did not bite"


def test_a_connection_that_ended_then_nobody_knows_how_is_unknown() -> None:
    """Its other end was not seen."""

    def half(played: Played) -> None:
        played.connection(feed, feed, over=3.003, how="fin", unseen="front")

    for name in ("reset", "close", "down"):
        assert proof(fault(name), half).bite == "unknown"


def test_a_bot_that_holds_its_closed_connection_was_closed_all_the_same() -> None:
    """What counts is when the FIN came in, not when the bot let go."""

    def held_open(played: Played) -> None:
        played.connection(over=6.0, how="fin")
        more = {"received": 1, "rqueue": 1, "sent": 0, "acked": 1, "wqueue": 0, "unsent": 0}
        played.event(3.01, "sample", since=2.99, socket=1, state=8, **more)

    assert proof(fault("close"), held_open).bite == "bit"


def test_a_cut_that_spared_one_is_something_else() -> None:
    """All open connections were meant."""
    found = proof(fault("reset"), cut(), busy)
    assert found == ("bit otherwise", "of 2 connections: 1 met a RST, 1 not cut")


def test_a_link_that_is_down_lets_nobody_live() -> None:
    """Whatever the segment; who tries is counted."""

    def refused(played: Played) -> None:
        played.event(3.5, "refused", link="rest", port=1)
        played.event(3.6, "refused", link=None, links=["rest"], port=2)
        played.event(4.5, "refused", link="rest", port=3)
        played.event(3.7, "refused", link="user_ws", port=4)

    assert proof(fault("down"), cut("fin")) == ("bit", "1 connection cut, 0 connects refused")
    assert proof(fault("down"), refused) == ("bit", "0 connections cut, 2 connects refused")
    assert proof(fault("down")).bite == "did not bite"
    assert proof(fault("down"), busy).bite == "did not bite"
    assert proof(fault("down"), cut(), busy).bite == "bit otherwise"
    assert proof(fault("down"), cut(), lambda played: played.connection(born=4.5)).bite == "bit"
    made = proof(fault("down"), cut(), lambda played: played.connection(born=3.5))
    assert made == (
        "bit otherwise",
        "1 connection cut, 0 connects refused, 0 not cut, 1 made meanwhile",
    )


def test_refusals_that_may_be_another_links_prove_nothing() -> None:
    """They are an upper bound."""

    def perhaps(played: Played) -> None:
        played.event(3.5, "refused", link=None, links=["rest", "user_ws"], port=1)

    assert proof(fault("down"), perhaps).bite == "unknown"
    assert proof(fault("down"), perhaps, cut()) == (
        *("bit", "1 connection cut, 0 to 1 connects refused"),
    )


def frozen(at: float) -> int:
    """Return what came of a feed that a freeze held back from 3 to 4: all of it, later."""
    return feed(at) if at < 3.0 or at > 4.0 else feed(3.0)


def holed(at: float) -> int:
    """Return what came of a feed that a blackhole swallowed from 3 on."""
    return feed(min(at, 3.0))


def held(came: Callable[[float], int], **more: Any) -> Callable[[Played], None]:
    """Play a feed of which this came."""
    return lambda played: played.connection(feed, came, **more)


def test_a_freeze_is_flat_and_made_up() -> None:
    """With figures."""
    found = proof(fault("freeze"), held(frozen))
    assert found.bite == "bit"
    assert (
        found.why
        == "downstream flat for 0.91 s while 1800 bytes were sent; all of it came in the end"
    )


def test_a_blackhole_is_flat_and_never_made_up() -> None:
    """Its connections end in a cut."""
    found = proof(fault("blackhole"), held(holed, over=4.01))
    assert found.bite == "bit"
    assert found.why.endswith("it never came in the end")


def test_one_is_not_taken_for_the_other() -> None:
    """Both are flat; only what comes afterwards tells."""
    assert proof(fault("blackhole"), held(frozen)).bite == "bit otherwise"
    assert proof(fault("freeze"), held(holed, over=4.01)).bite == "bit otherwise"
    assert proof(fault("freeze"), held(holed)).bite == "unknown"


def test_a_freeze_that_the_bot_did_not_wait_for_bit() -> None:
    """Nobody is owed what he left behind."""
    left = held(holed, over=3.6, by="bot", how="fin")
    found = proof(fault("freeze"), left)
    assert found.bite == "bit"
    assert found.why.endswith("; the bot left before it came")
    long_gone = held(nothing, over=1.0, by="link", how="fin")
    assert proof(fault("freeze"), long_gone, left).bite == "bit"
    lost = proof(fault("blackhole"), held(holed, over=3.6, by="bot", how="fin"))
    assert (lost.bite, lost.why[-26:]) == ("bit", "; it never came in the end")


def test_a_bot_that_says_goodbye_in_a_freeze_leaves_no_half_of_one() -> None:
    """Its close frame comes in the end, what it was sent does not; a handshake of its next connection owes nothing."""

    def goodbye(at: float) -> int:
        return 10 if at > 3.5 else 0

    def told(at: float) -> int:
        return 10 if at > 4.0 else 0

    left = held(holed, over=3.6, by="bot", how="fin", up_sent=goodbye, up_came=told)
    silent = held(holed, over=3.6, by="bot", how="fin")

    def again(played: Played) -> None:
        played.connection(nothing, nothing, up_sent=goodbye, up_came=told, born=3.2)

    assert proof(fault("freeze"), left).bite == "bit"
    assert proof(fault("freeze"), silent, again).bite == "bit"


def test_a_later_connection_makes_up_for_nothing() -> None:
    """What it brings is its own; but one that flows meanwhile shows that nothing was held back."""
    swallowed = held(holed, over=4.01)
    assert proof(fault("blackhole"), swallowed, held(feed, born=4.1)).bite == "bit"
    assert proof(fault("blackhole"), swallowed, held(feed, born=3.2)).bite == "did not bite"


@pytest.mark.parametrize("came", [frozen, feed])
def test_with_its_eyes_shut_a_witness_knows_nothing(came: Callable[[float], int]) -> None:
    """Whether a freeze was there or not."""
    played = Played(shut=(3.06, 4.2))
    played.connection(feed, came)
    assert prove(fault("freeze"), played.evidence()).bite == "unknown"

    def seen_late(played: Played) -> None:
        played.connection(feed, lambda at: feed(min(at, 3.0)))
        more = {"received": feed(5.0), "rqueue": 0, "sent": 0, "acked": 1, "wqueue": 0, "unsent": 0}
        played.event(5.0, "sample", since=3.5, socket=1, state=1, **more)

    assert proof(fault("freeze"), seen_late).bite == "unknown"


@pytest.mark.parametrize("name", ["freeze", "blackhole"])
def test_nothing_was_held_back_where_bytes_came_or_none_were_sent(name: str) -> None:
    """A busy link that flows, an idle one, none at all."""
    assert proof(fault(name), busy).bite == "did not bite"
    assert proof(fault(name), idle) == (
        "did not bite",
        "an idle link: nothing was sent while it stood",
    )
    assert proof(fault(name)).bite == "did not bite"


@pytest.mark.parametrize("name", ["freeze", "blackhole"])
def test_nothing_is_proven_by_a_reader_that_nobody_sees(name: str) -> None:
    """A bot in a container has its sockets elsewhere; one that came too late was not there."""
    assert proof(fault(name), held(holed, over=4.01, unseen="bot")).bite == "unknown"
    newcomer = held(nothing, born=3.2, over=4.01)
    assert proof(fault(name), newcomer).bite == "unknown"


def test_requests_that_never_arrive_prove_a_freeze_too() -> None:
    """The feed was quiet, the bot was not; and one direction that flows makes it something else."""

    def upstream(came: Callable[[float], int]) -> Callable[[Played], None]:
        return lambda played: played.connection(nothing, nothing, up_sent=feed, up_came=came)

    assert proof(fault("freeze"), upstream(frozen)).bite == "bit"
    half = proof(fault("freeze"), upstream(frozen), busy)
    assert half.bite == "bit otherwise"


def test_a_short_freeze_cannot_be_seen() -> None:
    """Not at a look every 20 ms."""
    assert proof(fault("freeze", 3.15), held(frozen)).bite == "unknown"


def late(seconds: float) -> Callable[[float], int]:
    """Return what came of a feed that was so late from 3 to 4."""
    return lambda at: max(feed(3.0 - 0.001), feed(at - seconds)) if 3.0 <= at <= 4.0 else feed(at)


@pytest.mark.parametrize(
    ("real", "answer"),
    [(0.3, "bit"), (0.0, "did not bite"), (0.15, "bit otherwise"), (0.5, "bit otherwise")],
)
def test_a_latency_is_the_distance_of_two_curves(real: float, answer: str) -> None:
    """Within two looks and 5 ms."""
    assert proof(fault("latency", latency=300), held(late(real))).bite == answer


@pytest.mark.parametrize(("standstill", "answer"), [(0.2, "bit"), (0.7, "bit otherwise")])
def test_what_a_busy_machine_lets_go_later_still_waited(standstill: float, answer: str) -> None:
    """As long as most of it came in time."""
    on_time = late(0.3)

    def came(at: float) -> int:
        return on_time(3.4) if 3.4 < at < 3.4 + standstill else on_time(at)

    found = proof(fault("latency", latency=300), held(came))
    assert found.bite == answer
    assert "later than asked" in found.why or answer != "bit"


def test_a_moment_of_standing_still_is_no_latency() -> None:
    """Some of it came late, most at once."""

    def came(at: float) -> int:
        return feed(3.4) if 3.4 < at < 3.55 else feed(at)

    assert proof(fault("latency", latency=300), held(came)).bite == "did not bite"


def test_a_latency_that_cannot_be_measured_is_unknown() -> None:
    """Too small, of several connections, or of nothing."""
    assert proof(fault("latency", latency=50), held(late(0.05))).bite == "unknown"
    assert proof(fault("latency", latency=300), held(late(0.3)), busy).bite == "unknown"
    assert proof(fault("latency", latency=300), idle).bite == "did not bite"
    wrong = fault("latency", stream="upstream", latency=300)
    assert proof(wrong, held(late(0.3))).bite == "did not bite"


def paced(rate: int) -> Callable[[float], int]:
    """Return what came of a feed at so many bytes a second from 3 to 4."""
    return lambda at: feed(3.0) + int((at - 3.0) * rate) if 3.0 < at <= 4.0 else feed(at)


def flood(at: float) -> int:
    """Return what a feed has sent that is forty times as busy."""
    return 40 * feed(at)


@pytest.mark.parametrize(
    ("rate", "answer"),
    [
        *((5_000, "bit"), (3_000, "bit")),  # the latter on a busy machine
        *((40_000, "did not bite"), (1_000, "bit otherwise")),
    ],
)
def test_a_bandwidth_is_the_slope_of_what_comes(rate: int, answer: str) -> None:
    """With more sent than may come."""

    def play(played: Played) -> None:
        played.connection(
            flood, lambda at: paced(rate)(at) if 3.0 < at <= 4.0 else feed(min(at, 3.0))
        )

    assert proof(fault("bandwidth", rate=5), play).bite == answer


def test_a_bandwidth_that_nobody_needs_did_not_bite() -> None:
    """The feed wrote less than may come."""
    assert proof(fault("bandwidth", rate=500), busy).bite == "did not bite"


FAULTS = [
    *(fault(name) for name in ("reset", "close", "down", "freeze", "blackhole")),
    *(fault("latency", latency=300), fault("bandwidth", rate=5)),
    *(fault("timeout", timeout=300), fault("timeout", timeout=0), fault("reset_peer", timeout=0)),
    *(fault("limit_data", bytes=250), fault("slow_close", delay=200)),
    fault("slicer", average_size=10, size_variation=0, delay=0),
]


@pytest.mark.parametrize("made", FAULTS, ids=lambda made: made.name)
def test_without_a_witness_nothing_is_known(made: WireFault) -> None:
    """None here, one that came too late, one that left too early, one that lost something then."""
    reason = "this is plan9"
    nobody = evidence([Event(START, "witness", "no_witness", {"reason": reason})])
    assert prove(made, nobody) == ("unknown", reason)
    assert prove(made, evidence([])).bite == "unknown"
    for end in (made.asked - START, made.end - START + 0.04):
        assert prove(made, Played(end=end).evidence()).bite == "unknown"
    early = dataclasses.replace(made, asked=START - 1.0)
    assert prove(early, Played().evidence()).bite == "unknown"
    assert proof(made, lambda played: played.event(3.01, "lost", since=2.9)).bite == "unknown"
    assert proof(made, lambda played: played.event(2.01, "lost", since=1.9)).bite == "did not bite"


@pytest.mark.parametrize("made", FAULTS, ids=lambda made: made.name)
def test_what_happens_to_another_link_proves_nothing(made: WireFault) -> None:
    """A fault of a link that nobody uses did not bite."""
    elsewhere = dataclasses.replace(made, link="user_ws")
    for play in (cut(), held(frozen), held(late(0.3)), busy):
        assert proof(elsewhere, play).bite == "did not bite"


def test_a_fault_without_a_proof_is_unknown() -> None:
    """There is no trace to look for."""
    assert proof(fault("gremlins"), busy).bite == "unknown"


@given(
    st.sampled_from([made for made in FAULTS if made.name not in ("reset", "close")]),
    st.floats(0.5, 2.0),
    st.sampled_from([idle, busy]),
)
def test_a_fault_that_did_nothing_never_bit(
    made: WireFault, length: float, play: Callable[[Played], None]
) -> None:
    """However long it is said to have stood: on a busy link and on an idle one."""
    longer = dataclasses.replace(made, end=made.done + length)
    answer = proof(longer, play).bite
    assert answer == "did not bite" or (made.name == "bandwidth" and answer == "unknown")
