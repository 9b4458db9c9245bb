"""The pytest plugin: the fixture `rig`, the marker `toxics`, and what a failing test prints.

It is loaded in every pytest run of everybody who has downtick installed, so it imports nothing of downtick
until a test asks for a rig.
"""

from __future__ import annotations

import functools
import glob
import os
import re
import shlex
import signal
import sys
import threading
import time
from collections.abc import Generator, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import pytest

if TYPE_CHECKING:
    from downtick.exchange.auth.keys import Keys
    from downtick.rig import Rig

DEADLINES = "downtick_deadlines"
"""Name of the report property that carries each deadline of a test: name, allowed and used seconds."""

T = TypeVar("T", int, float)

WARNING = "downtick_warning"
"""Name of the report property that carries a warning: of the linter, or of a fault that hit nothing."""

VERDICT = "downtick_verdict"
"""Name of the report property that carries what became of a run that was judged."""

RIG_ERROR = "downtick_rig_error"
"""Name of the mark on a report whose failure is the rig's own."""

_rig_key = pytest.StashKey["Rig"]()
_failed_key = pytest.StashKey[bool]()

_SETTINGS = {
    "time-scale": "real time over nominal time; 0.1 plays a profile ten times as fast (default 1.0)",
    "seed": "seed of the market and of the profile's random draws (default: the profile's, or 1)",
    "toxiproxy-url": "a Toxiproxy server that runs already, on loopback (default: start one)",
    "history": "folder for the history of every test (default: .downtick, failing tests only)",
    "report": "folder for a report of every run that was judged (default: none)",
}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add an option and an ini value for each setting."""
    group = parser.getgroup("downtick", "chaos engineering for trading bots")
    for name, text in _SETTINGS.items():
        dest = _dest(name)
        group.addoption(f"--downtick-{name}", dest=dest, help=text)
        parser.addini(dest, text)


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker, so that `--strict-markers` knows it, and refuse settings that cannot be meant."""
    _number(config, "time-scale", float)
    _number(config, "seed", int)
    config.addinivalue_line(
        "markers",
        "toxics(profile=None, *, arm=(), expect=(), exchange=None, keys=None): the fault profile that the `rig` of "
        "this test plays, the links that it may reset by hand, checks that its verdict asks besides the profile's own, "
        "settings of its exchange, and keys of the bot's own",
    )
    if hasattr(config, "workerinput") and any(_setting(config, name) for name in _SETTINGS):
        # A worker without a rig has no reaper yet that would end it with its controller.
        threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()


def pytest_unconfigure() -> None:
    """End the helper process, if any test of this process asked for a rig."""
    host = sys.modules.get("downtick.arena.host")
    if host is not None:
        host.close_shared_arenas()


@pytest.fixture
def rig(request: pytest.FixtureRequest) -> Iterator[Rig]:
    """Exchange, links and conductor, fresh for this test; see `downtick.rig.Rig`."""
    with _make_rig(request.node, request.config) as up:
        request.node.stash[_rig_key] = up
        up.files = _history_path(request.node).with_suffix("")
        yield up
    request.node.user_properties += [(WARNING, told) for told in _unmatched(request.node, up)]
    if up.runs:
        from downtick.suite import told  # noqa: PLC0415 - only a test with a verdict pays for it

        report = _setting(request.config, "report")
        request.node.user_properties += [(VERDICT, told(run, report)) for run in up.runs]
    if _setting(request.config, "history") or request.node.stash.get(_failed_key, False):
        path = _history_path(request.node)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            file.writelines(up.history_lines())
    else:
        for kept in up.files.parent.glob(f"{glob.escape(up.files.name)}-*"):
            kept.unlink()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None]:
    """Make a test whose rig failed an error, whatever the test itself says."""
    try:
        yield
    except (Exception, pytest.fail.Exception) as error:
        if (up := item.stash.get(_rig_key, None)) is not None and up.failure not in {None, error}:
            raise up.failure from error
        raise
    else:
        if (up := item.stash.get(_rig_key, None)) is not None and up.failure is not None:
            raise up.failure
    finally:
        if (up := item.stash.get(_rig_key, None)) is not None:
            told = [[d.name, d.within, d.used] for d in up.deadlines]
            item.user_properties.append((DEADLINES, told))
            item.user_properties += [(WARNING, warning) for warning in up.warnings]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add to a failing test what happened, where its history is, and how to run it again."""
    report = yield
    up = item.stash.get(_rig_key, None)
    if up is None or not report.failed:
        return report
    from downtick.errors import RigError  # noqa: PLC0415 - only a test with a rig pays for it
    from downtick.report.timeline import timeline  # noqa: PLC0415

    item.stash[_failed_key] = True
    if call.excinfo is not None and isinstance(call.excinfo.value, RigError):
        setattr(report, RIG_ERROR, True)
    again = [
        *("pytest", item.nodeid, "-m", ""),
        *("--downtick-time-scale", f"{up.time_scale:g}", "--downtick-seed", str(up.seed)),
    ]
    report.sections.append(("downtick: what happened", "\n".join(timeline(up.history))))
    report.sections.append(
        ("downtick", f"history: {_history_path(item)}\nrun it again: {shlex.join(again)}")
    )
    return report


@pytest.hookimpl(tryfirst=True)
def pytest_report_teststatus(report: Any) -> tuple[str, str, str] | None:
    """Count a failure of the rig as an error, not as a failure of the bot."""
    if report.when == "call" and getattr(report, RIG_ERROR, False):
        return "error", "E", "ERROR"
    return None


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print the linter's warnings, and how much of their deadlines the tests used.

    A share near 1 is a flake in waiting; with ``-v`` each deadline is listed with its own.
    """
    told = [
        (report.nodeid, key, value)
        for reports in terminalreporter.stats.values()
        for report in reports
        if getattr(report, "when", None) == "teardown"  # has what the test and its rig had to say
        for key, value in report.user_properties
    ]
    for warning in sorted({value for _, key, value in told if key == WARNING}):
        terminalreporter.write_line(f"downtick: warning: {warning}")
    if judged := [value for _, key, value in told if key == VERDICT]:
        from downtick.suite import summary  # noqa: PLC0415 - only a suite with verdicts pays for it

        for line in summary(judged, _setting(terminalreporter.config, "report")):
            terminalreporter.write_line(line)
    used = sorted(
        (seconds / within, f"{test}: {name}")
        for test, key, value in told
        if key == DEADLINES
        for name, within, seconds in value
    )
    if used:
        p50, p99 = (used[int(share * (len(used) - 1))][0] for share in (0.5, 0.99))
        terminalreporter.write_line(
            f"downtick: {len(used)} deadlines; used share p50 {p50:.2f}, p99 {p99:.2f}, "
            f"max {used[-1][0]:.2f} ({used[-1][1]})"
        )
        if terminalreporter.verbosity > 0:
            for share, name in reversed(used):
                terminalreporter.write_line(f"  {share:5.2f} {name}")


