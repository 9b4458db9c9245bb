"""One bot as a command: ``python -m chaos_tests.known_bad NAME --time-scale X``."""

from __future__ import annotations

import argparse
import asyncio

from chaos_tests.known_bad.bot.bot import run
from chaos_tests.known_bad.bot.figures import Figures
from chaos_tests.known_bad.catalogue import HEALTHY, KNOWN_BAD


def main() -> None:
    """Run it until SIGTERM."""
    parser = argparse.ArgumentParser(description="Trade as a bot of the catalogue does.")
    parser.add_argument("name", choices=[*HEALTHY, *KNOWN_BAD])
    parser.add_argument("--time-scale", type=float, default=1.0)
    given = parser.parse_args()
    bot = KNOWN_BAD.get(given.name) or HEALTHY[given.name]
    asyncio.run(run(bot.parts, Figures(scale=given.time_scale, **bot.figures)))


if __name__ == "__main__":
    main()
