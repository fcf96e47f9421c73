"""Build the warehouse with dbt."""

import click


@click.command(epilog="Example: pulssi build")
def build() -> None:
    """Build the warehouse with dbt."""
