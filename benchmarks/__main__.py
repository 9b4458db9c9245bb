"""Every benchmark, one after the other: ``python -m benchmarks``."""

from __future__ import annotations

import importlib

NAMES = ("frames", "feed", "start", "rig", "orders", "bots", "memory", "kill_nine", "ledger")


def main() -> None:
    """Measure and print everything."""
    for name in NAMES:
        importlib.import_module(f"benchmarks.{name}").main()


if __name__ == "__main__":
    main()
