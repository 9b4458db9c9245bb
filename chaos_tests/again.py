"""A test that failed while the machine stood still is played again: it says nothing of the bot, nor of a test.

A bot whose timeouts are half a second (5 s at time scale 0.1) is right to give up when the machine stops for as long,
and what a test then finds is not what it arranged. This is no way out for a flake: nothing is played again unless a
process of its own, which only looks at its clock, has proved the standstill, and each such test is told at the end.
"""

from __future__ import annotations

import time
from typing import Any, Final

import pytest
from _pytest.runner import runtestprotocol
from xdist import is_xdist_controller  # type: ignore[import-untyped]

from chaos_tests.metronome import Metronome

MOST: Final = 2
"""How often at most a test is played again."""

STANDSTILL: Final = 2.0
"""Nominal seconds of standing still that spoil a test, at one go or near each other; the time scale makes them real."""

NEAR: Final = 5.0
"""Nominal seconds within which they are near each other."""

CALM: Final = 2.0
"""Seconds in which the machine must hardly have stood still before a test is played again."""

PATIENCE: Final = 60.0
"""Seconds that are waited for that: a host that is busy for longer is busy for all of us."""

PLAYED_AGAIN: Final = "downtick_played_again"
"""Name of the report property of a test that was played again: for what standstill, and how it had failed."""

_metronome = pytest.StashKey[Metronome]()


def pytest_sessionstart(session: pytest.Session) -> None:
    """Let the metronome beat in each process that plays tests."""
    if not is_xdist_controller(session):
        session.config.stash[_metronome] = Metronome()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop it."""
    if _metronome in config.stash:
        config.stash[_metronome].close()


def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
    """Play a test, and play it again if it failed while the machine stood still."""
    metronome = item.config.stash.get(_metronome, None)
    if metronome is None:
        return None
    item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    scale = float(item.config.getoption("downtick_time_scale") or 1.0)
    spoilt: list[tuple[str, object]] = []
    while True:
        before, since = [*item.user_properties], time.monotonic()
        reports = runtestprotocol(item, log=False, nextitem=nextitem)
        failed = next((report for report in reports if report.failed), None)
        if failed is None or len(spoilt) == MOST:
            break
        stood = metronome.most_lost(since, NEAR * scale)
        if stood < STANDSTILL * scale:
            break
        why = failed.longreprtext.partition("\nE  ")[2].partition("\n")[0].strip()
        spoilt.append((PLAYED_AGAIN, f"the machine stood still for {stood:.2f} s in it ({why})"))
        item.user_properties[:] = before
        _wait_for_calm(metronome)
    for report in reports:
        report.user_properties += spoilt
        item.ihook.pytest_runtest_logreport(report=report)
    item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True


def _wait_for_calm(metronome: Metronome) -> None:
    """Wait until what spoilt a test is over: else it would spoil the next play, too."""
    ends = time.monotonic() + PATIENCE
    while (
        metronome.most_lost(time.monotonic() - CALM, CALM) > CALM / 10 and time.monotonic() < ends
    ):
        time.sleep(0.1)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Tell which tests were played again, why, and how they had failed."""
    told = [
        f"played again: {report.nodeid}: {value}"
        for reports in terminalreporter.stats.values()
        for report in reports
        if getattr(report, "when", None) == "teardown"
        for key, value in report.user_properties
        if key == PLAYED_AGAIN
    ]
    for line in told:
        terminalreporter.write_line(line)
