"""The soak: ``pytest -m soak --soak-duration 8h``. Ctrl-C ends it, and what it has found so far is its verdict."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from chaos_tests.orchestration.process import bot_process
from chaos_tests.soak.plan import playable, stream
from chaos_tests.soak.report import Report, clock
from chaos_tests.soak.run import Soak
from chaos_tests.stages import soak_settings
from downtick.links.vocabulary import LINKS
from downtick.profiles.library import find, library_names
from downtick.profiles.load import load
from downtick.rig import Rig
from downtick.words import VOCABULARY

pytestmark = [pytest.mark.soak, pytest.mark.timeout(0)]

LIMIT = 2.5
"""Of the bot's configuration, in BTC."""


@pytest.fixture
def say(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Return what writes a line to the terminal, now."""
    capture = request.config.pluginmanager.getplugin("capturemanager")
    terminal = request.config.pluginmanager.getplugin("terminalreporter")

    def write(line: str) -> None:
        with capture.global_and_fixture_disabled():
            terminal.ensure_newline()
            terminal.write_line(line)

    return write if terminal is not None else print


async def test_the_bot_lasts(
    request: pytest.FixtureRequest, tmp_path: Path, say: Callable[[str], None]
) -> None:
    """Whatever the library does to it, its books come to agree with the ledger, and it does not grow."""
    settings = soak_settings(request.config)
    profiles = {name: load(*find(name), VOCABULARY) for name in library_names()}
    pool = playable(profiles, VOCABULARY)
    report = Report(settings.seed, settings.time_scale, settings.duration)
    say(
        f"soak: {clock(settings.duration)} of real time at time scale {settings.time_scale:g}, "
        f"{len(pool)} profiles, --soak-seed {settings.seed}; Ctrl-C ends it with the verdict so far"
    )
    stop = asyncio.Event()
    rig = Rig(time_scale=settings.time_scale, seed=settings.seed % 2**31, arm=LINKS, patient=True)
    async with rig, bot_process(rig, tmp_path, apart=True) as bot:
        _stop_on_interrupt(stop)
        name = "the bot trades"
        await bot.until(rig, lambda: bot.said("mode recovering -> normal"), within=120, name=name)
        soak = Soak(rig, bot, tmp_path / "bot.sqlite", LIMIT, lambda line: say(f"soak: {line}"))
        try:
            await soak.run(report, stream(settings.seed, pool, VOCABULARY), pool, stop)
            code, seconds = await bot.end()
            if code != 0 or seconds > 5:
                report.violated(
                    report.took / rig.time_scale, f"it ended with {code} in {seconds:.1f} s"
                )
            await rig.heal("rest")  # after it, everything so far is in the history
            soak.closing()
        finally:
            _tell(report, request.config.rootpath / ".downtick" / "soak.txt", say)
    assert report.verdict == "PASS", "\n".join(report.lines())


def _tell(report: Report, file: Path, say: Callable[[str], None]) -> None:
    """Show the report, and leave it in a file."""
    lines = list(report.lines())
    file.parent.mkdir(exist_ok=True)
    file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    for line in (*lines, f"soak: this stands in {file}"):
        say(line)


def _stop_on_interrupt(stop: asyncio.Event) -> None:
    """Let the first Ctrl-C end the soak well, and the second one pytest."""
    loop = asyncio.get_running_loop()

    def interrupted() -> None:
        stop.set()
        loop.remove_signal_handler(signal.SIGINT)

    loop.add_signal_handler(signal.SIGINT, interrupted)
