"""What a bot tells of itself is read while it runs, and nothing of it stops a run."""

from __future__ import annotations

import time
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from downtick.bots.events import LONGEST_LINE, VARIABLE, BotEvents, following

TICK = '{"event": "tick", "channel": "ticker", "product_id": "BTC-USD", "sequence_num": %d}'
TOLD = {"DOWNTICK_API_SECRET": 'wonderful "secret"', "DOWNTICK_REST_URL": "http://127.0.0.1:1"}


class Bot:
    """Writes to its file, and is read."""

    def __init__(self, folder: Path, most: int = 1 << 20) -> None:
        self.path = folder / "events.jsonl"
        self.path.touch()
        self.events = BotEvents(self.path, TOLD, most)

    def writes(self, *lines: str | bytes, end: bytes = b"\n") -> None:
        """Append lines."""
        with self.path.open("ab") as file:
            for line in lines:
                file.write((line.encode() if isinstance(line, str) else line) + end)

    def numbers(self) -> list[int]:
        """Return the numbers of the ticks that are read now."""
        return [event["sequence_num"] for event in self.events.news()]


@pytest.fixture
def bot(tmp_path: Path) -> Bot:
    """Return a bot that has written nothing."""
    return Bot(tmp_path)


def test_a_bot_s_environment_names_a_file_that_is_there_as_long_as_it_runs(tmp_path: Path) -> None:
    """For its owner alone."""
    with following(tmp_path, TOLD) as events:
        path = Path(events.environment[VARIABLE])
        assert events.environment == {**TOLD, VARIABLE: str(path)}
        assert path.parent == tmp_path
        assert path.stat().st_mode & 0o777 == 0o600
        assert events.news() == []
    assert not path.exists()
    assert events.rest() == []


def test_what_is_told_becomes_an_event_of_the_bot(bot: Bot) -> None:
    """The instant is the bot's, or else that of the reading."""
    before = time.monotonic()
    bot.writes(TICK % 1, f'{{"event": "mode_changed", "mode": "halted", "at": {before!r}}}')
    mode, tick = bot.events.news()
    assert (mode.at, mode.source, mode.kind, mode.data) == (
        before,
        "bot",
        "mode_changed",
        {"mode": "halted"},
    )
    assert before <= tick.at <= time.monotonic()
    assert tick.data == {"channel": "ticker", "product_id": "BTC-USD", "sequence_num": 1}
    assert bot.events.news() == []
    assert bot.events.rest() == []
    assert str(bot.events) == ""


def test_an_instant_of_another_clock_is_left_out(bot: Bot) -> None:
    """Seconds since 1970, or none at all."""
    for at in ("1e9", "-1", '"now"'):
        bot.writes(f'{{"event": "note", "text": "x", "at": {at}}}')
    now = time.monotonic()
    assert all(event.at >= now for event in bot.events.news())
    assert bot.events.bad == 0


def test_half_a_line_waits_for_its_other_half(bot: Bot) -> None:
    """A line that never gets its end counts when the bot has ended, if it is whole."""
    bot.writes(TICK % 1, (TICK % 2)[:30], end=b"")
    assert bot.numbers() == []
    assert bot.events.rest()[-1].kind == "events_incomplete"
    half = (TICK % 2).encode()
    bot.path.write_bytes(b"")
    assert bot.numbers() == []
    for part in (half[:30], half[30:], b"\n" + half):
        bot.writes(part, end=b"")
        found = bot.numbers()
    assert found == [2]
    assert [event["sequence_num"] for event in bot.events.rest()[:-1]] == [2]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("no JSON", "malformed"),
        (b"\xff\xfe", "malformed"),
        (b'{"event": "note", "text": "\xff"}', "utf-8"),
        ("[1, 2]", "object"),
        ("{}", "found None; allowed: tick, mode_changed, order, note"),
        ('{"event": "frame_sent", "conn": 1}', "found 'frame_sent'"),
        ('{"event": 7}', "found 7"),
        ('{"event": "order"}', "its client_order_id must be a text"),
        ('{"event": "note", "text": ["nested"]}', "array"),
        ('{"event": "note", "text": "x", "n": 1%s}' % ("0" * 30), "int"),
        ('{"event": "tick", "channel": "ticker", "product_id": "BTC-USD"}', "sequence_num or"),
        ((TICK % 1).replace("1", "true"), "sequence_num or"),
        ((TICK % 1).replace("sequence_num", "trade_id").replace(" 1", ' "x"'), "sequence_num or"),
        ('{"event": "note", "text": "%s"}' % ("x" * LONGEST_LINE), "too long"),
    ],
)
def test_a_bad_line_is_counted_and_told(bot: Bot, line: str | bytes, why: str) -> None:
    """And those around it are read."""
    bot.writes(TICK % 1, line, "", TICK % 3, "worse")
    assert bot.numbers() == [1, 3]
    (told,) = bot.events.rest()
    assert (told.source, told.kind) == ("runner", "events_incomplete")
    assert told["bad"] == 2
    assert told["why"].startswith("line 2: ")
    assert why in told["why"]
    assert not told["cut"]
    assert str(bot.events).startswith("2 lines of the bot's events were left out (line 2: ")


