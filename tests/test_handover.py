from __future__ import annotations

from pathlib import Path

import pytest

from downtick.endpoints import Endpoints
from downtick.errors import InputError
from downtick.exchange.auth.keys import make_keys
from downtick.handover import hand_over, take_back

KEYS = make_keys()


@pytest.fixture
def endpoints(tmp_path: Path) -> Endpoints:
    """Return endpoints whose authority is a file."""
    authority = tmp_path / "run" / "ca.pem"
    authority.parent.mkdir()
    authority.write_text("an authority")
    return Endpoints.of([("rest", "172.30.1.2", 443)], str(authority), KEYS)


def test_a_bot_elsewhere_gets_keys_and_authority(endpoints: Endpoints, tmp_path: Path) -> None:
    """For its owner's eyes alone, with the authority where it is seen from there, and no address."""
    hand_over(endpoints, tmp_path)
    text = (tmp_path / "bot.env").read_text()
    assert f"export COINBASE_API_KEY={KEYS.es256.name}" in text
    assert f"export SSL_CERT_FILE={tmp_path / 'ca.pem'}" in text
    assert "172.30.1.2" not in text
    assert (tmp_path / "bot.env").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "ca.pem").read_text() == "an authority"


def test_keys_of_another_run_are_taken_away(endpoints: Endpoints, tmp_path: Path) -> None:
    """Whether they are there or not."""
    hand_over(endpoints, tmp_path)
    take_back(tmp_path)
    take_back(tmp_path)
    assert not (tmp_path / "bot.env").exists()


def test_a_folder_that_is_not_there(endpoints: Endpoints, tmp_path: Path) -> None:
    """One clear message."""
    with pytest.raises(InputError, match="nowhere: cannot be written"):
        hand_over(endpoints, tmp_path / "nowhere")
