"""``downtick schema``: the JSON Schema that makes editors complete and check a profile."""

from __future__ import annotations

import click


@click.command("schema")
def command() -> None:
    """Print the JSON Schema of a profile.

    An editor with a YAML language server uses it after a first line such as
    `# yaml-language-server: $schema=schema.json`.
    """
    import json  # noqa: PLC0415 - commands import late

    from downtick.profiles.schema import profile_schema  # noqa: PLC0415
    from downtick.words import VOCABULARY  # noqa: PLC0415

    click.echo(json.dumps(profile_schema(VOCABULARY), indent=2, ensure_ascii=False))
