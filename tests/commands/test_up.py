from __future__ import annotations

import pytest
from click.testing import CliRunner

from downtick.commands.up import command
from downtick.errors import DowntickError, InputError, TopologyError


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (("--topology", "production"), TopologyError, "there are stub, sandbox-advanced"),
        (("--topology", "sandbox-advanced", "--arm", "market_ws"), InputError, "there are rest"),
        (("--topology", "sandbox-exchange", "--profile", "rest/http-503"), InputError, "by hand"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_started(
    arguments: tuple[str, ...], error: type[DowntickError], message: str
) -> None:
    """A topology that there is not, a link that it has not, a profile where none can be played."""
    result = CliRunner().invoke(command, arguments)
    assert isinstance(result.exception, error)
    assert message in str(result.exception)
