from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from downtick.errors import InputError
from downtick.exchange.faults.selector import Selector, route_matches


def _taken(count: int, **selectors: Any) -> list[int]:
    """Return which of so many opportunities are taken, counted from 1."""
    selector = Selector.of(selectors)
    return [number for number in range(1, count + 1) if selector.take()]


@pytest.mark.parametrize(
    ("selectors", "expected"),
    [
        ({}, [1, 2, 3, 4, 5]),
        ({"once": True}, [1]),
        ({"once": False}, [1, 2, 3, 4, 5]),
        ({"times": 2}, [1, 2]),
        ({"nth": 3}, [3]),
        ({"nth": 3, "times": 2}, [3, 4]),
        ({"nth": 9}, []),
    ],
)
def test_counts_are_exact(selectors: dict[str, Any], expected: list[int]) -> None:
    """Each selector takes exactly the opportunities that it names."""
    assert _taken(5, **selectors) == expected


@given(st.integers(1, 30), st.integers(1, 30), st.integers(0, 60))
def test_nth_and_times_cut_out_a_stretch(nth: int, times: int, count: int) -> None:
    """From the nth on, so many, as far as there are any."""
    expected = list(range(nth, min(nth + times, count + 1)))
    assert _taken(count, nth=nth, times=times) == expected


def test_only_what_fits_is_counted() -> None:
    """The second request of a route, whatever else was asked in between."""
    selector = Selector.of({"route": "GET /products", "nth": 2})
    asked = ["/products", "/time", "/products", "/products"]
    assert [selector.take(method="GET", path=path) for path in asked] == [False, False, True, False]
    assert (selector.seen, selector.taken) == (3, 1)


def test_a_product_selector_needs_that_product() -> None:
    """What names no product does not fit."""
    selector = Selector.of({"product": "BTC-USD"})
    assert selector.take(products=("ETH-USD", "BTC-USD"))
    assert not selector.take(products=("ETH-USD",))
    assert not selector.take()


def test_a_method_selector_ignores_case() -> None:
    """As a profile may write it."""
    selector = Selector.of({"method": "get"})
    assert selector.take(method="GET")
    assert not selector.take(method="POST")


@pytest.mark.parametrize(
    ("pattern", "method", "path", "expected"),
    [
        ("GET /products", "GET", "/api/v3/brokerage/market/products", True),
        ("GET /products", "POST", "/api/v3/brokerage/products", False),
        ("/products", "POST", "/api/v3/brokerage/products", True),
        ("get /products", "GET", "/products", True),
        ("/products", "GET", "/api/v3/brokerage/products/BTC-USD", False),
        ("/products/{}/ticker", "GET", "/api/v3/brokerage/products/BTC-USD/ticker", True),
        ("/products/{id}", "GET", "/products/BTC-USD", True),
        ("/market/products", "GET", "/api/v3/brokerage/products", False),
        ("/ducts", "GET", "/products", False),
        ("/a/b/c", "GET", "/b/c", False),
    ],
)
def test_a_route_is_the_end_of_a_path(pattern: str, method: str, path: str, expected: bool) -> None:
    """Whole segments from the end; a method if one is given."""
    assert route_matches(pattern, method, path) is expected


@pytest.mark.parametrize("selectors", [{"nth": 0}, {"times": -1}, {"nth": "2"}, {"often": 3}])
def test_a_wrong_selector_is_refused(selectors: dict[str, Any]) -> None:
    """Before anything is started."""
    with pytest.raises(InputError, match="expected"):
        Selector.of(selectors)
