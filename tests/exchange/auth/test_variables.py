from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from downtick.errors import InputError
from downtick.exchange.auth.keys import make_keys
from downtick.exchange.auth.private_keys import read_jwt_key
from downtick.exchange.auth.variables import exports, key_variables, write_exports

KEYS = make_keys()
VARIABLES = key_variables(KEYS)


@pytest.mark.parametrize(
    ("name", "secret"),
    [
        ("DOWNTICK_API_KEY", "DOWNTICK_API_SECRET"),
        ("COINBASE_API_KEY", "COINBASE_API_SECRET"),
        ("COINBASE_CDP_API_KEY", "COINBASE_CDP_PRIVATE_KEY"),
    ],
)
def test_a_client_finds_its_key_under_the_name_that_it_reads(name: str, secret: str) -> None:
    """Name and secret make the key again."""
    assert read_jwt_key(VARIABLES[name], VARIABLES[secret]) == KEYS.es256


def test_each_kind_of_key_has_names_of_its_own() -> None:
    """A test can choose."""
    pair = (VARIABLES["DOWNTICK_ED25519_API_KEY"], VARIABLES["DOWNTICK_ED25519_API_SECRET"])
    assert read_jwt_key(*pair) == KEYS.ed25519
    assert VARIABLES["DOWNTICK_READ_ONLY_API_KEY"] == KEYS.read_only.name
    for start in ("DOWNTICK", "COINBASE"):
        assert VARIABLES[f"{start}_EXCHANGE_API_KEY"] == KEYS.exchange.key
        assert VARIABLES[f"{start}_EXCHANGE_API_SECRET"] == KEYS.exchange.secret.reveal()
        assert VARIABLES[f"{start}_EXCHANGE_API_PASSPHRASE"] == KEYS.exchange.passphrase.reveal()


def test_a_shell_reads_every_variable_back(tmp_path: Path) -> None:
    """Also those of several lines, and those with quotes."""
    variables = {**VARIABLES, "ODD": "a 'b' \"c\" $d `e` \\n\n!"}
    path = tmp_path / "keys"
    write_exports(path, variables)
    script = f'. {path}; for name in {" ".join(variables)}; do eval "printf %s\\\\\\\\0 \\"\\$$name\\""; done'
    said = subprocess.run(["/bin/sh", "-c", script], capture_output=True, check=True).stdout
    assert said.decode().split("\0")[:-1] == list(variables.values())


def test_the_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    """Also one that stood there before, for everybody."""
    path = tmp_path / "keys"
    path.touch(mode=0o666)
    path.chmod(0o666)
    write_exports(path, VARIABLES)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.read_text().splitlines() == "\n".join(exports(VARIABLES)).splitlines()


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """And so is the reason; a link is not followed. No secret is in the message."""
    (tmp_path / "link").symlink_to(tmp_path / "target")
    for path in (tmp_path / "missing" / "keys", tmp_path, tmp_path / "link"):
        with pytest.raises(InputError, match=str(path)) as caught:
            write_exports(path, VARIABLES)
        assert KEYS.exchange.passphrase.reveal() not in str(caught.value)
    assert not (tmp_path / "target").exists()
