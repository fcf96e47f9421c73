"""Bring in files."""

import click


@click.group(epilog="Example: pulssi ingest")
def ingest() -> None:
    """Bring in files."""
