from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from bot_v2.features.market_data.core import MarketDataCore, Mode, Transition
from bot_v2.features.market_data.price import Source
from tests.bot_v2.features.market_data.ticks import BTC, ETH, SETTINGS, tick

BOTH = (BTC, ETH)


class Played:
    """A core whose clock a test moves, and everything that it told."""

    def __init__(self, *symbols: str) -> None:
        self.now = 0.0
        self.symbols = symbols or (BTC,)
        self.core = MarketDataCore(self.symbols, SETTINGS, 0.0)
        self.told: list[Transition] = []

    def live(
        self,
        seconds: float,
        stream: tuple[str, ...] = (),
        rest: tuple[str, ...] = (),
        *,
        lag: float = 0.0,
        price: float = 100,
    ) -> None:
        """Let pulses pass; with each, these products are told by the stream and over REST, at another price."""
        for _ in range(round(seconds / SETTINGS.pulse)):
            self.now += SETTINGS.pulse
            moving = price + self.now % 1 / 10
            for symbol in stream:
                self.core.tick(tick(moving, self.now - lag, "stream", symbol, lag=lag))
            for symbol in rest:
                self.core.tick(tick(moving + 0.01, self.now, "rest", symbol))
            self.told += self.core.look(self.now)

    def modes(self, symbol: str | None = None) -> list[Mode]:
        """Return the modes one after the other, from the beginning."""
        return [each.after for each in self.told if each.symbol == symbol]

    def reasons(self, symbol: str | None = None) -> list[str]:
        return [each.reason for each in self.told if each.symbol == symbol]


def test_a_sound_stream_is_streamed_from_the_start() -> None:
    """Nobody asks over REST."""
    played = Played(*BOTH)
    assert played.core.mode() == "stale"
    played.live(10, stream=BOTH)
    assert played.modes() == ["streaming"]
    assert played.core.complete()
    assert played.core.wanted(played.now) == []


def test_a_stream_that_never_comes_leads_to_rest() -> None:
    """Prices that come over REST are not called streaming, not for a moment."""
    played = Played()
    played.live(2.9)
    assert played.core.wanted(played.now) == []
    played.live(10, rest=(BTC,))
    assert played.modes() == ["rest_polling"]
    assert played.reasons() == ["lost"]
    assert played.core.wanted(played.now) == [BTC]
    assert not played.core.trusted


def test_a_lost_stream_leads_to_rest_and_comes_back_by_proof() -> None:
    """The whole way, each step once."""
    played = Played(*BOTH)
    played.live(5, stream=BOTH)
    played.core.gap(played.now)
    played.live(20, rest=BOTH)
    assert played.modes() == ["streaming", "rest_polling"]
    played.live(SETTINGS.settle_first - 1, stream=BOTH, rest=BOTH)
    assert played.core.mode() == "rest_polling"
    played.live(2, stream=BOTH, rest=BOTH)
    assert played.modes() == ["streaming", "rest_polling", "streaming"]
    assert played.reasons() == ["fresh", "lost", "proven"]


def test_a_silent_stream_leads_to_rest() -> None:
    """Its connection stands, and says nothing; REST is asked long before it is given up."""
    played = Played(*BOTH)
    played.live(5, stream=BOTH)
    played.live(SETTINGS.confirm_age + 0.2)
    assert played.core.wanted(played.now) == list(BOTH)
    assert played.core.mode() == "streaming"
    played.live(SETTINGS.silence_limit + SETTINGS.patience, rest=BOTH)
    assert played.modes() == ["streaming", "rest_polling"]
    assert played.reasons()[-1] == "silent"


def test_a_slow_stream_leads_to_rest() -> None:
    """Prices arrive in order and without a pause, and each is four seconds old."""
    played = Played(*BOTH)
    played.live(5, stream=BOTH)
    played.live(10, stream=BOTH, rest=BOTH, lag=4.0)
    assert played.modes() == ["streaming", "rest_polling"]
    assert played.reasons()[-1] == "slow"
    price = played.core.price(BTC, played.now)
    assert price is not None
    assert (price.source, price.age) == ("rest", 0.0)


