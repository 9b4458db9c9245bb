"""What a handler is given, and how it reads a query and a body."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import msgspec

from downtick.exchange.auth.outcome import Granted
from downtick.exchange.brokerage.numbers import instant
from downtick.exchange.brokerage.proto_json import ProtoError, read
from downtick.exchange.call import Call
from downtick.exchange.error_bodies import JSON, Answer, v3_error
from downtick.exchange.venue import Venue

Form = TypeVar("Form", bound=msgspec.Struct)

_LONGEST_ECHO: Final = 100  # characters of a client's own words that an error repeats
_encode = msgspec.json.Encoder(decimal_format="string").encode


class Declined(Exception):
    """A request that cannot be carried out.

    Attributes:
        answer: what it is answered with.
    """

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


def bad(details: str) -> Declined:
    """Return the refusal of a bad argument: HTTP 400, ``INVALID_ARGUMENT``."""
    return Declined(v3_error(400, shown(details)))


def missing(details: str) -> Declined:
    """Return the refusal of what is not there: HTTP 404, ``NOT_FOUND``."""
    return Declined(v3_error(404, shown(details)))


def denied(details: str) -> Declined:
    """Return the refusal of what this user may not do: HTTP 403, ``PERMISSION_DENIED``."""
    return Declined(v3_error(403, shown(details)))


def data(body: Any) -> Answer:
    """Return an answer of JSON, HTTP 200."""
    return Answer(200, JSON, _encode(body))


def shown(words: str) -> str:
    """Return a client's words as they can be repeated: short, and encodable whatever bytes they came from."""
    return words[:_LONGEST_ECHO].encode(errors="replace").decode()


@dataclass(frozen=True, slots=True)
class Asked:
    """One request at its route.

    Attributes:
        call: the request.
        venue: where it is carried out.
        granted: who asks, and what they may.
        names: what stands in the placeholders of the path.
    """

    call: Call
    venue: Venue
    granted: Granted
    names: tuple[str, ...] = ()

    def one(self, *keys: str) -> str:
        """Return the first value that the query has under these names; empty if it has none."""
        query = self.call.query
        return next((query[key] for key in keys if key in query), "")

    def many(self, *keys: str) -> list[str]:
        """Return all values that the query has under these names."""
        query = self.call.query
        return [value for key in keys for value in query.getall(key, ()) if value]

    def whole(self, key: str, default: int) -> int:
        """Return a count of the query; its default where it is missing or 0.

        Raises:
            Declined: it is none.
        """
        value = self.one(key)
        if value and not is_whole(value):
            raise bad(f"{key} argument is invalid")
        return int(value or 0) or default

    def choice(self, key: str, allowed: Collection[str]) -> str:
        """Return a word of the query out of an enumeration; empty if there is none.

        Raises:
            Declined: it is another word.
        """
        value = self.one(key)
        if value and value not in allowed:
            raise bad(f'parsing field "{key}": "{value}" is not a valid value')
        return value

    def choices(self, allowed: Collection[str], *keys: str) -> list[str]:
        """Return the words that the query has under these names, each out of an enumeration.

        Raises:
            Declined: one is another word.
        """
        values = self.many(*keys)
        for value in values:
            if value not in allowed:
                raise bad(f'parsing list "{keys[0]}": "{value}" is not a valid value')
        return values

    def time(self, key: str) -> int | None:
        """Return an RFC 3339 instant of the query in nanoseconds since 1970, or None if it has none.

        Raises:
            Declined: it is none.
        """
        value = self.one(key)
        if not value:
            return None
        if (at := instant(value)) is None:
            raise bad(f'parsing field "{key}": invalid time "{value}"')
        return at

    def body(self, form: type[Form]) -> Form:
        """Return what the body says.

        Raises:
            ProtoError: it is not of this form.
        """
        return read(self.call.body, form)


def is_whole(value: str) -> bool:
    """Return whether these are some digits, few enough for any count."""
    return value.isascii() and value.isdigit() and len(value) <= 11


Handler = Callable[[Asked], Answer]


def unreadable(error: ProtoError) -> Answer:
    """Return the answer to a body that cannot be read: HTTP 400, its error is ``unknown``."""
    return v3_error(400, str(error), error="unknown")