def _unmatched(item: pytest.Item, up: Rig) -> list[str]:
    """Return a warning for each exchange fault that hit nothing: what its test saw, it saw without the fault."""
    return [
        f"{item.nodeid}: exchange fault `{event['name']}` never matched ({event['seen']} fitted)"
        for event in up.history.select("never_matched")
    ]


def _make_rig(item: pytest.Item, config: pytest.Config) -> Rig:
    from downtick.arena.host import shared_arena  # noqa: PLC0415 - only a test with a rig pays for it
    from downtick.exchange.config import ExchangeConfig  # noqa: PLC0415
    from downtick.rig import Rig  # noqa: PLC0415

    marker = item.get_closest_marker("toxics")
    profile, arm, expect, exchange, keys = (
        _marked(*marker.args, **marker.kwargs) if marker else _marked()
    )
    scale = _number(config, "time-scale", float) or 1.0
    seed = _number(config, "seed", int)
    # Under xdist the run is the controller: its death must end the workers' processes too.
    watch = os.getppid() if hasattr(config, "workerinput") else None
    # Started when the rig comes up: a profile that does not load starts nothing.
    arena = functools.partial(shared_arena, _setting(config, "toxiproxy-url"), watch)
    settings: dict[str, Any] = {
        "witness": profile is not None or bool(expect),
        "arm": tuple(arm),
        "expect": tuple(expect),
        "exchange": ExchangeConfig(**(exchange or {})),
        "keys": keys,
        "arena": arena,
    }
    if profile is None:
        return Rig(time_scale=scale, seed=1 if seed is None else seed, **settings)
    return Rig.playing(profile, time_scale=scale, seed=seed, **settings)


def _marked(
    profile: str | None = None,
    *,
    arm: tuple[str, ...] = (),
    expect: Sequence[Any] = (),
    exchange: dict[str, Any] | None = None,
    keys: Keys | None = None,
) -> tuple[str | None, tuple[str, ...], Sequence[Any], dict[str, Any] | None, Keys | None]:
    """Return what the marker says; its signature is the marker's."""
    return profile, arm, expect, exchange, keys


def _end_with(controller: int) -> None:
    """End this process when its parent has ended: its tests have nobody left to report to."""
    while os.getppid() == controller:
        time.sleep(0.1)
    os.kill(os.getpid(), signal.SIGKILL)


def _dest(name: str) -> str:
    return "downtick_" + name.replace("-", "_")


def _setting(config: pytest.Config, name: str) -> str | None:
    dest = _dest(name)
    value: str | None = config.getoption(dest) or config.getini(dest) or None
    return value


def _number(config: pytest.Config, name: str, kind: type[T]) -> T | None:
    text = _setting(config, name)
    if text is None:
        return None
    try:
        value = kind(text)
    except ValueError:
        value = None
    if value is None or (kind is float and not 0 < value <= 100):
        raise pytest.UsageError(f"--downtick-{name}: {text!r} is not a {_ALLOWED[name]}")
    return value


_ALLOWED = {"time-scale": "number above 0 and at most 100", "seed": "whole number"}


def _history_path(item: pytest.Item) -> Path:
    folder = _setting(item.config, "history")
    root = Path(folder) if folder else item.config.rootpath / ".downtick"
    return root / (re.sub(r"[^\w.-]+", "-", item.nodeid).strip("-") + ".jsonl")
