"""A tape becomes a market with its true spacing; what cannot be read is said with file and line."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from downtick.errors import InputError
from downtick.exchange.market import BookChange, Level, MarketState, Quote, TapeMarket, Trade
from downtick.exchange.tape_file import load_tape

MADE = Path(__file__).parents[1] / "data" / "made.raw"
# Recordings of real traffic that may stand next to a checkout; tests take each as one more case.
RECORDED = sorted((Path(__file__).parents[4] / "shared" / "tapes").glob("*.raw.gz"))

SNAPSHOT = '1.0: {"type":"snapshot","product_id":"AAA-USD","bids":[["10","1"]],"asks":[["11","1"]]}'
MATCH = (
    '"type":"match","trade_id":1,"side":"buy","size":"1","product_id":"AAA-USD",'
    '"time":"2023-11-14T22:13:21Z"'
)
TICKER = '"type":"ticker","product_id":"AAA-USD","volume_24h":"1","low_24h":"1","high_24h":"2"'


@pytest.mark.parametrize("path", [MADE, *RECORDED], ids=lambda path: path.name)
def test_books_are_never_crossed(path: Path) -> None:
    """Applying a tape in its order gives sound books throughout, in times that never go back."""
    market = load_tape(path)
    state, last = MarketState(market.openings), 0.0
    for event in market.events():
        state.apply(event)
        assert not state.book(event.product_id).crossed
        assert last <= event.at <= market.length
        last = event.at


@pytest.mark.parametrize("path", [MADE, *RECORDED], ids=lambda path: path.name)
def test_every_frame_becomes_an_event(path: Path) -> None:
    """As many openings, book changes and trades as the tape has snapshots, l2updates and matches."""
    market = load_tape(path)
    counted = Counter(type(event) for event in market.events())
    expected = {MADE: (2, 4, 2)}.get(path, (10, 9719, 97))
    assert (len(market.openings), counted[BookChange], counted[Trade]) == expected


@pytest.mark.parametrize("path", [MADE, *RECORDED], ids=lambda path: path.name)
def test_tape_plays_the_same_again(path: Path) -> None:
    """A market's events can be had more than once."""
    market = load_tape(path)
    assert list(market.events()) == list(market.events())


def test_made_tape_in_full() -> None:
    """The made tape gives exactly these openings and events."""
    market = load_tape(MADE)
    first, second = market.openings
    assert first.product.product_id == "AAA-USD"
    assert first.product.quote_increment == Decimal("0.01")
    assert first.product.base_increment == Decimal("0.001")
    assert first.bids[0] == Quote(Decimal("10.04"), Decimal("3.5"))
    assert first.asks[0] == Quote(Decimal("10.06"), Decimal("1.25"))
    assert first.stats.open_24h == Decimal("9.5")
    assert [trade.trade_id for trade in first.trades] == [41]
    assert first.trades[0].at == pytest.approx(-2.1)
    assert second.product.product_id == "BBB-EUR"
    assert second.trades == ()
    events = list(market.events())
    assert [round(event.at, 6) for event in events] == [0.4, 0.65, 0.65, 1.4, 1.4, 3.15]
    assert events[0] == BookChange(
        events[0].at, "AAA-USD", (Level("bid", Decimal("10.05"), Decimal("0.5")),)
    )
    assert events[2] == Trade(events[2].at, "AAA-USD", 42, Decimal("10.06"), Decimal(1), "SELL")
    assert isinstance(events[3], BookChange)
    assert events[3].changes == (
        Level("bid", Decimal("0.500"), Decimal(0)),
        Level("offer", Decimal("0.501"), Decimal(40)),
    )


def test_nothing_is_made_up_before_a_tape() -> None:
    """The candles of a tape begin with its first trade: what was before is not known."""
    market = load_tape(MADE)
    state = MarketState(market.openings, 1e9)
    first = 1e9 + market.openings[0].trades[0].at
    (minute,) = state.candles("AAA-USD", "ONE_MINUTE", 0, 2e9, 350)
    assert minute.start == first // 60 * 60
    assert state.candles("BBB-EUR", "ONE_DAY", 0, 2e9, 350) == ()


def test_later_snapshot_becomes_a_change() -> None:
    """A second snapshot of a product turns the book into what it says."""
    again = SNAPSHOT.replace("1.0:", "2.5:").replace('[["10","1"]]', '[["9","2"],["8","1"]]')
    market = TapeMarket([SNAPSHOT, again])
    state = MarketState(market.openings)
    (event,) = market.events()
    state.apply(event)
    assert event.at == 1.5
    assert state.book("AAA-USD").depth() == (
        (Quote(Decimal(9), Decimal(2)), Quote(Decimal(8), Decimal(1))),
        (Quote(Decimal(11), Decimal(1)),),
    )