def test_gaps_again_and_again_lead_to_rest() -> None:
    """A stream that loses messages is no better than one that loses its connection."""
    played = Played()
    played.live(5, stream=(BTC,))
    for _ in range(SETTINGS.flaw_limit):
        played.core.gap(played.now)
        played.live(4, stream=(BTC,))
    assert played.modes() == ["streaming", "rest_polling"]
    assert played.reasons()[-1] == "unsteady"


def test_without_both_there_is_no_price_to_trade_on() -> None:
    """Nothing by any way: stale, once, and the last price says how old it is."""
    played = Played()
    played.live(5, stream=(BTC,))
    played.core.gap(played.now)
    played.live(60)
    assert played.modes() == ["streaming", "rest_polling", "stale"]
    assert played.reasons()[-1] == "old"
    price = played.core.price(BTC, played.now)
    assert price is not None
    assert price.age > 59
    assert played.core.age(played.now) == price.age


def test_prices_just_around_the_limit_do_not_flap() -> None:
    """Once stale, a price must be much younger than the limit."""
    played = Played()
    played.live(5)
    for _ in range(20):
        played.core.tick(tick(100, played.now - SETTINGS.max_age + 0.5, "rest", lag=7.5))
        played.live(2)
    assert played.modes() == []
    played.live(1, rest=(BTC,))
    assert played.modes() == ["rest_polling"]


def test_one_silent_product_is_told_and_the_others_stream_on() -> None:
    """It alone is asked for over REST; without an answer it alone is stale."""
    played = Played(*BOTH)
    played.live(5, stream=BOTH)
    played.live(8, stream=(BTC,))
    assert played.core.wanted(played.now) == [ETH]
    played.live(20, stream=(BTC,), rest=(ETH,))
    assert played.core.mode(ETH) == "rest_polling"
    played.live(20, stream=(BTC,))
    assert played.modes() == ["streaming"]
    assert played.modes(BTC) == ["streaming"]
    assert played.modes(ETH)[-2:] == ["rest_polling", "stale"]
    assert not played.core.complete()


def test_a_quiet_product_is_still_streamed() -> None:
    """Nobody trades or quotes; REST says that the price is the one that the stream told."""
    played = Played()
    played.core.tick(tick(100, 0.0))
    for _ in range(30):
        played.live(1)
        played.core.tick(tick(100, played.now, "rest"))
    assert played.modes() == ["streaming"]


def test_a_return_waits_for_every_product() -> None:
    """One of two is not enough."""
    played = Played(*BOTH)
    played.live(10, rest=BOTH)
    played.live(30, stream=(BTC,), rest=BOTH)
    assert played.core.mode() == "rest_polling"
    played.live(10, stream=BOTH, rest=BOTH)
    assert played.core.mode() == "streaming"


def test_two_sources_that_contradict_each_other_leave_a_product_stale() -> None:
    """Nobody trades on it, and REST is asked on."""
    played = Played(*BOTH)
    played.live(5, stream=BOTH)
    played.live(2, stream=(ETH,))
    played.core.tick(tick(1000, played.now, "stream", BTC))
    played.live(1, stream=(ETH,))
    assert played.core.price(BTC, played.now) is None
    doubt = played.core.doubt(BTC, played.now)
    assert doubt is not None
    assert doubt.figures.mark == 1000
    assert played.core.mode(BTC) == "stale"
    assert played.reasons(BTC)[-1] == "doubtful"
    assert played.core.mode(ETH) == played.core.mode() == "streaming"
    assert played.core.wanted(played.now) == [BTC]


