"""Add intervals and statuses to the metrics of a month."""

import click


@click.command(epilog="Example: pulssi estimate")
def estimate() -> None:
    """Add intervals and statuses to the metrics of a month."""
