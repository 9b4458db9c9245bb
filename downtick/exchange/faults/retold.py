"""Faults that tell something else than is true, in answers and in frames. What the exchange did and does stays true."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from downtick.exchange.call import Call, HttpAnswer
from downtick.exchange.error_bodies import JSON
from downtick.exchange.faults.base import FRAME_NAMES, Fault, Feed
from downtick.exchange.faults.telling import decode, encode
from downtick.exchange.frames import Body

_OK = 200


class Retold(Fault):
    """Changes good answers and frames on their way out.

    What it would change is an opportunity for the selector; with ``product`` it changes only what is told of that
    product. ``where``, ``routes`` and ``channels`` say where it looks.
    """

    def begin(self) -> None:
        """Note where to look."""
        self._where = self.attributes.get("where", "feed")
        self._channels = {FRAME_NAMES.get(name, name) for name in self.attributes["channels"]}

    def in_answer(self, call: Call, told: Any) -> bool:
        """Change a decoded answer, and return whether there was something to change."""
        return False

    def in_frame(self, feed: Feed, body: Body, told: Any) -> bool:
        """Change a decoded frame, and return whether there was something to change."""
        return False

    def concerns(self, product: str | None) -> bool:
        """Whether something about this product is to be changed."""
        return self.selector.product in (None, product)

    def rewrite(self, call: Call, answer: HttpAnswer) -> HttpAnswer | None:
        """Return what is answered instead."""
        true = answer.answer
        if self._where == "feed" or not self.on_route(call):
            return None
        if true.status != _OK or true.content_type != JSON or not true.body:
            return None
        told = decode(true.body)
        if not self.in_answer(call, told):
            return None
        if not self.selector.take(method=call.method, path=call.path, products=self._products):
            return None
        self.hit(conn=call.conn, request=call.number, method=call.method, path=call.path)
        return replace(answer, answer=replace(true, body=encode(told)))

    def rewrite_frame(self, feed: Feed, body: Body, sequence: int, payload: bytes) -> bytes | None:
        """Return what is sent instead."""
        if not self._looks_at(body.channel):
            return None
        told = decode(payload)
        if not self.in_frame(feed, body, told) or not self.selector.take(products=self._products):
            return None
        self.hit(conn=feed.number, channel=body.channel, seq=sequence)
        return encode(told)

    def _looks_at(self, channel: str) -> bool:
        """Whether frames of this channel, by its name in a frame, may be changed at all."""
        return self._where != "rest" and (not self._channels or channel in self._channels)

    @property
    def _products(self) -> tuple[str, ...]:
        """The product of what was changed, as far as the selector cares."""
        return () if self.selector.product is None else (self.selector.product,)
