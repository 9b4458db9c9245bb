"""Hands keys and authority of a run to a bot elsewhere, in a folder that both see: a volume of the compose file."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from downtick.endpoints import CA_VARIABLES, Endpoints
from downtick.errors import InputError
from downtick.exchange.auth.variables import key_variables, write_exports

AUTHORITY: Final = "ca.pem"
ENVIRONMENT: Final = "bot.env"


def hand_over(endpoints: Endpoints, folder: Path) -> None:
    """Leave the authority, then the keys, as a shell reads them. Addresses are not among them: the bot knows names.

    Raises:
        InputError: the folder cannot be written.
    """
    authority = folder / AUTHORITY
    try:
        authority.write_bytes(Path(endpoints.ca_file).read_bytes())
    except OSError as error:
        raise InputError(f"{folder}: cannot be written: {error.strerror}") from None
    trust = dict.fromkeys(CA_VARIABLES, str(authority))
    write_exports(folder / ENVIRONMENT, {**trust, **key_variables(endpoints.keys)})


def take_back(folder: Path) -> None:
    """Remove the keys, before a run and after it: whoever waits for them shall get those of a run that is up.

    Raises:
        InputError: the folder cannot be written.
    """
    try:
        (folder / ENVIRONMENT).unlink(missing_ok=True)
    except OSError as error:
        raise InputError(f"{folder}: cannot be written: {error.strerror}") from None
