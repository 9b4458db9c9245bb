"""Whether the faults of a run really happened: as the witness saw it, else as far as the exchange's journal shows it.

The journal sees what became of connections and of what the exchange did. Of bytes that were late, cut or lost on a link it
sees nothing: without a witness those faults are unknown.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from downtick.checks.run import CUT, Connection, Fault, Run
from downtick.witness import evidence as wire
from downtick.witness.bite import Bite
from downtick.witness.proofs import prove


@dataclass(frozen=True)
class Proof:
    """What is known of one fault: its name and place, and a sentence with the figures.

    Attributes:
        evidence: numbers of the events that show it, first of that which asked for it.
    """

    fault: str
    place: str
    bite: Bite
    sentence: str
    evidence: tuple[int, ...] = ()

    @property
    def number(self) -> int | None:
        """The number of the event that asked for the fault; None for a step that was never done."""
        return self.evidence[0] if self.evidence else None


def proofs(run: Run, steps: int = 0, seen: wire.Evidence | None = None) -> tuple[Proof, ...]:
    """Return what is known of each fault.

    Args:
        run: in which they were made.
        steps: that the profile has; one that was never done proves itself.
        seen: by the witness, if there was one.
    """
    missing = (
        Proof(f"step {step + 1}", "profile", Bite.DID_NOT_BITE, "it was never done")
        for step in range(steps)
        if step not in run.steps_done
    )
    return (*(_proof(run, fault, seen) for fault in run.faults), *missing)


def _proof(run: Run, fault: Fault, seen: wire.Evidence | None) -> Proof:
    if fault.place == "exchange":
        hits = len(fault.hits)
        bite = Bite.BIT if hits else Bite.DID_NOT_BITE
        said = f"it hit {hits} times" if hits else "it hit nothing"
        evidence = (fault.number, *(number for number, _ in fault.hits[:1]))
        return Proof(fault.name, "exchange", bite, said, evidence)
    bite, said, more = _LINK.get(fault.name, _unseen)(run, fault)
    if seen is not None and fault.link is not None and fault.done < math.inf:
        witnessed = prove(_on_the_wire(run, fault, fault.link), seen)
        if witnessed.bite is not Bite.UNKNOWN or bite is Bite.UNKNOWN:
            bite, said, more = witnessed.bite, witnessed.why, ()
    return Proof(fault.name, fault.link or "", bite, said, (fault.number, *more))


def _on_the_wire(run: Run, fault: Fault, link: str) -> wire.WireFault:
    end = min(fault.ending, run.played)
    return wire.WireFault(
        link, fault.name, fault.asked, fault.done, end, fault.attributes, fault.stream
    )


_Seen = tuple[Bite, str, tuple[int, ...]]


def _unseen(run: Run, fault: Fault) -> _Seen:
    return Bite.UNKNOWN, "nobody watched the wire", ()


def _cut(run: Run, fault: Fault) -> _Seen:
    """A reset or a close: every connection that was open ended, and not by a word of the bot."""
    was_open = [each for each in _of(run, fault) if each.accepted < fault.asked <= each.ended]
    if not was_open:
        return Bite.DID_NOT_BITE, "no connection was open on the link", ()
    ended = [each for each in was_open if each.ended <= fault.done + CUT and _was_cut(each)]
    numbers = tuple(each.end.number for each in ended if each.end is not None)
    said = f"{len(ended)} of {len(was_open)} open connections ended with it"
    return (Bite.BIT if ended else Bite.DID_NOT_BITE), said, numbers


def _down(run: Run, fault: Fault) -> _Seen:
    """A link that is down: what was open ends, and nothing comes until it is up again."""
    until = min(fault.ended, run.ended)
    came = [each.number for each in _of(run, fault) if fault.done < each.accepted < until]
    if came:
        return Bite.DID_NOT_BITE, f"{len(came)} connections came through it", tuple(came)
    bite, said, numbers = _cut(run, fault)
    if bite is Bite.BIT:
        return bite, f"{said}, and none came for {until - fault.done:.3g} s", numbers
    return Bite.UNKNOWN, f"{said}, and nobody counted attempts to connect", numbers


_LINK = {"reset": _cut, "close": _cut, "down": _down}


def _of(run: Run, fault: Fault) -> Iterator[Connection]:
    return (each for each in run.connections.values() if each.listener == fault.link)


def _was_cut(connection: Connection) -> bool:
    end = connection.end
    return end is not None and end.by == "bot" and end.how != "close_frame"
