"""Send CloudEvents, one a line, to Kafka."""

import click


@click.command(epilog="Example: pulssi produce")
def produce() -> None:
    """Send CloudEvents, one a line, to Kafka."""