def test_a_stream_that_is_not_believed_is_silent() -> None:
    """Whatever it says as long as that is false: it loses trust, and wins none back."""
    played = Played()
    played.live(5, stream=(BTC,))
    for _ in range(40):
        played.core.tick(tick(1000, played.now))
        played.live(1, rest=(BTC,))
    assert not played.core.trusted
    assert played.core.mode() == "stale"


def test_prices_with_old_times_are_old() -> None:
    """However fresh they come: a minute's age is a minute's age."""
    played = Played()
    played.live(5, stream=(BTC,))
    played.live(20, stream=(BTC,), lag=60.0)
    assert played.core.mode() == "stale"
    price = played.core.price(BTC, played.now)
    assert price is not None
    assert price.age > 8.0


def test_a_burst_of_what_was_held_back_is_no_news() -> None:
    """After a freeze everything arrives at once: the newer price of REST stays."""
    played = Played()
    played.live(5, stream=(BTC,))
    frozen = played.now
    played.live(20, rest=(BTC,))
    before = played.core.price(BTC, played.now)
    for tenth in range(190):
        born = frozen + tenth / 10
        played.core.tick(tick(99, born, lag=played.now - born))
    assert played.core.price(BTC, played.now) == before


_MOMENT = 2**-10

events = st.lists(
    st.tuples(
        st.sampled_from(["stream", "rest", "gap", "time"]),
        st.sampled_from([BTC, ETH]),
        st.sampled_from([0.0, 0.25, 1.0, 2.5, 9.0]),  # exact in binary, as is _MOMENT
        st.sampled_from([0.0, 1.0, 5.0, 60.0]),
        st.sampled_from([100.0, 100.5, 1000.0]),
    ),
    max_size=80,
)


@given(events)
def test_whoever_may_trade_has_a_young_price_that_was_told(
    story: list[tuple[str, str, float, float, float]],
) -> None:
    """Behind a mode other than stale stands a price within the limit, which is as old as it was told to be."""
    core, now = MarketDataCore(BOTH, SETTINGS, 0.0), 0.0
    told: list[tuple[str, Source, float, float]] = []
    for what, symbol, passed, lag, figure in story:
        now += passed
        if what in {"stream", "rest"}:
            source: Source = "stream" if what == "stream" else "rest"
            core.tick(tick(figure, now - lag, source, symbol, lag=lag))
            told.append((symbol, source, figure, now - lag))
        elif what != "time":
            core.gap(now)
        core.look(now)
        for product in BOTH:
            price = core.price(product, now)
            if price is not None:
                assert (product, price.source, float(price.value), now - price.age) in [
                    (s, src, f, now - max(0.0, now - b)) for s, src, f, b in told
                ]
            if core.mode(product) != "stale":
                assert price is not None
                assert price.age <= SETTINGS.max_age
        fresh = [product for product in BOTH if core.mode(product) != "stale"]
        assert (core.mode() == "stale") == (not fresh)
        assert core.complete() == (len(fresh) == len(BOTH))
        if not core.trusted:
            assert core.mode() != "streaming"
            assert core.wanted(now) == list(BOTH)


@given(events, st.sampled_from([-1e5, 1e5]))
def test_everything_an_hour_later_is_the_same_an_hour_later(
    story: list[tuple[str, str, float, float, float]], shift: float
) -> None:
    """Only differences of time count."""
    cores = [MarketDataCore(BOTH, SETTINGS, start) for start in (0.0, shift)]
    nows = [0.0, shift]
    for what, symbol, passed, lag, figure in story:
        outcomes = []
        for number, core in enumerate(cores):
            nows[number] += passed
            now = nows[number]
            if what in {"stream", "rest"}:
                source: Source = "stream" if what == "stream" else "rest"
                core.tick(tick(figure, now - lag, source, symbol, lag=lag))
            elif what != "time":
                core.gap(now)
            changes = core.look(now + _MOMENT)
            outcomes.append([replace(each, at=0.0) for each in changes])
        assert outcomes[0] == outcomes[1]
