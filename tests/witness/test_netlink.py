from __future__ import annotations

import errno
import itertools
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from downtick.witness.netlink import Figures, Quick, Socket, answer, answers, ask_all, ask_one
from tests.witness.told_by_linux import (
    FIGURES,
    INFO,
    end_of_list,
    message,
    refusal,
    socket,
    tcp_info,
)

BOT = socket(21, ("127.0.0.1", 40000), ("127.3.2.1", 5000))
OTHER_ATTRIBUTES = ((8, b"\1"), (15, b"abcd"), (21, bytes(8)), (22, b"ab"))


def shown(told: Socket, size: int = INFO) -> Socket | None:
    """Return what is read of a message with so many bytes of tcp_info."""
    assert told.figures is not None
    info = (2, tcp_info(told.figures, size))
    return answer(memoryview(message(told, *OTHER_ATTRIBUTES, info)))


@given(st.builds(Figures, *[st.integers(0, 2**32 - 1)] * 9), st.integers(0, 2**64 - 1))
def test_every_figure_is_found_at_its_place(seen: Figures, cookie: int) -> None:
    """Behind attributes of any length; bytes that were sent again are counted once."""
    told = BOT._replace(cookie=cookie, figures=seen)
    assert shown(told) == told


def test_addresses_are_spelled_plainly() -> None:
    """Of both families; a socket of IPv6 that reached an IPv4 address has an IPv4 address."""
    assert (BOT.local, BOT.remote) == (("127.0.0.1", 40000), ("127.3.2.1", 5000))
    java = socket(1, ("::ffff:127.0.0.1", 40000), ("::ffff:127.3.2.1", 5000))
    assert (java.local, java.remote) == (BOT.local, BOT.remote)
    assert socket(1, ("::1", 1), ("::1", 2)).remote == ("::1", 2)


def test_an_older_kernel_does_not_say_how_much_was_sent() -> None:
    """Linux before 4.19 has shorter figures, before 4.6 none that are of use."""
    assert shown(BOT, 200) == BOT._replace(figures=FIGURES._replace(sent=None))
    assert shown(BOT, 160) == BOT._replace(figures=FIGURES._replace(sent=None))
    assert shown(BOT, 120) == BOT._replace(figures=None)


def test_a_newer_kernel_may_say_more() -> None:
    """What stands behind the known figures is not looked at."""
    assert shown(BOT, 400) == BOT


def test_what_is_left_of_a_connection_has_no_figures() -> None:
    """A socket in TIME_WAIT is told without tcp_info."""
    left = BOT._replace(state=6, figures=None)
    assert answer(memoryview(message(left, (15, b"abcd")))) == left


def test_a_datagram_may_hold_several_messages() -> None:
    """Each begins at a multiple of four bytes; None is the end."""
    bots = [BOT._replace(cookie=number) for number in range(3)]
    datagram = b"".join(message(bot, (2, tcp_info(FIGURES)), (8, b"\1"), kind=18) for bot in bots)
    assert list(answers(memoryview(datagram + end_of_list()))) == [*bots, None]


def test_answers_of_any_layout_are_read_quickly_and_alike() -> None:
    """What the kernel puts before the figures may change from one to the next, and so may the kind of the message."""
    quick = Quick()
    full = tcp_info(FIGURES)
    layouts = [
        message(BOT, (8, b"\0"), (2, full)),
        message(BOT._replace(cookie=2), (8, b"\0"), (2, full)),
        message(BOT, (8, b"\0"), (15, bytes(len(full)))),
        message(BOT, (8, b"\0"), (15, b"abcd"), (2, full)),
        message(BOT, (8, b"\0")),
        refusal(errno.ENOENT),
        message(BOT, (8, b"\0"), (2, full)),
    ]
    for told in layouts:
        datagram = memoryview(told + bytes(500))
        assert quick.answer(datagram) == answer(memoryview(told))
    with pytest.raises(PermissionError):
        quick.answer(memoryview(refusal(errno.EPERM) + bytes(500)))


@pytest.mark.parametrize("code", [errno.ENOENT, errno.ESTALE])
def test_a_socket_that_is_gone_is_none(code: int) -> None:
    """Nobody has its ports any more, or somebody else has."""
    assert answer(memoryview(refusal(code))) is None


def test_a_refusal_is_raised() -> None:
    """With the kernel's own reason."""
    with pytest.raises(PermissionError):
        answer(memoryview(refusal(errno.EPERM)))


def test_an_attribute_without_length_ends_the_message() -> None:
    """Garbage cannot make us read for ever."""
    assert answer(memoryview(message(BOT, (8, b"")) + bytes(4))) == BOT._replace(figures=None)
    broken = bytearray(message(BOT, (8, b"abcd"), (2, tcp_info(FIGURES))))
    broken[88:90] = b"\0\0"
    assert answer(memoryview(bytes(broken))) == BOT._replace(figures=None)


def accepted(code: bytes, sport: int, dport: int) -> bool:
    """Tell whether the kernel would show a socket (net/ipv4/inet_diag.c: inet_diag_bc_audit, inet_diag_bc_run)."""
    starts, left = set(), len(code)
    while left > 0:
        starts.add(left)
        assert code[-left] in (1, 7, 8)
        left -= code[-left + 1]
    assert left == 0
    left = len(code)
    while left > 0:
        assert left in starts
        op, yes, no = struct.unpack_from("=BBH", code, len(code) - left)
        if op == 1:
            left -= no
            continue
        family, prefix, port = struct.unpack_from("=BB2xi", code, len(code) - left + 4)
        assert (family, prefix) == (0, 0)
        left -= yes if (sport if op == 7 else dport) == port else no
    assert left in (0, -4)
    return left == 0


@given(
    st.lists(st.integers(1, 65535), min_size=1, max_size=12),
    st.integers(1, 65535),
    st.integers(1, 65535),
)
def test_the_kernel_shows_sockets_with_the_ports_and_no_other(
    ports: list[int], sport: int, dport: int
) -> None:
    """At either end, whatever the other port is."""
    request = ask_all(ports)
    assert len(request) == struct.unpack_from("=I", request)[0]
    code = request[80:]
    assert struct.unpack_from("=HH", request, 76) == (len(code) + 4, 1)
    for local, remote in itertools.product((sport, ports[-1]), (dport, ports[0])):
        assert accepted(code, local, remote) == bool({local, remote} & {*ports})


def test_one_socket_is_asked_for_by_its_ports_and_cookie() -> None:
    """With its cookie nobody else answers; without, whatever is left of the connection does."""
    same, any_one = ask_one(BOT, same=True), ask_one(BOT, same=False)
    assert same[24:60] == any_one[24:60] == BOT.identity
    assert same[64:72] == struct.pack("=Q", 21)
    assert any_one[64:72] == b"\xff" * 8
    assert (same[16:19], any_one[16:19]) == (b"\2\6\2", b"\2\6\0")
