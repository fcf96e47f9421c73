"""The pulssi command: looks up the commands that the packages bring and runs one."""

import importlib.metadata
import sys

import click

from infra.errors import ActionNeeded
from infra.explained_errors import explained

GROUP = "pulssi.commands"


class InstalledCommands(click.Group):
    """Commands found among the installed entry points, imported only when needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return sorted(importlib.metadata.entry_points(group=GROUP).names)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        found = importlib.metadata.entry_points(group=GROUP, name=cmd_name)
        return next(iter(found)).load() if found else None


@click.group(cls=InstalledCommands, context_settings={"max_content_width": 110}, epilog="Example: pulssi up")
def pulssi() -> None:
    """Measure how it feels and how it works to visit a joint public service point."""


def main() -> None:
    try:
        pulssi(prog_name="pulssi")
    except ActionNeeded as problem:
        click.echo(f"Error: {problem}", err=True)
        sys.exit(1)
    except Exception as error:
        message = explained(error)
        if message is None:
            raise
        click.echo(f"Error: {message}", err=True)
        sys.exit(1)
