"""Stages that are opened on demand: what is not open is deselected, in one line that says how to open it."""

from __future__ import annotations

import os
import re
import secrets
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pytest

CLOSED: Final = pytest.StashKey[list[str]]()
"""In the stash of a configuration: a line for each stage that stayed closed."""

COMPOSE: Final = "DOWNTICK_COMPOSE"
"""The variable by which `make compose-test` asks for the tests of the compose file."""

_CONNECT_WITHIN: Final = 3.0
_REFUSED: Final = "ERROR: "
_WORKERS_LINES: Final = "downtick_closed_stages"


SOAK_DURATION: Final = "20m"
"""Of a soak whose duration is not told: long enough to judge, short enough to wait for."""

_UNITS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86400}


@dataclass(frozen=True)
class SoakSettings:
    """How long a soak lasts in real seconds, from which seed, and at which time scale."""

    duration: float
    seed: int
    time_scale: float


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of the soak."""
    group = parser.getgroup("soak", "the soak: pytest -m soak")
    group.addoption(
        "--soak-duration",
        type=duration,
        default=duration(SOAK_DURATION),
        metavar="TIME",
        help=f"real time that it takes, such as 8h or 15m (default {SOAK_DURATION})",
    )
    group.addoption(
        "--soak-seed", type=int, metavar="N", help="seed of its market and faults (default: drawn)"
    )


def duration(text: str) -> float:
    """Return a duration in seconds.

    Raises:
        ValueError: it is not of the form 8h, 15m or 90s.
    """
    match = re.fullmatch(r"(\d+(?:\.\d+)?)([smhd])", text)
    if match is None or float(match[1]) == 0:
        raise ValueError(f"{text!r} is no duration such as 8h, 15m or 90s")
    return float(match[1]) * _UNITS[match[2]]


def soak_settings(config: pytest.Config) -> SoakSettings:
    """Return what was asked for; a seed that was not is drawn, and told by the soak."""
    seed = config.getoption("--soak-seed")
    scale = config.getoption("--downtick-time-scale") or config.getini("downtick_time_scale") or 1.0
    seconds: float = config.getoption("--soak-duration")
    return SoakSettings(seconds, secrets.randbelow(10**6) if seed is None else seed, float(scale))


def close_sandbox(config: pytest.Config, items: Sequence[pytest.Item]) -> list[pytest.Item]:
    """Return the tests of a sandbox that was not asked for; whatever else the endpoint is, is refused.

    Raises:
        pytest.UsageError: the environment names something that is no sandbox. Nothing was connected.
    """
    from chaos_tests.sandbox.asked import NotAsked, asked  # noqa: PLC0415 - only who selects them pays
    from downtick.errors import TopologyError  # noqa: PLC0415

    real = {item: marker.args for item in items if (marker := item.get_closest_marker("real_api"))}
    if not real:
        return []
    lines = config.stash.setdefault(CLOSED, [])
    try:
        topology = asked(os.environ, reachable).topology
    except TopologyError as error:
        if not hasattr(config, "workerinput"):
            raise pytest.UsageError(str(error)) from None
        lines.append(f"{_REFUSED}{error}")  # a worker that raises crashes the whole run
        return list(real)
    except NotAsked as reason:
        lines.append(f"sandbox: {len(real)} tests not run: {reason}")
        return list(real)
    others = [item for item, topologies in real.items() if topology not in topologies]
    if others:
        lines.append(
            f"sandbox: {len(others)} tests not run: they are of another sandbox than {topology}"
        )
    return others


def close_compose(config: pytest.Config, items: Sequence[pytest.Item]) -> list[pytest.Item]:
    """Return the tests of the compose file, if nobody asked for them or there is no Docker engine for them."""
    folder = config.rootpath / "chaos_tests" / "compose"
    inside = [item for item in items if item.path.is_relative_to(folder)]
    if not inside:
        return []
    from chaos_tests.compose.engine import lacking  # noqa: PLC0415 - only who selects them pays

    asked = os.environ.get(COMPOSE)
    reason = lacking() if asked else "nobody asked for it; run `make compose-test`"
    if reason is None:
        return []
    config.stash.setdefault(CLOSED, []).append(f"compose: {len(inside)} test not run: {reason}")
    return inside


def reachable(host: str, port: int) -> bool:
    """Tell whether somebody answers there."""
    try:
        socket.create_connection((host, port), timeout=_CONNECT_WITHIN).close()
    except OSError:
        return False
    return True


@pytest.hookimpl(trylast=True)  # after `-m`: what was not asked for needs no word
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect what is not open."""
    out = {*close_sandbox(config, items), *close_compose(config, items)}
    if out:
        config.hook.pytest_deselected(items=[item for item in items if item in out])
        items[:] = [item for item in items if item not in out]


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Let a run of closed stages alone end well: nothing was wrong with it. A worker tells its controller."""
    lines = session.config.stash.get(CLOSED, [])
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput[_WORKERS_LINES] = lines
    if any(line.startswith(_REFUSED) for line in lines):
        session.exitstatus = pytest.ExitCode.USAGE_ERROR
    elif lines and exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED:
        session.exitstatus = pytest.ExitCode.OK


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: object) -> None:
    """Take over what a worker of pytest-xdist has to say; each says the same."""
    told = getattr(node, "workeroutput", {}).get(_WORKERS_LINES, [])
    lines = node.config.stash.setdefault(CLOSED, [])  # type: ignore[attr-defined]
    lines += [line for line in told if line not in lines]


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Say what stayed closed, and how to open it."""
    for line in config.stash.get(CLOSED, []):
        terminalreporter.write_line(line)
