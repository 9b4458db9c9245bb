from __future__ import annotations

import inspect
import re

import pytest

from downtick import errors
from downtick.errors import (
    DeadlineMissed,
    DowntickError,
    InputError,
    ProfileError,
    RigError,
    ToxiproxyNotFound,
)


def drawn_tree() -> dict[str, str]:
    """Read the tree of the module's docstring: each exception and the one that it hangs from."""
    parents: dict[str, str] = {}
    branch: dict[int, str] = {}
    for line in (errors.__doc__ or "").splitlines():
        match = re.match(r"    ([│├└─ ]*)([A-Z]\w+)", line)
        if match:
            depth = len(match[1]) // 4
            branch[depth] = match[2]
            if depth:
                parents[match[2]] = branch[depth - 1]
    return parents


def test_docstring_draws_the_tree_as_it_is() -> None:
    """The drawing shows every exception under the one that it derives from, and no other."""
    classes = [
        cls
        for _, cls in inspect.getmembers(errors, inspect.isclass)
        if cls.__module__ == errors.__name__ and cls is not DowntickError
    ]
    assert drawn_tree() == {cls.__name__: cls.__bases__[0].__name__ for cls in classes}


@pytest.mark.parametrize(
    ("error", "code"),
    [(DowntickError, 4), (InputError, 2), (RigError, 4), (DeadlineMissed, 1)],
)
def test_exit_codes(error: type[DowntickError], code: int) -> None:
    """Wrong input ends with 2, a failed rig with 4, a bot that was too late with 1."""
    assert error.exit_code == code


def test_every_exception_inherits_its_exit_code() -> None:
    """Below wrong input all end with 2; below a failed rig all with 4."""
    for _, cls in inspect.getmembers(errors, inspect.isclass):
        for family in (InputError, RigError):
            if issubclass(cls, family):
                assert cls.exit_code == family.exit_code


def test_missed_deadline_fails_a_test() -> None:
    """A test that waited in vain has failed, rather than broken."""
    assert issubclass(DeadlineMissed, AssertionError)


def test_profile_error_carries_every_problem() -> None:
    """All problems of a file are told at once, a line each."""
    error = ProfileError(("a.yaml:1:1: first", "a.yaml:2:1: second"))
    assert error.problems == ("a.yaml:1:1: first", "a.yaml:2:1: second")
    assert str(error).splitlines() == list(error.problems)


def test_missing_toxiproxy_tells_each_attempt() -> None:
    """The message lists what was tried and why it failed, in the order tried."""
    error = ToxiproxyNotFound("none could be had:", ("PATH: not there", "cache: empty"))
    assert error.attempts == ("PATH: not there", "cache: empty")
    assert str(error) == "none could be had:\n  - PATH: not there\n  - cache: empty"
