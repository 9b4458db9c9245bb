from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from downtick.commands.exchange import command
from downtick.errors import InputError


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--tape", "no-such-file"], "no-such-file"),
        (["--host", "10.0.0.1"], "loopback"),
        (["--tape", "x", "--product", "BTC-USD"], "--tape brings its own"),
        (["--tape", "x", "--rate", "5"], "--tape brings its own"),
        (["--rate", "0"], "tick_rate"),
        (["--product", "btc"], "btc"),
        (["--certificate", "chain.pem"], "private key"),
        (["--certificate", "no.pem", "--private-key", "no.key"], "no.pem"),
        (["--no-auth", "--keys-file", "keys"], "leave out --keys-file"),
        (["--keys-file", "missing/keys"], "missing/keys"),
    ],
)
def test_bad_input_is_refused_in_one_sentence(
    arguments: list[str], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before a socket is opened."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=message):
        CliRunner().invoke(command, arguments, catch_exceptions=False)
