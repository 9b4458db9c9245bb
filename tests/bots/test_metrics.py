"""What a bot counts and measures is read from its page for Prometheus."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from downtick.bots.metrics import USUAL, MetricsPage, checked, samples
from downtick.errors import InputError

PAGE = """\
# HELP orders_total Orders.
# TYPE orders_total counter
orders_total{side="BUY",product="BTC-USD"} 3
orders_total{side="SELL",product="BTC-USD"} 1
# TYPE mode gauge
mode 2.5
age_seconds +Inf
"""


def test_each_sample_that_is_a_number_is_read_with_its_labels() -> None:
    """Labels in one order, so that a sample has one name."""
    assert dict(samples(PAGE)) == {
        'orders_total{product="BTC-USD",side="BUY"}': 3.0,
        'orders_total{product="BTC-USD",side="SELL"}': 1.0,
        "mode": 2.5,
    }


@given(st.text(alphabet='a_{}="\\,# \n1.eNI+-TYPEHL', max_size=60))
def test_a_page_of_something_else_is_a_value_error_or_nothing(text: str) -> None:
    """Whatever a bot answers there."""
    with contextlib.suppress(ValueError):
        assert all(isinstance(value, float) for _, value in samples(text))


@pytest.mark.parametrize("url", [USUAL, "http://127.0.0.1:9100/metrics", "http://[::1]:1/m?all=1"])
def test_a_page_of_this_machine_is_taken(url: str) -> None:
    """Wherever on it."""
    assert checked(url) == url


@pytest.mark.parametrize(
    "url",
    [
        *("http://192.0.2.1:9100/metrics", "http://127.0.0.1/metrics", "http://127.0.0.1:x/"),
        *("https://127.0.0.1:9100/metrics", "http://me:secret@127.0.0.1:9100/", "9100", ""),
        *("http://127.0.0.1.example:9100/metrics", "http://[::1:9100/", "http://127.0.0.1:99999/"),
    ],
)
def test_a_page_of_elsewhere_is_refused(url: str) -> None:
    """Before anything is connected; what is allowed is told, a password is not."""
    with pytest.raises(InputError, match=r"--metrics: .*allowed: http://127\.0\.0\.1:") as refused:
        checked(url)
    assert "secret" not in str(refused.value)


def test_who_is_not_said_to_have_a_page_misses_none() -> None:
    """Who is, is told why it was never read."""
    said = MetricsPage("http://127.0.0.1:1/metrics")
    assert "never read (http://127.0.0.1:1/metrics: " in str(said)
    assert not str(MetricsPage("http://127.0.0.1:1/metrics", expected=False))
