"""Every benchmark, one after the other, each in a process of its own: ``python -m benchmarks [NAME ...]``."""

from __future__ import annotations

import subprocess
import sys

NAMES = (
    "frames",
    "feed",
    "start",
    "rig",
    "orders",
    "bots",
    "memory",
    "kill_nine",
    "ledger",
    "checks",
    "witness",
)


def main() -> int:
    """Measure and print what is named, or everything; 2 for a name that is none."""
    names = sys.argv[1:] or NAMES
    if unknown := [name for name in names if name not in NAMES]:
        sys.stderr.write(f"no benchmark {unknown[0]!r}; there are: {', '.join(NAMES)}\n")
        return 2
    # What one leaves in memory, and the server that it talked to, must not weigh on the next.
    return max(
        subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=False).returncode
        for name in names
    )


if __name__ == "__main__":
    sys.exit(main())
