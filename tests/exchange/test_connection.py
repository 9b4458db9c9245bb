from __future__ import annotations

from downtick.exchange.connection import Connection
from downtick.exchange.journal import Journal
from downtick.history import History


def _connection() -> tuple[Connection, Journal, History]:
    history = History()
    journal = Journal(history.extend)
    return Connection(5, "market_ws", journal), journal, history


def test_the_first_sign_of_the_end_is_the_one_that_counts() -> None:
    """A close frame is followed by the end of the stream, which tells nothing new."""
    connection, journal, history = _connection()
    connection.end("bot", "close_frame", code=1000)
    connection.end("bot", "eof")
    connection.lost(None)
    journal.flush()
    (closed,) = history
    assert closed.data == {"conn": 5, "by": "bot", "how": "close_frame", "code": 1000}


def test_a_broken_socket_was_the_bot() -> None:
    """Without another sign, an error is a reset by the other side."""
    connection, journal, history = _connection()
    connection.lost(ConnectionResetError())
    journal.flush()
    assert history[0].data == {"conn": 5, "by": "bot", "how": "reset"}


def test_an_end_without_a_sign_was_ours_or_a_faults() -> None:
    """A fault that cuts an answer says so before."""
    connection, journal, history = _connection()
    connection.ending = "fault", 3
    connection.lost(None)
    journal.flush()
    assert history[0].data == {"conn": 5, "by": "fault", "how": "eof", "fault": 3}
