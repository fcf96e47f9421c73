"""Show whether every event is accounted for."""

import click


@click.command(epilog="Example: pulssi ledger")
def ledger() -> None:
    """Show whether every event is accounted for."""
