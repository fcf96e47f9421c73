"""Compare a release with what the simulator knows to be true."""

import click


@click.command(epilog="Example: pulssi score")
def score() -> None:
    """Compare a release with what the simulator knows to be true."""
