"""A frame that is not JSON does not end the bot."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from downtick.checks.cases import Case, conclude
from downtick.checks.finding import Finding
from downtick.checks.instant import Instant, first_of, met
from downtick.checks.run import Connection, Frame, Run

NAME = "survives_garbage"


def check(run: Run, parameters: Mapping[str, Any]) -> Finding:
    """Judge the time from the garbage being read to a frame of a subscribed feed being read."""
    within = run.real(parameters["within"])
    garbage = {fault.handle for fault in run.faults if fault.name == "garbage_text"}
    cases = [
        _case(run, feed, frame, within)
        for feed in run.feeds()
        for frame in (feed.frames if garbage else ())
        if frame[1].get("fault") in garbage
    ]
    return conclude(NAME, cases, parameters, "no garbage was sent")


def _case(run: Run, feed: Connection, garbage: Frame, within: float) -> Case:
    at = garbage[1].at
    after = (each for each in feed.frames_after(at) if each[1].get("channel"))  # garbage has none
    following = next(after, None)
    if feed.ended > at + within and (following is None or following[1].at > at + within):
        told = (
            f"garbage was sent on feed #{feed.conn}, and nothing more in time: its market was quiet"
        )
        return Case(None, told, (garbage[0],))
    sound = [Instant(run.ended, math.inf)]
    feeds = [other for other in run.feeds(feed.listener) if other.acknowledged]
    came_back = any(at < other.accepted <= run.ended for other in feeds)
    for other in feeds:
        frame = next((each for each in other.frames_after(at) if each[1].get("channel")), None)
        if frame is None:
            continue
        read = run.read(other, frame)
        if not _left(run, other, at, within):
            sound.append(read)
        elif came_back:
            sound.append(Instant(read.earliest, math.inf))
    back, since = first_of(sound), run.read(feed, garbage)
    holds = met(back, since, within, run.stolen(at, min(back.earliest, run.ended)))
    name = f"garbage was sent on feed #{feed.conn} ({feed.listener})"
    told = {
        True: f"{name}, and the bot read on",
        False: f"{name}, and the bot read no subscribed feed for {back.earliest - at:.3g} s",
        None: f"{name}; nobody saw when the bot read it, or what it read then",
    }[holds]
    return Case(holds, told, (garbage[0],))


def _left(run: Run, feed: Connection, garbage: float, within: float) -> bool:
    """Whether the bot ended a feed soon after it was sent garbage: what came right behind it may have gone unread then.

    The kernel hands several frames over at once: they are read, whatever becomes of the first.
    """
    end = feed.end
    return (
        end is not None
        and end.by == "bot"
        and feed.accepted < garbage < end.at <= garbage + within
        and end.at < run.ended
    )
