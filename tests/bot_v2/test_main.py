"""The bot's command line, as far as it needs no exchange."""

from __future__ import annotations

from pathlib import Path
from unittest.mock import patch

import pytest

from bot_v2.__main__ import main
from bot_v2.orchestration.perps_bot_builder import PerpsBotBuilder
from tests.bot_v2.orchestration.test_perps_bot_builder import KEY
from tests.bot_v2.test_config import GOOD


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """Return a good configuration."""
    path = tmp_path / "bot.yaml"
    path.write_text(GOOD.replace("bot.sqlite", str(tmp_path / "bot.sqlite")), encoding="utf-8")
    return path


def test_a_wrong_configuration_is_exit_code_2_and_its_problems(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One a line, no traceback."""
    config.write_text(GOOD.replace("100000", "0"), encoding="utf-8")
    assert main(["--config", str(config)]) == 2
    out = capsys.readouterr()
    expected = f"bot_v2: {config}:6: risk.max_exposure: Input should be greater than 0\n"
    assert (out.out, out.err) == ("", expected)


def test_an_environment_without_an_exchange_is_exit_code_2(
    config: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says what is missing."""
    monkeypatch.delenv("COINBASE_API_ENDPOINT", raising=False)
    assert main(["--config", str(config)]) == 2
    assert capsys.readouterr().err == "bot_v2: environment: COINBASE_API_ENDPOINT is not set\n"


def test_without_a_configuration_its_use_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    """And nothing is done."""
    with pytest.raises(SystemExit) as ended:
        main([])
    assert ended.value.code == 2
    assert "--config" in capsys.readouterr().err


def test_check_only_looks(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What fits is exit code 0; nothing was connected."""
    monkeypatch.setenv("COINBASE_API_ENDPOINT", "https://127.0.0.1:1")
    monkeypatch.setenv("COINBASE_API_KEY", "organizations/a/apiKeys/b")
    monkeypatch.setenv("COINBASE_API_SECRET", KEY)
    assert main(["--config", str(config), "--check"]) == 0


@pytest.mark.parametrize("scale", ["0", "-1", "nan", "inf", "fast"])
def test_a_time_scale_is_a_number_above_zero(
    scale: str, config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 2, and what was wrong."""
    with pytest.raises(SystemExit) as ended:
        main(["--config", str(config), "--time-scale", scale])
    assert ended.value.code == 2
    assert "--time-scale" in capsys.readouterr().err


def test_a_time_scale_may_be_given_on_the_command_line(
    config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It takes the place of the configuration's."""
    monkeypatch.setenv("COINBASE_API_ENDPOINT", "https://127.0.0.1:1")
    monkeypatch.setenv("COINBASE_API_KEY", "organizations/a/apiKeys/b")
    monkeypatch.setenv("COINBASE_API_SECRET", KEY)
    with patch.object(PerpsBotBuilder, "with_time_scale", autospec=True) as chosen:
        assert main(["--config", str(config), "--check", "--time-scale", "0.1"]) == 0
    assert chosen.call_args.args[1] == 0.1


@pytest.mark.parametrize("port", ["-1", "65536", "http"])
def test_a_port_for_metrics_is_one(
    port: str, config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 2, and what was wrong."""
    with pytest.raises(SystemExit) as ended:
        main(["--config", str(config), "--metrics-port", port])
    assert ended.value.code == 2
    assert "--metrics-port" in capsys.readouterr().err