def test_time_never_goes_back() -> None:
    """A recorder's clock that was set back does not reorder the market."""
    changes = [
        f'{time}: {{"type":"l2update","product_id":"AAA-USD","changes":[["buy","{price}","1"]]}}'
        for time, price in ((2.0, 8), (1.5, 9))
    ]
    market = TapeMarket([SNAPSHOT, *changes])
    assert [event.at for event in market.events()] == [1.0, 1.0]


def test_day_figures_without_ticker() -> None:
    """A tape without a ticker opens the day in the middle of its book."""
    (opening,) = TapeMarket([SNAPSHOT]).openings
    assert opening.stats.open_24h == Decimal("10.5")


def test_last_match_after_a_match_is_no_opening() -> None:
    """Only a trade before the first one of the tape belongs to the opening."""
    match = f'1.5: {{{MATCH},"price":"10"}}'
    late = match.replace('"match"', '"last_match"').replace("1.5:", "2.5:")
    assert TapeMarket([SNAPSHOT, match, late]).openings[0].trades == ()


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ([], r"t\.raw:1: expected at least one frame of type `snapshot`"),
        ([SNAPSHOT, "hello"], r"t\.raw:2: expected `UNIX_SECONDS: \{JSON\}`.*found 'hello'"),
        ([SNAPSHOT, "nan: {}"], r"t\.raw:2: expected `UNIX_SECONDS"),
        ([SNAPSHOT, "2.0: {}"], r"t\.raw:2: not a frame .*`type`"),
        ([SNAPSHOT, '2.0: {"type":"match"}'], r"t\.raw:2: not a frame .*`product_id`"),
        (['2.0: {"type":"snap}'], r"t\.raw:1: not a frame"),
        ([SNAPSHOT.replace('"10"', '"-10"')], r"t\.raw:1: a price or a size is negative"),
        ([SNAPSHOT.replace('"10"', '"NaN"')], r"t\.raw:1: a price or a size is .* no number"),
        ([SNAPSHOT.replace('"10"', '"1E+99"')], r"t\.raw:1: .* more than 18 places"),
        ([SNAPSHOT.replace('"10"', '"1E-99"')], r"t\.raw:1: .* more than 18 places"),
        (['1.0: {"type":"snapshot","product_id":' + "[" * 10_000 + "}"], r"t\.raw:1: not a frame"),
        (['1.0: {"x":' + "[" * 100_000 + "}"], r"t\.raw:1: not a frame"),
        ([SNAPSHOT.replace('"10"', '"0"')], r"t\.raw:1: a price is zero"),
        ([SNAPSHOT.replace("AAA-USD", "aaa")], r"t\.raw:1: .*BASE-QUOTE"),
        (
            ['1.0: {"type":"l2update","product_id":"AAA-USD","changes":[]}'],
            r"t\.raw:1: an `l2update` of AAA-USD before its `snapshot`",
        ),
        ([f'1.0: {{{MATCH},"price":"10"}}'], r"t\.raw:1: the tape has no `snapshot` of AAA-USD"),
        (
            [SNAPSHOT, f'2.0: {{{TICKER},"price":"1","open_24h":"0"}}'],
            r"t\.raw:2: a price is zero",
        ),
    ],
)
def test_bad_tape_is_told_with_its_line(lines: list[str], message: str) -> None:
    """What cannot be read is one message with file, line and what is expected."""
    with pytest.raises(InputError, match=message):
        TapeMarket(lines, "t.raw")


LINES = st.one_of(
    st.text(max_size=40),
    st.sampled_from(MADE.read_text().splitlines()),
    st.sampled_from(MADE.read_text().splitlines()).flatmap(
        lambda line: st.integers(0, len(line)).map(lambda cut: line[:cut] + line[cut + 1 :])
    ),
)


@given(lines=st.lists(LINES, max_size=8))
@settings(deadline=None)
def test_no_tape_gives_a_traceback(lines: list[str]) -> None:
    """Whatever the lines are, they are a market or one error with the file's name."""
    told = "t.raw:"
    try:
        events = list(TapeMarket(lines, "t.raw").events())
    except InputError as error:
        events, told = [], str(error)
    assert told.startswith("t.raw:")
    assert [event.at for event in events] == sorted(event.at for event in events)
