"""The words of the checks: each can be named in a profile."""

import pytest

from downtick.checks.vocabulary import CHECKS
from downtick.profiles.vocabulary import CheckSpec


def test_every_check_can_be_named() -> None:
    """Twenty-two checks, each under its own name."""
    assert len(CHECKS) == 22
    assert all(name == check.name for name, check in CHECKS.items())


@pytest.mark.parametrize("check", CHECKS.values(), ids=lambda check: check.name)
def test_a_check_is_described(check: CheckSpec) -> None:
    """Check and parameters each say in a line what they are."""
    assert check.doc
    assert all(parameter.doc for parameter in check.parameters)


@pytest.mark.parametrize("check", CHECKS.values(), ids=lambda check: check.name)
def test_a_deadline_is_chosen_by_the_profile(check: CheckSpec) -> None:
    """A `within` has no default, follows the time scale, and is what `from_start` is about."""
    deadlines = [parameter for parameter in check.parameters if parameter.name == "within"]
    assert all(d.required and d.scaling == "duration" for d in deadlines)
    assert deadlines or not check.from_start
