"""``downtick run``, as far as nothing is started."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from downtick.commands.run import command
from downtick.errors import ArenaError, InputError, ProfileError


def test_a_bot_must_be_named() -> None:
    """Its command stands after two hyphens."""
    result = CliRunner().invoke(command, ["streaming/market-feed-reset"])
    assert result.exit_code == 2
    assert "no bot: write its command after --, or name it by --bot" in result.output
    result = CliRunner().invoke(
        command, ["streaming/market-feed-reset", "--bot", "mine", "--", "true"]
    )
    assert result.exit_code == 2
    assert "two bots" in result.output


def test_metrics_of_elsewhere_are_refused() -> None:
    """Traffic stays on this machine."""
    words = ["streaming/market-feed-reset", "--metrics", "http://192.0.2.1:9100/", "--", "true"]
    result = CliRunner().invoke(command, words)
    assert isinstance(result.exception, InputError)
    assert "--metrics: found 'http://192.0.2.1:9100/'; allowed: " in str(result.exception)


def test_every_profile_is_read_before_anything_starts(tmp_path: Path) -> None:
    """And every problem of any of them is told."""
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text("name: wrong\ntitel: x\n", encoding="utf-8")
    words = ["nosuch", "streaming/market-feed-reset", str(wrong), "--", "true"]
    result = CliRunner().invoke(command, words)
    assert isinstance(result.exception, ProfileError)
    assert "no such profile" in str(result.exception)
    assert "titel" in str(result.exception)


def test_a_bot_may_have_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the project that one stands in."""
    monkeypatch.chdir(tmp_path)
    Path("pyproject.toml").write_text(
        '[tool.downtick.bots]\nmine = "no-such-bot --x"\n', encoding="utf-8"
    )
    result = CliRunner().invoke(command, ["streaming/market-feed-reset", "--bot", "mine"])
    assert isinstance(result.exception, InputError)
    assert "no-such-bot: there is no such program" in str(result.exception)


def test_the_bot_s_own_options_are_not_ours() -> None:
    """Whatever follows the hyphens."""
    words = ["streaming/market-feed-reset", "--", "no-such-bot", "--seed", "x"]
    result = CliRunner().invoke(command, words)
    assert isinstance(result.exception, InputError)
    assert "no-such-bot: there is no such program" in str(result.exception)


@pytest.mark.parametrize("option", [["--repeat", "0"], ["--time-scale", "0"], ["--seed", "x"]])
def test_bad_figures_are_refused(option: list[str]) -> None:
    """With exit code 2."""
    words = ["streaming/market-feed-reset", *option, "--", "true"]
    assert CliRunner().invoke(command, words).exit_code == 2


def test_a_rig_that_never_came_up_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There is no history to keep and no bot to judge: the reason is all there is to say."""

    def start() -> None:
        raise ArenaError("no arena today")

    monkeypatch.setattr("downtick.runs.side_by_side.ArenaHost.start", start)
    kept = tmp_path / "runs"
    words = ["streaming/market-feed-reset", "--keep", str(kept), "--", "true"]
    result = CliRunner().invoke(command, words)
    assert isinstance(result.exception, ArenaError)
    assert not kept.exists()
