"""One request, and what came back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Method = Literal["GET", "POST", "DELETE"]


@dataclass(frozen=True)
class Call:
    """One request.

    Attributes:
        method: of HTTP. A GET reads; everything else may change something.
        path: below the endpoint's address, with its first slash.
        query: parameters, in their order; a name may come more than once.
        body: is sent as JSON, if there is one.
        public: whether anybody may ask this; it is not signed then.
    """

    method: Method
    path: str
    query: tuple[tuple[str, str], ...] = ()
    body: Mapping[str, Any] | None = None
    public: bool = False

    @property
    def reads(self) -> bool:
        """Whether it changes nothing, so that it may be repeated at will."""
        return self.method == "GET"

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


@dataclass(frozen=True)
class Answer:
    """What came back.

    Attributes:
        status: of HTTP.
        headers: their names in lower case.
        data: the body's JSON, numbers with a point in it as `Decimal`; None if it is none that can be believed.
        problem: why there is no data: cut off, too long, no JSON.
    """

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    data: Any = None
    problem: str = ""


@dataclass(frozen=True)
class Reply:
    """A good answer: its JSON, and its headers with names in lower case."""

    data: Any
    headers: Mapping[str, str]
