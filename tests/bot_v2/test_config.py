"""What a configuration may say, and how it is told that it may not."""

from __future__ import annotations

import contextlib
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot_v2.config import BotConfig, ConfigError, load, parse

GOOD = """\
time_scale: 0.5
symbols: [BTC-USD]
risk:
  max_position: {BTC-USD: 1.0}
  max_order_size: {BTC-USD: 0.1}
  max_exposure: 100000
  max_daily_loss: 1000
strategy:
  BTC-USD: {quantity: 0.01, lowest: -0.5, highest: 0.5, half_life: 10}
state: bot.sqlite
metrics: {port: 0}
"""


def problems(text: str) -> list[str]:
    """Return what is wrong with a configuration."""
    with pytest.raises(ConfigError) as raised:
        parse(text, "bot.yaml")
    assert raised.value.exit_code == 2
    return str(raised.value).splitlines()


def test_a_good_configuration_is_read() -> None:
    """Money to the digit, durations in nominal seconds until they are used."""
    config = parse(GOOD, "bot.yaml")
    assert config.symbols == ("BTC-USD",)
    assert config.risk.limits().max_order_size == {"BTC-USD": Decimal("0.1")}
    assert config.risk.max_price_age == 5.0
    assert config.strategy["BTC-USD"].settings(config.time_scale).half_life == 5.0
    assert config.state == Path("bot.sqlite")
    assert config.metrics is not None
    assert config.metrics.host == "127.0.0.1"


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("time_scale: 0.5", "time_scale: fast", 1, "time_scale: Input should be a valid number"),
        ("time_scale: 0.5", "time_scale: yes", 1, "time_scale: Input should be a number"),
        ("time_scale: 0.5", "time_scale: 0", 1, "time_scale: Input should be greater than 0"),
        ("time_scale: 0.5", "time_scale: .inf", 1, "time_scale: Input should be a finite number"),
        ("time_scale: 0.5", "speed: 2", 1, "speed: there is no such key; there are time_scale,"),
        ("[BTC-USD]", "[]", 2, "symbols: there must be at least one"),
        ("[BTC-USD]", "[btc]", 2, "symbols.0: String should match"),
        ("[BTC-USD]", "[BTC-USD, BTC-USD]", 2, "symbols: each is named once"),
        ("[BTC-USD]", "[BTC-USD, ETH-USD]", 4, "risk.max_position: ETH-USD has none"),
        ("  max_exposure: 100000\n", "", 3, "risk.max_exposure: is missing"),
        ("100000", "-1", 6, "risk.max_exposure: Input should be greater than 0"),
        ("1000\n", ".nan\n", 7, "risk.max_daily_loss: Input should be a finite number"),
        ("max_order_size", "max_order_sise", 5, "risk.max_order_sise: there is no such key"),
        ("  BTC-USD: {q", "  ETH-USD: {q", 9, "strategy.ETH-USD: it is not among the symbols"),
        ("highest: 0.5", "highest: 1.5", 9, "strategy.BTC-USD: its range is beyond its limit of"),
        ("highest: 0.5", "highest: -0.5", 9, "strategy.BTC-USD: highest must be at least one"),
        ("port: 0", "port: 70000", 11, "metrics.port: Input should be less than or equal to 65535"),
        ("state: bot.sqlite", "state: [1]", 10, "state: Input is not a valid path"),
    ],
)
def test_one_wrong_line_is_one_clear_error(old: str, new: str, line: int, message: str) -> None:
    """With the file, the line and the key."""
    assert old in GOOD
    (problem,) = problems(GOOD.replace(old, new, 1))
    assert problem.startswith(f"bot.yaml:{line}: {message}")


def test_every_wrong_line_is_told() -> None:
    """In the order of the file."""
    text = GOOD.replace("0.5\n", "0\n", 1).replace("100000", "0").replace("port: 0", "port: -1")
    assert [problem.split(":")[1] for problem in problems(text)] == ["1", "6", "11"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "bot.yaml:1: expected keys and values"),
        ("- a", "bot.yaml:1: expected keys and values"),
        ("a: [", "bot.yaml:1: expected the node content"),
        ("a: 1\na: 2", "bot.yaml:2: a: stands here for the second time"),
        ("a: &x 1\nb: *x", "bot.yaml:2: aliases are not allowed"),
        ("a: !!python/name:os.system", "bot.yaml:1: could not determine a constructor"),
        ("a: \x00", "bot.yaml:1: is no YAML"),
        ("a: 2026-99-99", "bot.yaml:1: is no YAML"),
        ("? {a: 1}\n: 2", "bot.yaml:1: a key is a word"),
        ("[" * 5000, "bot.yaml:1: is no YAML"),
    ],
)
def test_what_is_no_configuration_at_all_is_told_too(text: str, problem: str) -> None:
    """Without a traceback."""
    (found,) = problems(text)
    assert found.startswith(problem)


@given(st.text(max_size=200) | st.binary(max_size=200).map(lambda b: b.decode("latin-1")))
def test_nothing_that_can_be_written_is_a_traceback(text: str) -> None:
    """Whatever the file says, it is read or refused."""
    with contextlib.suppress(ConfigError):
        assert isinstance(parse(text, "bot.yaml"), BotConfig)


def test_a_file_is_read(tmp_path: Path) -> None:
    """By its path."""
    path = tmp_path / "bot.yaml"
    path.write_text(GOOD, encoding="utf-8")
    assert load(path) == parse(GOOD, "bot.yaml")


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    """It is missing, not text, or far too large."""
    path = tmp_path / "bot.yaml"
    with pytest.raises(ConfigError, match="cannot be read: No such file"):
        load(path)
    path.write_bytes(b"\xff\xfe\xff")
    with pytest.raises(ConfigError, match="is not UTF-8"):
        load(path)
    path.write_bytes(b"#" * (1 << 21))
    with pytest.raises(ConfigError, match="is larger than"):
        load(path)
