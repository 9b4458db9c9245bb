"""The one command that plays a run again."""

from __future__ import annotations

import shlex

from downtick.history import Header
from downtick.profiles.expecting import BY_HAND


def again(header: Header, *, accept_unwitnessed: bool = False) -> str:
    """Return the command that plays a run again with the same seed.

    A history that was not written by ``downtick run`` knows no bot: COMMAND stands for it then. Of faults that a test made
    by hand it knows no test: TEST stands for that.

    Args:
        header: of the run's history.
        accept_unwitnessed: whether its verdict took faults for real that nobody saw.
    """
    said = header.run
    if said.get("profile") == BY_HAND:
        return f"pytest TEST --downtick-seed {said['seed']} --downtick-time-scale {said['time_scale']:g}"
    words = ["downtick", "run", str(said.get("asked_for") or said.get("profile"))]
    if said.get("seed") is not None:
        words += ["--seed", str(said["seed"])]
    if said.get("time_scale") is not None:
        words += ["--time-scale", f"{said['time_scale']:g}"]
    if accept_unwitnessed:
        words.append("--accept-unwitnessed")
    return shlex.join([*words, "--", *(said.get("bot") or ["COMMAND"])])
