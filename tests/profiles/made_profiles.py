"""Profiles made by Hypothesis: every place, every kind of moment, and steps that meet each other."""

from __future__ import annotations

from hypothesis import assume
from hypothesis import strategies as st

from downtick.errors import ProfileError
from downtick.profiles.model import Profile
from tests.profiles.small_words import WORDS, profile_of

_MOMENTS = st.one_of(
    st.builds("at: {}s".format, st.integers(0, 50)),
    st.builds("when: {{exchange.ticks: {}}}".format, st.integers(1, 9)),
    st.builds(
        "at: {}s, repeat: {{count: {}, every: 10s}}".format, st.integers(0, 50), st.integers(1, 5)
    ),
)
_LENGTHS = st.builds("for: {}s".format, st.integers(1, 9))
_LINKS = st.builds("link: {}".format, st.sampled_from(WORDS.links))
_INSTANT = st.sampled_from(
    ["fault: reset", "fault: close", "exchange: close_code, attributes: {code: 1001}"]
)
_LASTING = st.sampled_from(
    [
        "fault: down",
        "fault: freeze",
        "fault: blackhole",
        "toxic: latency, attributes: {latency: 200, jitter: 100}",
        "toxic: latency, attributes: {latency: 900}, stream: upstream",
        "toxic: bandwidth, attributes: {rate: 0}",
        "toxic: timeout, attributes: {timeout: 500}, toxicity: 0.5",
        "toxic: slicer, attributes: {average_size: 2, size_variation: 1}",
        "toxic: limit_data, attributes: {bytes: 100}",
        "toxic: reset_peer",
        "exchange: data_silence",
        "exchange: heartbeat_silence",
        "exchange: http_error, attributes: {status: 503, after: 2s}",
    ]
)
_EXPECT = st.sampled_from(["", "reconnects: {within: 5s}", "notices_silence: {within: 30s}"])


def _step(moment: str, length: str, link: str, fault: str) -> str:
    return ", ".join(
        part for part in (moment, length, link * ("exchange" not in fault), fault) if part
    )


_STEPS = st.builds(_step, _MOMENTS, st.just(""), _LINKS, _INSTANT) | st.builds(
    _step, _MOMENTS, _LENGTHS, _LINKS, _LASTING
)


@st.composite
def _profiles(draw: st.DrawFn) -> Profile:
    steps = draw(st.lists(_STEPS, min_size=1, max_size=5))
    try:
        return profile_of(*steps, expect=draw(_EXPECT))
    except ProfileError:
        assume(False)
        raise


PROFILES = _profiles()
