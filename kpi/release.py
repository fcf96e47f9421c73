"""Freeze the estimates of a month as a numbered release."""

import click


@click.command(epilog="Example: pulssi release")
def release() -> None:
    """Freeze the estimates of a month as a numbered release."""
