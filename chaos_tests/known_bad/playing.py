"""One bot through one profile, by the very functions of ``downtick run``."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from chaos_tests.known_bad.catalogue import PROFILES
from downtick.bots.command_line import CommandLine
from downtick.checks.finding import Outcome
from downtick.runs.audience import Nobody
from downtick.runs.one import OneRun
from downtick.runs.plan import planned
from downtick.verdict import Result, Verdict

SCALE: Final = 0.5
"""Real seconds in a nominal one, unless something else is asked for."""


@dataclass(frozen=True)
class Judged:
    """What came of a bot in a profile.

    Attributes:
        bot: its name in the catalogue.
        profile: that it was played.
        result: of the run.
        outcomes: by check.
    """

    bot: str
    profile: str
    result: Result
    outcomes: dict[str, Outcome]


def play(bot: str, profile: str, folder: Path, time_scale: float) -> tuple[Judged, Verdict]:
    """Play a profile to a bot, and return what came of it; history and output of the bot are kept in a folder."""
    (plan,) = planned([str(PROFILES / f"{profile}.yaml")], None, time_scale)
    module = ("-m", "chaos_tests.known_bad", bot, "--time-scale", f"{time_scale:g}")
    command = CommandLine((sys.executable, *module))
    verdict = OneRun(plan, folder / bot).play(command, Nobody()).verdict
    outcomes = {finding.check: finding.outcome for finding in verdict.findings}
    return Judged(bot, profile, verdict.result, outcomes), verdict
