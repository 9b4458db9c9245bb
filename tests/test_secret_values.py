"""What was handed out is kept in no form."""

from __future__ import annotations

import base64
import json
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from downtick.secret_values import REMOVED, Scrubber, secret_names, secret_values

PEM = "-----BEGIN EC PRIVATE KEY-----\nMHcCAQEEIB+one/line==\nof+two/lines9=\n-----END EC PRIVATE KEY-----\n"
SECRET = "pa$$ word/with+signs=\"'é"


@pytest.mark.parametrize(
    "written",
    [
        SECRET,
        base64.b64encode(SECRET.encode()).decode(),
        base64.urlsafe_b64encode(SECRET.encode()).decode(),
        quote(SECRET, safe=""),
        json.dumps(SECRET)[1:-1],
        repr(SECRET)[1:-1],
    ],
)
def test_a_secret_is_removed_in_every_form(written: str) -> None:
    """And nothing else is."""
    assert Scrubber([SECRET]).clean(f"a {written} b".encode()) == b"a " + REMOVED + b" b"


@pytest.mark.parametrize("written", [PEM, json.dumps(PEM), repr(PEM), "MHcCAQEEIB+one/line=="])
def test_a_key_of_several_lines_is_removed_line_by_line(written: str) -> None:
    """However its lines are joined, or torn apart."""
    kept = Scrubber([PEM]).clean(written.encode())
    assert b"one/line" not in kept
    assert b"two/lines" not in kept


def test_variables_are_secret_by_their_names() -> None:
    """Whoever made them."""
    environment = {"COINBASE_API_SECRET": "a", "my_token": "b", "PATH": "c", "API_KEY": "d"}
    assert secret_names(environment) == {"COINBASE_API_SECRET", "my_token", "API_KEY"}
    assert sorted(secret_values(environment)) == ["a", "b", "d"]


def test_what_is_too_short_to_be_a_secret_stays() -> None:
    """A debug switch named TOKEN=1 must not take every 1 out of a history."""
    assert Scrubber(["1", ""]).clean(b"11") == b"11"


@given(st.text(min_size=8), st.binary(), st.binary())
def test_no_secret_is_left(secret: str, before: bytes, after: bytes) -> None:
    """Of whatever letters it is."""
    secret = secret.strip()
    if len(secret) >= 8:
        assert secret.encode(errors="replace") not in Scrubber([secret]).clean(
            before + secret.encode() + after
        ).replace(REMOVED, b"\x00\xff")
