"""Drain what is in Kafka into landing."""

import click


@click.command(epilog="Example: pulssi load")
def load() -> None:
    """Drain what is in Kafka into landing."""
