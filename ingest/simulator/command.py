"""Simulate two months of events, with the truth beside them."""

import click


@click.command(epilog="Example: pulssi simulate")
def simulate() -> None:
    """Simulate two months of events, with the truth beside them."""
