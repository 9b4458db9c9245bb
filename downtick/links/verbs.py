"""The state of one link and the calls that each verb is made of. Blocking; one verb at a time."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable
from typing import Any, Final

from downtick.errors import PortTaken, RigError
from downtick.links.control import Control
from downtick.links.toxics import STREAMS, Toxic, toxic
from downtick.links.validate import near_miss

Answers = list[dict[str, Any]]

ARM: Final = toxic("reset_peer", {}, stream="upstream", toxicity=0.0, name="armed")
_FREEZE: Final = tuple(
    toxic("bandwidth", {"rate": 0}, stream=stream, name=f"freeze_{stream}") for stream in STREAMS
)
_BLACKHOLE: Final = tuple(
    toxic("timeout", {"timeout": 0}, stream=stream, name=f"blackhole_{stream}")
    for stream in STREAMS
)

# Toxics that hold data are switched off (toxicity 0) rather than removed. Removing waits 5 s for each chunk that is
# held for a connection whose client has left, and lets no new connection in meanwhile; that is every bot
# that gives up on a frozen feed (Toxiproxy link.go: RemoveToxic, toxic.go: WriteOutput).
_HOLDING: Final = ("bandwidth", "latency", "slicer")


class Verbs:
    """What is done to a proxy, and what is known of it.

    Args:
        control: of its server.
        name: of the link, for messages.
        proxy: as `Control.create` returned it.
    """

    def __init__(self, control: Control, name: str, proxy: Any) -> None:
        self._control = control
        self._name = name
        self._proxy = proxy
        self._toxics: dict[str, Toxic] = {}
        self._switched_off: dict[str, Toxic] = {}
        self._down = False
        self._end: str | None = None

    def cut(self, verb: str) -> Answers:
        """Close every open connection and listen again."""
        if self._down:
            raise RigError(f"{self._name} is down: there is no connection to {verb}")
        return [*self.go_down(), *self.come_up()]

    def go_down(self) -> Answers:
        """Close every open connection and listen no more."""
        answer = self._control.disable(self._proxy)
        self._down = True
        return [answer]

    def come_up(self) -> Answers:
        """Listen again."""
        try:
            answer = self._control.enable(self._proxy)
        except PortTaken as error:
            raise PortTaken(
                f"{self._name} cannot listen on {self._proxy.listen} again: another process took "
                "the port while the link was down"
            ) from error
        self._down = False
        return [answer]

    def freeze(self) -> Answers:
        """Stall both directions."""
        return [a for t in _FREEZE if t.name not in self._toxics for a in self.add(t)]

    def thaw(self) -> Answers:
        """Let both directions go on."""
        return [a for t in _FREEZE if t.name in self._toxics for a in self.remove(t.name)]

    def begin_blackhole(self, end: str) -> Answers:
        """Lose every byte of both directions."""
        if self._end not in (None, end):
            raise RigError(f"{self._name} is in a blackhole that ends in a {self._end} already")
        self._end = end
        return [a for t in _BLACKHOLE if t.name not in self._toxics for a in self.add(t)]

    def end_blackhole(self) -> Answers:
        """Cut what lost bytes, and lose no more."""
        if self._end is None:
            return []
        was_down = self._down
        # The cut comes first: removing a `timeout` closes its direction, and the other one would still flow.
        answers = self.go_down()
        answers += [a for t in _BLACKHOLE if t.name in self._toxics for a in self.remove(t.name)]
        self._end = None
        return answers if was_down else [*answers, *self.come_up()]

    def add(self, toxic: Toxic) -> Answers:
        """Add a toxic, or switch one on again."""
        if toxic.name in self._toxics:
            raise RigError(f"{self._name} has a toxic {toxic.name!r} already")
        old = self._switched_off.pop(toxic.name, None)
        if old is not None and (old.type, old.stream) == (toxic.type, toxic.stream):
            answer = self._control.update_toxic(self._proxy, toxic)
        else:
            if old is not None:
                self._control.remove_toxic(self._proxy, old.name)
            answer = self._control.add_toxic(self._proxy, toxic)
        self._toxics[toxic.name] = toxic
        return [answer]

    def remove(self, name: str) -> Answers:
        """Remove a toxic, or switch it off if it holds data back."""
        if name not in self._toxics:
            raise RigError(f"{self._name} has no toxic {name!r}{near_miss(name, self._toxics)}")
        toxic = self._toxics[name]
        if toxic.type in _HOLDING:
            off = dataclasses.replace(toxic, toxicity=0.0)
            answer = self._control.update_toxic(self._proxy, off)
            self._switched_off[name] = off
        else:
            self._control.remove_toxic(self._proxy, name)
            answer = {"removed": name}
        del self._toxics[name]
        return [answer]

    def heal(self) -> Answers:
        """End everything; what fails does not spare the rest."""
        answers: Answers = []
        failures: list[RigError] = []

        def attempt(step: Callable[[], Answers]) -> None:
            try:
                answers.extend(step())
            except RigError as error:
                failures.append(error)

        # The server is asked what is there: an answer that was lost may have added a toxic.
        attempt(self._look)
        attempt(self.end_blackhole)
        # The newest first: removing a toxic draws the toxicity of the one before it again.
        for name in reversed(list(self._toxics)):
            attempt(functools.partial(self.remove, name))
        if self._down:
            attempt(self.come_up)
        if failures:
            for other in failures[1:]:
                failures[0].add_note(f"and then: {other}")
            raise failures[0]
        return answers

    def _look(self) -> Answers:
        there = {t.name: t for t in self._control.toxics(self._proxy) if t.name != ARM.name}
        self._toxics = {name: t for name, t in there.items() if t.toxicity > 0}
        self._switched_off = {name: t for name, t in there.items() if t.toxicity == 0}
        return []
