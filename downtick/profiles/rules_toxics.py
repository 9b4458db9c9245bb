"""Traps of Toxiproxy 2.12.0: toxics that it accepts, and that then do something else than their name says."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from downtick.profiles.model import Step
from downtick.profiles.rule import FEEDS, Hit, Severity, Subject, rule

SMALL_SLICE = 8
UPDATE_GAP = 1.0


def _ticks(step: Step) -> bool:
    """Return whether a toxic works on the direction of a feed in which data comes unasked."""
    return step.link in FEEDS and step.stream == "downstream"


@rule(
    "DT001",
    "`timeout: N` on a feed that ticks never closes it",
    reason="The toxic drops every byte of its direction, and its timer starts again at each chunk that it drops:"
    " it closes after N ms of silence. A feed with data or heartbeats is never silent so long, so its connections"
    " stay open and dead: asked for a close, got a blackhole.",
    fix="Use `fault: close` or `fault: reset` for a close, `fault: blackhole` for lost bytes, or silence the feed"
    " as well (`exchange: data_silence` and `exchange: heartbeat_silence`).",
    source="Toxiproxy toxics/timeout.go: the timer is made anew in each turn of its loop. Measured: `timeout: 500`"
    " on a feed of 20 messages a second for 2.5 s: no byte arrived and the connection stayed open.",
)
def timeout_on_a_feed(subject: Subject) -> Iterator[Hit]:
    """Find a `timeout` above 0 downstream of a feed that nothing silences."""
    exchange = {step.name for step in subject.profile.steps if step.place == "exchange"}
    if {"data_silence", "heartbeat_silence"} <= exchange:
        return
    for step in subject.toxics("timeout"):
        if _ticks(step) and step.attributes["timeout"] > 0:
            what = f"`timeout: {step.attributes['timeout']}` on `{step.link}`, which ticks"
            yield Hit("error", step.line, what)


@rule(
    "DT002",
    "a `timeout` that is removed closes every connection of its direction",
    reason="When the step's `for` is over the toxic is removed, and with it go all connections that it worked on,"
    " even at toxicity 0: the bytes that it dropped would be a hole in the stream.",
    fix="Use `fault: freeze` for a silence that the connection survives. If its loss is meant, say so in `expect`"
    " (`reconnects`, `resubscribes` or `notices_silence`).",
    source="Toxiproxy toxics/timeout.go, Cleanup; its README says only that data is dropped until the removal.",
)
def timeout_removed(subject: Subject) -> Iterator[Hit]:
    """Find a `timeout` that ends within the run, in a profile that expects no loss of the connection."""
    if subject.expects("reconnects", "resubscribes", "notices_silence"):
        return
    for step in subject.toxics("timeout"):
        if step.for_ is not None:
            yield Hit("warning", step.line, f"`timeout` on `{step.link}` ends within the run")


@rule(
    "DT003",
    "`reset_peer` does not reset open connections",
    reason="Toxiproxy prepares a connection for RST when it is opened, and not when a toxic is added. An open"
    " connection with traffic is closed with FIN, an idle one is not touched; only connections opened after the"
    " step are reset, at their first chunk.",
    fix="Use `fault: reset`: it arms the link before its first connection, so that open ones, busy or idle, are"
    " really reset.",
    source="Toxiproxy link.go: SetLinger(0) stands in Start and not in AddToxic. Measured: FIN 20 of 20 on open"
    " connections, RST 20 of 20 on new ones.",
)
def reset_peer_on_open(subject: Subject) -> Iterator[Hit]:
    """Find every `reset_peer`: a step begins after the steady state, when connections are open."""
    for step in subject.toxics("reset_peer"):
        # A REST client may open a connection for each request; those are reset as asked.
        severity: Severity = "error" if step.link in FEEDS else "warning"
        what = f"`reset_peer` on `{step.link}`, whose connections are open by then"
        yield Hit(severity, step.line, what)


@rule(
    "DT004",
    "toxicity below 1 cannot be repeated",
    reason="Toxiproxy draws who is hit by itself, once a connection and direction, with a generator that follows"
    " no seed, and draws again on open connections when that toxic is updated or the next one is added or"
    " removed. The same profile does something else in each run.",
    fix="Leave `toxicity` out, and hit chosen moments with `at`, `when` and `repeat`, or chosen requests with an"
    " exchange fault and its selectors.",
    source="Toxiproxy toxics/toxic.go, ToxicStub.Run; cmd/server/server.go throws `-seed` away since 2.9.0.",
)
def low_toxicity(subject: Subject) -> Iterator[Hit]:
    """Find a toxicity below 1."""
    for step in subject.profile.steps:
        if step.toxicity < 1:
            what = f"`toxicity: {step.toxicity:g}` of `{step.name}` on `{step.link}`"
            yield Hit("warning", step.line, what)


@rule(
    "DT005",
    "jitter cannot be repeated",
    reason="Toxiproxy draws the jitter of each chunk by itself and follows no seed; it never reorders, and a sum"
    " below zero is no delay at all. The same profile does something else in each run.",
    fix="Leave `jitter` at 0, and play several latencies one after the other.",
    source="Toxiproxy toxics/latency.go; cmd/server/server.go throws `-seed` away since 2.9.0.",
)
def jitter(subject: Subject) -> Iterator[Hit]:
    """Find a jitter."""
    for step in subject.toxics("latency"):
        if step.attributes.get("jitter"):
            what = f"`jitter: {step.attributes['jitter']}` on `{step.link}`"
            yield Hit("warning", step.line, what)


@rule(
    "DT006",
    "a second latency on one direction does not add up",
    reason="A latency toxic moves the time stamp of the chunks that waited in its queue, so that the second one"
    " believes them to be older than they are and holds them too short.",
    fix="Use one `latency` with the sum.",
    source="Toxiproxy toxics/latency.go, the time stamp of a chunk. Measured, 200 ms twice: the first message 401"
    " ms late, later ones as little as 211 ms.",
)
def second_latency(subject: Subject) -> Iterator[Hit]:
    """Find two latencies that are on at one time on one direction, or that may be."""
    for first, second in _latency_pairs(subject):
        what = f"`latency` on `{second.link}` {second.stream} beside that of line {first.line}"
        if first.at is None or second.at is None:
            yield Hit("warning", second.line, f"{what}, if `when` comes in its time")
        elif any(
            one.start < other.end and other.start < one.end
            for one in subject.spans(first)
            for other in subject.spans(second)
        ):
            yield Hit("error", second.line, what)


@rule(
    "DT007",
    "a latency that is changed while data flows lets a burst through",
    reason="What a latency toxic holds back is released at once when it is updated or removed: data arrives in a"
    " burst and early. A latency changed every few moments is hardly one: asked 300 ms, updated every 100 ms,"
    " data came after 103 ms.",
    fix="Leave at least a second between two latencies of one direction, or use one that stays.",
    source="Toxiproxy toxics/latency.go: an interrupted toxic flushes the chunk and the buffer that it holds.",
)
def updated_latency(subject: Subject) -> Iterator[Hit]:
    """Find a latency that begins where one on the same direction just ended."""
    for step in subject.toxics("latency"):
        if step.repeat and step.for_ and 0 <= step.repeat.every - step.for_ < UPDATE_GAP:
            what = f"`latency` on `{step.link}` begins again {step.repeat.every - step.for_:g} s after its end"
            yield Hit("warning", step.line, what)
    for first, second in _latency_pairs(subject):
        if any(
            0 <= later.start - earlier.end < UPDATE_GAP
            for one in subject.spans(first)
            for other in subject.spans(second)
            for earlier, later in (sorted((one, other)),)
        ):
            what = f"`latency` on `{second.link}` directly next to that of line {first.line}"
            yield Hit("warning", second.line, what)


@rule(
    "DT008",
    "a slicer without a size, or with a variation that reaches it, crashes Toxiproxy",
    reason="Without `average_size` Toxiproxy 2.12.0 halves the data for ever, and with `size_variation` as large"
    " as the size it slices out of range: the whole server dies, with every link.",
    fix="Give `average_size` above 0, and a `size_variation` below it.",
    source="Toxiproxy toxics/slicer.go, chunk; its issue 541.",
)
def slicer_size(subject: Subject) -> Iterator[Hit]:
    """Find a slicer whose sizes crash the server."""
    for step in subject.toxics("slicer"):
        size = step.attributes.get("average_size") or 0
        variation = step.attributes.get("size_variation") or 0
        if size < 1 or variation >= size:
            what = f"`slicer` of {size} bytes with a variation of {variation}"
            yield Hit("error", step.line, what)


@rule(
    "DT009",
    "a slicer of a few bytes on a fast feed measures the machine",
    reason="Each slice is a write of its own. At 1 byte a feed of 80 kB/s takes a third of a core and 225 kB/s"
    " are more than a core can do: the feed then lags for want of time, which nobody asked for.",
    fix=f"Use an `average_size` of {SMALL_SLICE} or more: it cuts every message into pieces just as well.",
    source="Measured on Toxiproxy 2.12.0: 5 % of a core at 8 kB/s, 36 % at 80 kB/s, all of it at 225 kB/s.",
)
def tiny_slices(subject: Subject) -> Iterator[Hit]:
    """Find a slicer with tiny slices where data comes fast."""
    for step in subject.toxics("slicer"):
        size = step.attributes.get("average_size") or 0
        if _ticks(step) and 0 < size < SMALL_SLICE:
            yield Hit("warning", step.line, f"`slicer` of {size} bytes on `{step.link}`")


@rule(
    "DT010",
    "bandwidth is not a disconnect",
    reason="`bandwidth` with `rate: 0` stalls: no byte is lost, nothing is closed, new connections are accepted,"
    " and all the data arrives when it is removed.",
    fix="Use `fault: down` for a disconnect, `fault: blackhole` for lost bytes; if the stall is meant, say so with"
    " `fault: freeze`, which stalls both directions.",
    source="Toxiproxy toxics/bandwidth.go: rate 0 sends chunks without bytes.",
)
def bandwidth_zero(subject: Subject) -> Iterator[Hit]:
    """Find a bandwidth of 0."""
    for step in subject.toxics("bandwidth"):
        if step.attributes["rate"] == 0:
            yield Hit("warning", step.line, f"`bandwidth` with `rate: 0` on `{step.link}`")


@rule(
    "DT011",
    "`limit_data` counts for each connection",
    reason="Every connection has its own count, from the moment of the step or of its opening. A REST client with"
    " several connections sends more than the limit in all, and after a feed was cut its next connection is cut"
    " again after the same number of bytes.",
    fix="For one cut of a feed give a `for` that ends before the bot is back, or use `fault: close`; for one"
    " broken answer use `exchange: half_answer`.",
    source="Toxiproxy toxics/limit_data.go: the count is a state of the connection.",
)
def limit_data(subject: Subject) -> Iterator[Hit]:
    """Find a `limit_data` that meets more than one connection."""
    for step in subject.toxics("limit_data"):
        if step.link not in FEEDS:
            what = f"`limit_data` on `{step.link}`, which has several connections"
            yield Hit("warning", step.line, what)
        elif step.for_ is None:
            what = f"`limit_data` on `{step.link}` to the end of the run, so every new connection is cut"
            yield Hit("warning", step.line, what)


def _latency_pairs(subject: Subject) -> Iterator[tuple[Step, Step]]:
    """Return the pairs of latencies on one direction of one link, in the order of the file."""
    for first, second in combinations(subject.toxics("latency"), 2):
        if (first.link, first.stream) == (second.link, second.stream):
            yield first, second


RULES = (
    timeout_on_a_feed,
    timeout_removed,
    reset_peer_on_open,
    low_toxicity,
    jitter,
    second_latency,
    updated_latency,
    slicer_size,
    tiny_slices,
    bandwidth_zero,
    limit_data,
)
