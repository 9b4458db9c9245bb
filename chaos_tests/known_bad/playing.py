"""One bot through one profile, by the very functions of ``downtick run``."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from chaos_tests.known_bad.catalogue import PROFILES
from downtick.checks.finding import Outcome
from downtick.commands.run import OneRun, planned
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
    (plan,) = planned([str(PROFILES / f"{profile}.yaml")], None, time_scale, 1)
    module = ("-m", "chaos_tests.known_bad", bot, "--time-scale", f"{time_scale:g}")
    verdict = OneRun(plan, folder / bot, False).play([sys.executable, *module]).verdict
    outcomes = {finding.check: finding.outcome for finding in verdict.findings}
    return Judged(bot, profile, verdict.result, outcomes), verdict
