"""``downtick schema``: the JSON Schemas of what people write, a profile, and of what programs read, a report."""

from __future__ import annotations

import click


@click.command("schema")
@click.option("--report", is_flag=True, help="Of report.json instead.")
def command(report: bool) -> None:
    """Print the JSON Schema of a profile.

    An editor with a YAML language server uses it after a first line such as
    `# yaml-language-server: $schema=schema.json`.
    """
    import json  # noqa: PLC0415 - commands import late

    from downtick.profiles.schema import profile_schema  # noqa: PLC0415
    from downtick.report.document import document_schema  # noqa: PLC0415
    from downtick.words import VOCABULARY  # noqa: PLC0415

    schema = document_schema() if report else profile_schema(VOCABULARY)
    click.echo(json.dumps(schema, indent=2, ensure_ascii=False))
