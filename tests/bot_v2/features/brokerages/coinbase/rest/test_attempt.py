from __future__ import annotations

import pytest

from bot_v2.features.brokerages.coinbase.rest.attempt import Attempt, GivenUp


def test_what_was_not_sent_whole_did_not_leave() -> None:
    """Not while connecting, and not while it is being sent."""
    attempt = Attempt()
    assert not attempt.may_have_left
    attempt.handed_over()
    attempt.connecting()
    assert not attempt.may_have_left
    attempt.sending(lambda: None)
    assert attempt.begun
    assert not attempt.may_have_left
    attempt.all_sent()
    assert attempt.may_have_left


def test_what_nobody_watched_may_have_left() -> None:
    """Handed over, and no connection of ours ever told of it: doubt counts as sent."""
    attempt = Attempt()
    attempt.handed_over()
    assert attempt.may_have_left


@pytest.mark.parametrize("step", ["handed_over", "connecting", "sending"])
def test_what_was_given_up_does_not_leave_later(step: str) -> None:
    """A thread that comes back from a slow look-up of a name finds that nobody wants its order any more."""
    attempt = Attempt()
    attempt.give_up()
    arguments = [lambda: None] if step == "sending" else []
    with pytest.raises(GivenUp):
        getattr(attempt, step)(*arguments)
    assert not attempt.begun
    assert not attempt.may_have_left


def test_giving_up_wakes_who_waits_and_only_while_it_is_under_way() -> None:
    """A connection that went back into the pool is another's."""
    woken = []
    attempt = Attempt()
    attempt.give_up()
    attempt = Attempt()
    attempt.sending(lambda: woken.append("first"))
    attempt.sending(lambda: woken.append("second"))
    attempt.give_up()
    assert woken == ["second"]
    attempt.over()
    attempt.give_up()
    assert woken == ["second"]
