"""Judge a stage before the next one may run."""

import click


@click.command(epilog="Example: pulssi gate")
def gate() -> None:
    """Judge a stage before the next one may run."""
