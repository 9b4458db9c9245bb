"""``downtick doctor``: what is there, what this machine can witness, and what is missing, each with its remedy."""

from __future__ import annotations

import platform
import shutil
import socket
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import click

# linux/netlink.h and linux/sock_diag.h; Python has no names for them.
_NETLINK_SOCK_DIAG: Final = 4
_GROUP_TCP_DESTROY: Final = 1

_FILES_WANTED: Final = 1024
_OWN_ADDRESS: Final = "127.1.2.1"


@dataclass(frozen=True)
class Sign:
    """One thing that was looked at.

    Attributes:
        what: it is.
        good: whether it is there.
        told: what was found.
        remedy: what to do if it is missing.
        needed: whether no run is possible without it.
    """

    what: str
    good: bool
    told: str
    remedy: str = ""
    needed: bool = False


@click.command("doctor")
def command() -> None:
    """Tell what this machine has, what it can witness, and what is missing. Changes nothing.

    Ends with 0 if a run is possible, otherwise with 2.
    """
    from rich.console import Console  # noqa: PLC0415 - commands import late
    from rich.markup import escape  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    signs = list(examine())
    table = Table(box=None, pad_edge=False, show_header=False)
    for sign in signs:
        mark = "[green]ok[/]" if sign.good else "[red]missing[/]" if sign.needed else "[yellow]-[/]"
        told = sign.told if sign.good else f"{sign.told}\n→ {sign.remedy}"
        table.add_row(mark, sign.what, escape(told))
    Console(highlight=False).print(table)
    if any(sign.needed and not sign.good for sign in signs):
        click.echo("no run is possible here yet", err=True)
        sys.exit(2)


def examine() -> Iterator[Sign]:
    """Look at one thing after the other."""
    yield from (_python(), _system(), *_toxiproxy(), _own_addresses(), _open_files())
    yield from (_counters(), _deaths(), _packets(), _namespace())


def _python() -> Sign:
    version = platform.python_version()
    return Sign("Python", sys.version_info >= (3, 11), version, "install 3.11 to 3.13", needed=True)


def _system() -> Sign:
    good = sys.platform in ("linux", "darwin")
    told = f"{platform.system()} {platform.release()}, {platform.machine()}"
    return Sign("system", good, told, "use Linux or macOS", needed=True)


def _toxiproxy() -> Iterator[Sign]:
    from downtick.errors import InputError, ToxiproxyNotFound  # noqa: PLC0415 - commands import late
    from downtick.links.locate import find_server  # noqa: PLC0415
    from downtick.links.pin import load_pin  # noqa: PLC0415

    what = f"Toxiproxy {load_pin().version}"
    try:
        found = find_server(lambda line: None, install=False)
    except ToxiproxyNotFound as error:
        told = "\n".join(error.attempts[:-1])
        yield Sign(what, good=False, told=told, remedy="run `downtick install`", needed=True)
        return
    except InputError as error:
        yield Sign(what, good=False, told=str(error), remedy="correct it or unset it", needed=True)
        return
    yield Sign(what, good=True, told=f"{found.binary or found.url} ({found.way})")
    if found.warning:
        remedy = "start the server of the pinned release, or unset TOXIPROXY_URL"
        yield Sign("its version", good=False, told=found.warning, remedy=remedy)


def _own_addresses() -> Sign:
    good = _works(lambda: _bind(_OWN_ADDRESS))
    told = (
        "each worker has its own" if good else f"{_OWN_ADDRESS} cannot be used; all share 127.0.0.1"
    )
    remedy = f"sudo ifconfig lo0 alias {_OWN_ADDRESS} (a run is possible without it)"
    return Sign("loopback addresses", good, told, remedy)


def _open_files() -> Sign:
    import resource  # noqa: PLC0415 - not on every system

    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    good = soft == resource.RLIM_INFINITY or soft >= _FILES_WANTED
    return Sign("open files", good, f"{soft} allowed", f"ulimit -n {_FILES_WANTED}")


def _counters() -> Sign:
    good = _works(lambda: _sock_diag(0))
    told = "byte counters of every socket, no privilege needed" if good else "no netlink sock_diag"
    remedy = "run on Linux with CONFIG_INET_DIAG; otherwise proofs of network faults are 'unknown'"
    return Sign("witness: counters", good, told, remedy)


def _deaths() -> Sign:
    good = _works(lambda: _sock_diag(_GROUP_TCP_DESTROY))
    told = (
        "final counters of sockets that die"
        if good
        else "the kernel does not tell of dying sockets"
    )
    remedy = "run on Linux 4.3 or newer; otherwise short connections may be missed"
    return Sign("witness: deaths", good, told, remedy)


def _packets() -> Sign:
    from downtick.witness.packets import why_not  # noqa: PLC0415 - commands import late

    reason = why_not()
    told = "`downtick run --pcap` can capture" if reason is None else f"no capture: {reason}"
    remedy = (
        "for `downtick run --pcap` use Linux, as root or with CAP_NET_RAW "
        "(docker run --cap-add NET_RAW); nothing else depends on it"
    )
    return Sign("witness: packets", reason is None, told, remedy)


def _namespace() -> Sign:
    unshare = shutil.which("unshare")
    told = f"{unshare}" if unshare else "no unshare"
    remedy = "install util-linux for private network namespaces; nothing depends on it"
    return Sign("witness: namespace", unshare is not None, told, remedy)


def _works(attempt: Callable[[], None]) -> bool:
    try:
        attempt()
    except (OSError, AttributeError):  # AttributeError: a system without netlink
        return False
    return True


def _bind(host: str) -> None:
    with socket.socket() as probe:
        probe.bind((host, 0))


def _sock_diag(groups: int) -> None:
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, _NETLINK_SOCK_DIAG) as netlink:
        netlink.bind((0, groups))
