"""Write the metric feed of each agency."""

import click


@click.command(epilog="Example: pulssi feed")
def feed() -> None:
    """Write the metric feed of each agency."""
