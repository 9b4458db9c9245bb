"""Under which names in its environment a client finds its keys, and how a shell is told."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path

from downtick.errors import InputError
from downtick.exchange.auth.keys import HmacKey, JwtKey, Keys


def key_variables(keys: Keys) -> dict[str, str]:
    """Return names and secrets of the keys, in clear: for the environment of a client, and for nothing else.

    Beside downtick's own names stand those that clients read: coinbase-advanced-py (``COINBASE_API_*``),
    GPT-Trader (``COINBASE_CDP_*``), Coinbase's cdp-sdk (``CDP_API_*``), bots of the Exchange dialect
    (``COINBASE_EXCHANGE_API_*``).
    """
    es256, ed25519, read_only, exchange = keys.es256, keys.ed25519, keys.read_only, keys.exchange
    pairs: dict[tuple[str, str], JwtKey | HmacKey] = {
        ("DOWNTICK_API_KEY", "DOWNTICK_API_SECRET"): es256,
        ("DOWNTICK_ED25519_API_KEY", "DOWNTICK_ED25519_API_SECRET"): ed25519,
        ("DOWNTICK_READ_ONLY_API_KEY", "DOWNTICK_READ_ONLY_API_SECRET"): read_only,
        ("DOWNTICK_EXCHANGE_API_KEY", "DOWNTICK_EXCHANGE_API_SECRET"): exchange,
        ("COINBASE_API_KEY", "COINBASE_API_SECRET"): es256,
        ("COINBASE_CDP_API_KEY", "COINBASE_CDP_PRIVATE_KEY"): es256,
        ("CDP_API_KEY_ID", "CDP_API_KEY_SECRET"): ed25519,
        ("COINBASE_EXCHANGE_API_KEY", "COINBASE_EXCHANGE_API_SECRET"): exchange,
    }
    variables = {}
    for (name, secret), key in pairs.items():
        variables[name] = key.name
        variables[secret] = key.secret.reveal()
    for name in ("DOWNTICK_EXCHANGE_API_PASSPHRASE", "COINBASE_EXCHANGE_API_PASSPHRASE"):
        variables[name] = exchange.passphrase.reveal()
    return variables


def exports(variables: Mapping[str, str]) -> Iterator[str]:
    """Yield for each variable what tells it to a POSIX shell; a PEM takes several lines."""
    for name, value in variables.items():
        yield f"export {name}={shlex.quote(value)}"


def write_exports(path: Path, variables: Mapping[str, str]) -> None:
    """Write variables to a file that its owner alone may read; a shell reads it with ``.``.

    Raises:
        InputError: the file cannot be written.
    """
    try:
        number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
        with os.fdopen(number, "w", encoding="utf-8") as file:
            os.fchmod(number, 0o600)  # it may have stood there before
            file.writelines(f"{line}\n" for line in exports(variables))
    except OSError as error:
        raise InputError(f"{path}: the keys cannot be written there: {error.strerror}") from None