def test_a_huge_line_is_one_bad_line_and_fills_no_memory(bot: Bot) -> None:
    """However many readings it takes; what follows is read."""
    bot.writes(TICK % 1)
    for _ in range(5):
        bot.writes(b"x" * LONGEST_LINE, end=b"")
        bot.events.news()
        assert len(bot.events._half) <= LONGEST_LINE
    bot.writes("", TICK % 2)
    assert bot.numbers() == [2]
    assert bot.events.bad == 1


def test_what_is_too_much_is_cut_off_and_told(tmp_path: Path) -> None:
    """A bot that talks without end costs no more than one that talks much."""
    bot = Bot(tmp_path, most=3 * len(TICK % 1) + 3)
    bot.writes(*(TICK % number for number in range(1, 4)))
    assert bot.numbers() == [1, 2, 3]
    assert not bot.events.cut
    bot.writes(TICK % 4)
    assert bot.numbers() == []
    assert bot.events.rest()[-1]["cut"]
    assert "too many" in str(bot.events)


def test_a_file_that_was_begun_anew_is_read_anew(bot: Bot) -> None:
    """As by a bot that is started again, and opens it for writing."""
    bot.writes(TICK % 1, TICK % 2, "half", end=b"\n")
    assert bot.numbers() == [1, 2]
    bot.path.write_text(TICK % 3 + "\n", encoding="utf-8")
    assert bot.numbers() == [3]
    bot.path.unlink()
    assert bot.numbers() == []


def test_secrets_are_taken_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By their value, however they were written: those that were handed out, and those of our own environment."""
    monkeypatch.setenv("PLANTED_TOKEN", "of our own")
    bot = Bot(tmp_path)
    secret = TOLD["DOWNTICK_API_SECRET"]
    line = msgspec.json.encode({"event": "note", "text": f"my {secret}"})
    bot.writes(line, '{"event": "note", "text": "d29uZGVyZnVsICJzZWNyZXQi"}', "not JSON: " + secret)
    bot.writes('{"event": "note", "text": "of our own"}')
    first, second, third = bot.events.news()
    assert third["text"] == "<removed>"
    assert first["text"] == "my <removed>"
    assert second["text"] == "<removed>"
    assert "wonderful" not in str(bot.events)


@given(
    st.lists(
        st.one_of(
            st.binary(max_size=50), st.sampled_from([b"\n", b'{"event":"note","text":"', b'"}'])
        )
    )
)
@settings(max_examples=200, deadline=None)
def test_nothing_that_a_bot_writes_stops_the_reading(
    tmp_path_factory: pytest.TempPathFactory, parts: list[bytes]
) -> None:
    """Every event can be written down."""
    bot = Bot(tmp_path_factory.mktemp("bot"))
    found = []
    for part in parts:
        bot.writes(part, end=b"")
        found += bot.events.news()
    bot.writes(b"", TICK % 7)
    found += bot.events.rest()
    assert any(event.get("sequence_num") == 7 for event in found)
    for event in found:
        msgspec.json.encode(event)
        msgspec.msgpack.encode(event)
