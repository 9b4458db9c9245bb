from __future__ import annotations

import dataclasses
import logging
import pprint
import traceback

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from downtick.exchange.auth.secret import Secret
from downtick.exchange.journal import Journal
from downtick.history import Header, History

PLANTED = "planted-secret-7f3a"


@dataclasses.dataclass(frozen=True)
class Holder:
    name: str
    secret: Secret


def test_a_secret_is_in_no_form_of_output() -> None:
    """However a thing that holds one is shown, it is not there."""
    secret = Secret(PLANTED)
    holder = Holder("a", secret)
    shown = [
        *(repr(secret), str(secret), f"{secret}", f"{secret!r:>40}", "%s" % secret),  # noqa: UP031
        *(repr(holder), repr([holder]), str({"key": secret}), pprint.pformat(holder)),
        *(repr(dataclasses.asdict(holder)), repr(dataclasses.replace(holder, name="b"))),
    ]
    assert not [text for text in shown if PLANTED in text]
    assert secret.reveal() == PLANTED


def test_a_secret_is_in_no_log_and_no_traceback(caplog: pytest.LogCaptureFixture) -> None:
    """Not even where an error shows the values of its frames."""
    holder = Holder("a", Secret(PLANTED))
    try:
        raise ValueError(holder)
    except ValueError as error:
        logging.getLogger("downtick").exception("it failed: %s", holder)
        told = "".join(
            traceback.TracebackException.from_exception(error, capture_locals=True).format()
        )
    assert PLANTED not in told
    assert PLANTED not in caplog.text


def test_no_history_can_be_written_with_a_secret_in_it() -> None:
    """A secret is no JSON value: whoever journals one by mistake is told at once."""
    history = History()
    journal = Journal(history.extend)
    journal.record("request", key=Secret(PLANTED))
    journal.flush()
    with pytest.raises(TypeError) as caught:
        b"".join(history.to_jsonl(Header(1, "", 0.0, {})))
    assert PLANTED not in str(caught.value)
    with pytest.raises(TypeError):
        msgspec.msgpack.encode(Holder("a", Secret(PLANTED)))


def test_secrets_are_equal_when_their_texts_are() -> None:
    """A configuration that travelled is equal to the one that was sent."""
    assert Secret("a") == Secret("a")
    assert Secret("a") != Secret("b")
    assert Secret("a") != "a"
    assert len({Secret("a"), Secret("a"), Secret("b")}) == 2


@example("\ud800", "\udfff")
@given(st.text(), st.text(alphabet=st.characters(), max_size=5))
def test_any_text_can_be_compared(text: str, other: str) -> None:
    """Also one that no encoding knows: lone surrogates."""
    assert Secret(text).matches(text)
    assert Secret(text).matches(other) == (text == other)
