"""``downtick judge``: a history in, a verdict and its exit code out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from downtick.commands.judge import command
from downtick.errors import InputError, ProfileError
from downtick.history import History, new_header
from downtick.profiles.library import library_path
from tests.checks.transcript import Transcript


def judged(file: Path, *options: str) -> Result:
    """Return what the command does."""
    return CliRunner().invoke(command, [str(file), *options])


def written(folder: Path, t: Transcript, **run: Any) -> Path:
    """Return a history on disk."""
    header = new_header({"profile": "market-feed-reset", "time_scale": 1.0, **run})
    file = folder / "run.jsonl"
    file.write_bytes(b"".join(History(t.history()).to_jsonl(header)))
    return file


def deaf() -> Transcript:
    """Tell of a bot that never comes back."""
    t = Transcript()
    conn = t.feed(0)
    t.steady(1)
    t.breaks("market_ws", "reset", 5)
    t.closes(conn, 5, how="reset")
    t.over(40)
    return t


def test_a_bot_that_never_comes_back_fails(tmp_path: Path) -> None:
    """The sentence and its events stand below the verdict."""
    result = judged(written(tmp_path, deaf()))
    assert result.exit_code == 1
    assert result.output.startswith("FAIL  market-feed-reset\n  reconnects: feed #1")
    assert "#1 closed (by bot, how reset)" in result.output
    assert "bit            reset on market_ws: 1 of 1 open connections ended" in result.output


def test_a_run_that_broke_off_is_an_error(tmp_path: Path) -> None:
    """It says nothing of the bot."""
    t = deaf()
    t.events = [event for event in t.events if event.kind != "run_ended"]
    result = judged(written(tmp_path, t))
    assert (result.exit_code, result.output.split()[0]) == (4, "ERROR")


def test_a_fault_that_nobody_saw_is_taken_for_real_only_if_one_says_so(tmp_path: Path) -> None:
    """And then the first line tells it."""
    t = deaf()
    t.breaks("rest", "latency", 5, until=6)
    file = written(tmp_path, t)
    assert "unwitnessed" not in judged(file).output
    told = judged(file, "--accept-unwitnessed").output
    assert told.splitlines()[0] == "FAIL  market-feed-reset  (accepted unwitnessed: 1 of 2 faults)"


def test_what_a_test_expected_is_judged_again(tmp_path: Path) -> None:
    """Besides the profile's own, in the profile as it was played; or alone, where the faults were made by hand."""
    text = library_path("streaming/market-feed-reset").read_text(encoding="utf-8")
    expect = [{"limits_hold": {"max_position": 1}}]
    told = judged(written(tmp_path, deaf(), profile_text=text, expect=expect)).output
    assert "limits_hold" in told
    assert "resubscribes" in told
    t = deaf()
    t.tell(41, "run_ended", "conductor", by_hand=True)
    told = judged(written(tmp_path, t, profile="by-hand", expect=expect)).output
    assert told.startswith("NOT EXERCISED  by-hand")
    assert "resubscribes" not in told


@pytest.mark.parametrize(
    ("run", "error", "message"),
    [
        ({"profile": None}, InputError, "no profile was played"),
        ({"profile": "no-such-profile"}, ProfileError, "no such profile"),
        ({"time_scale": None}, InputError, "no time_scale"),
    ],
)
def test_a_header_that_says_too_little_is_bad_input(
    tmp_path: Path, run: dict[str, Any], error: type[InputError], message: str
) -> None:
    """The message names what is missing."""
    result = judged(written(tmp_path, deaf(), **run))
    assert isinstance(result.exception, error)
    assert message in str(result.exception)


@pytest.mark.parametrize("text", [None, b"", b"no history\n"])
def test_what_is_no_history_is_bad_input(tmp_path: Path, text: bytes | None) -> None:
    """A file that is not there, is empty, or is something else: one line."""
    file = tmp_path / "run.jsonl"
    if text is not None:
        file.write_bytes(text)
    result = judged(file)
    assert isinstance(result.exception, InputError)
    assert "\n" not in str(result.exception)


def test_a_history_is_judged_by_the_profile_that_it_carries(tmp_path: Path) -> None:
    """What was expected then counts, whatever the library says today; a file that is named counts more."""
    text = library_path("streaming/market-feed-reset").read_text(encoding="utf-8")
    lenient = text.partition("expect:")[0] + "expect: [limits_hold: {max_position: 1}]\n"
    file = written(tmp_path, deaf(), profile_text=lenient)
    assert "reconnects" not in judged(file).output
    assert "limits_hold" in judged(file).output
    assert "reconnects" in judged(file, "--profile", "streaming/market-feed-reset").output


def test_a_profile_of_one_s_own_is_given(tmp_path: Path) -> None:
    """Under the name that the history has; another one was not played."""
    own = tmp_path / "own.yaml"
    text = library_path("streaming/market-feed-reset").read_text(encoding="utf-8")
    own.write_text(text.replace("name: market-feed-reset", "name: my-own"), encoding="utf-8")
    file = written(tmp_path, deaf(), profile="my-own")
    assert judged(file, "--profile", str(own)).output.startswith("FAIL  my-own")
    other = judged(file, "--profile", "streaming/market-feed-close")
    assert isinstance(other.exception, InputError)
    assert "'my-own' was played, not 'market-feed-close'" in str(other.exception)
