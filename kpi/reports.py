"""Write the monthly report of each service point."""

import click


@click.command(epilog="Example: pulssi report")
def report() -> None:
    """Write the monthly report of each service point."""
