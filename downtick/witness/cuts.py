"""Proofs of the faults that end connections: reset, close and down. Pure."""

from __future__ import annotations

from collections import Counter
from typing import Final

from downtick.witness.bite import Bite
from downtick.witness.evidence import EDGE, Evidence, Trace, WireFault
from downtick.witness.lives import Life

_SEGMENTS: Final = {"rst": "RST", "fin": "FIN"}


def prove_cut(fault: WireFault, seen: Evidence) -> Trace:
    """Prove a reset or a close: every open connection ended by its own segment, in that instant."""
    wanted = "rst" if fault.name == "reset" else "fin"
    cut, left, unclear = _cut(fault, seen)
    if unclear:
        return Trace(Bite.UNKNOWN, f"{_connections(unclear)} ended then, nobody knows by whom")
    if not cut:
        stayed = f"{_connections(left)} stayed open" if left else "no connection was open"
        return Trace(Bite.DID_NOT_BITE, stayed)
    segments = Counter(_segment(seen, bot) for bot in cut)
    told = ", ".join(f"{count} met a {_SEGMENTS[how]}" for how, count in sorted(segments.items()))
    why = f"of {_connections([*cut, *left])}: {told}"
    if left:
        return Trace(Bite.BIT_OTHERWISE, f"{why}, {len(left)} not cut")
    return Trace(Bite.BIT if [*segments] == [wanted] else Bite.BIT_OTHERWISE, why)


def prove_down(fault: WireFault, seen: Evidence) -> Trace:
    """Prove a link that is down: no connection outlived it, none was made, whoever tried was refused."""
    cut, left, unclear = _cut(fault, seen)
    made = [
        bot
        for bot in seen.ends(fault.link, "bot")
        if bot.born.earliest > fault.done and bot.born.latest <= fault.end
    ]
    tried = [e for e in seen.refusals if fault.asked <= e.at <= fault.end]
    here = sum(fault.link == e["link"] or e.get("links") == [fault.link] for e in tried)
    perhaps = sum(fault.link == e["link"] or fault.link in e.get("links", ()) for e in tried)
    count = f"{here}" if here == perhaps else f"{here} to {perhaps}"
    why = f"{_connections(cut)} cut, {count} connects refused"
    if made or left:
        why = f"{why}, {len(left)} not cut, {len(made)} made meanwhile"
        return Trace(Bite.BIT_OTHERWISE if cut or here else Bite.DID_NOT_BITE, why)
    if cut or here:
        return Trace(Bite.BIT, why)
    if unclear:
        return Trace(Bite.UNKNOWN, f"{_connections(unclear)} ended then, nobody knows by whom")
    if perhaps:
        return Trace(Bite.UNKNOWN, f"{why}: they may have been to another link")
    return Trace(Bite.DID_NOT_BITE, "nobody was connected, and nobody tried")


def _cut(fault: WireFault, seen: Evidence) -> tuple[list[Life], list[Life], list[Life]]:
    """Return the bot's connections that the link ended then, those that it spared, and those that nobody knows of."""
    cut: list[Life] = []
    left: list[Life] = []
    unclear: list[Life] = []
    for bot in seen.ends(fault.link, "bot"):
        by, _ = seen.ending(bot) or ("unknown", "")
        ended = bot.ended
        if _within(fault, bot) and by != "owner":
            (cut if by == "link" else unclear).append(bot)
        elif bot.born.latest <= fault.asked and (ended is None or ended.latest > fault.done):
            left.append(bot)
    return cut, left, unclear


def _within(fault: WireFault, bot: Life) -> bool:
    ended = bot.ended
    return ended is not None and ended.earliest <= fault.done + EDGE and ended.latest >= fault.asked


def _segment(seen: Evidence, bot: Life) -> str:
    by = seen.ending(bot)
    assert by is not None
    return by[1]


def _connections(lives: list[Life]) -> str:
    return "1 connection" if len(lives) == 1 else f"{len(lives)} connections"
