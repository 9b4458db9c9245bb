"""Which of the opportunities that a fault meets it takes, counted exactly."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from downtick.errors import InputError

_KNOWN: Final = ("once", "nth", "times", "route", "product", "method")


def route_matches(pattern: str, method: str, path: str) -> bool:
    """Return whether a request is one of a route, such as ``GET /products`` or ``/market/product_book``.

    The pattern's path is compared with the end of the request's path, whole segments only; without a
    method it stands for every method. An empty ``{}`` segment matches any one segment.
    """
    wanted_method, _, wanted_path = pattern.rpartition(" ")
    if wanted_method and wanted_method.strip().upper() != method.upper():
        return False
    wanted = [segment for segment in wanted_path.split("/") if segment]
    found = [segment for segment in path.split("/") if segment]
    if len(wanted) > len(found):
        return False
    tail = found[len(found) - len(wanted) :]
    return all(w == f or (w[0] == "{" and w[-1] == "}") for w, f in zip(wanted, tail, strict=True))


@dataclass
class Selector:
    """Takes or leaves opportunities.

    Of the opportunities that fit route, product and method, it takes the ``nth`` and those after it, at most
    ``times`` of them. ``nth`` alone takes one; ``once`` is ``times: 1``.

    Attributes:
        nth: number of the first one to take, from 1.
        times: how many to take, or None for all.
        route: see `route_matches`; None for any.
        product: product id; None for any.
        method: HTTP method; None for any.
        seen: opportunities that fitted so far.
        taken: those that were taken.
    """

    nth: int = 1
    times: int | None = None
    route: str | None = None
    product: str | None = None
    method: str | None = None
    seen: int = 0
    taken: int = 0

    @classmethod
    def of(cls, selectors: Mapping[str, Any]) -> Selector:
        """Make one from what a profile says.

        Raises:
            InputError: an unknown selector, or a count below 1.
        """
        unknown = [name for name in selectors if name not in _KNOWN]
        if unknown:
            raise InputError(f"unknown selector {unknown[0]!r}: expected {', '.join(_KNOWN)}")
        for name in ("nth", "times"):
            count = selectors.get(name)
            if count is not None and (not isinstance(count, int) or count < 1):
                raise InputError(f"{name}: expected a whole number from 1, found {count!r}")
        single = selectors.get("once") or ("nth" in selectors and "times" not in selectors)
        return cls(
            nth=selectors.get("nth", 1),
            times=1 if single else selectors.get("times"),
            route=selectors.get("route"),
            product=selectors.get("product"),
            method=selectors.get("method"),
        )

    def again(self, times: int) -> Selector:
        """Return a fresh one for one connection, which takes ``times`` unless the profile says how many."""
        return Selector(
            self.nth,
            self.times if self.times is not None else times,
            self.route,
            self.product,
            self.method,
        )

    @property
    def spent(self) -> bool:
        """Whether it will take nothing more."""
        return self.times is not None and self.taken >= self.times

    @property
    def ready(self) -> bool:
        """Whether it would take the next opportunity that fits."""
        return self.seen + 1 >= self.nth and not self.spent

    def fits(self, *, method: str = "", path: str = "", products: Iterable[str] = ()) -> bool:
        """Return whether an opportunity fits, without counting it."""
        if self.route is not None and not route_matches(self.route, method, path):
            return False
        if self.method is not None and self.method.upper() != method.upper():
            return False
        return self.product is None or self.product in products

    def take(self, *, method: str = "", path: str = "", products: Iterable[str] = ()) -> bool:
        """Count an opportunity if it fits, and return whether to take it."""
        if not self.fits(method=method, path=path, products=products):
            return False
        self.seen += 1
        if self.seen < self.nth or self.spent:
            return False
        self.taken += 1
        return True
