"""Load the dated reference data of a deployment."""

import click


@click.group(epilog="Example: pulssi reference")
def reference() -> None:
    """Load the dated reference data of a deployment."""
