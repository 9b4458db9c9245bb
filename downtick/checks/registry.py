"""Every check that can be judged, by the name that a profile gives it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any, Final

from downtick.checks.cases import unexercised
from downtick.checks.finding import Finding
from downtick.checks.run import Run
from downtick.checks.vocabulary import CHECKS

Check = Callable[[Run, Mapping[str, Any]], Finding]
"""Judges a run by parameters in nominal seconds and rates."""

_OF_THE_LEDGER = frozenset(
    {
        "believes_no_lies",
        "books_match_ledger",
        "exactly_once_orders",
        "leaves_no_orphans",
        "limits_hold",
        "settles_unknown_orders",
    }
)
"""Checks that follow orders through the ledger, which a roll-back turns round."""

JUDGES: Final[Mapping[str, Check]] = {
    name: import_module(f"{__package__}.{name}").check for name in CHECKS
}
"""By name, which is that of the file."""


def judge(run: Run, name: str, parameters: Mapping[str, Any]) -> Finding:
    """Return what one check says of a run.

    Args:
        run: to be judged.
        name: of the check.
        parameters: that the profile gives; the others have their defaults.

    Raises:
        KeyError: there is no such check.
    """
    defaults = {p.name: p.default for p in CHECKS[name].parameters if p.default is not None}
    given = defaults | dict(parameters)
    if run.rolled_back and name in _OF_THE_LEDGER:
        return unexercised(name, "the exchange took orders back: this is not judged yet", given)
    return JUDGES[name](run, given)
