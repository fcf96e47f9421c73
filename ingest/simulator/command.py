"""Simulate months of events, with the truth beside them."""

from collections import Counter
from pathlib import Path

import click

from infra.errors import ActionNeeded
from infra.months import parse_month
from infra.settings import read_settings
from ingest.simulator.files import read_expected
from ingest.simulator.simulation import expected, read_inputs, simulate_events, write_simulation


@click.command(epilog="Example: pulssi simulate --seed 7 --months 2026-09 2026-10")
@click.option("--seed", default=1, show_default=True, help="the same seed gives the same bytes")
@click.option("--replications", default=24, show_default=True, type=click.IntRange(0), help="runs for the true values")
@click.option("--months", nargs=2, default=("2026-09", "2026-10"), show_default=True, help="first and last month")
@click.option(
    "--expected",
    "earlier",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="metric_values.csv of an earlier simulation of this deployment: its true values instead of replications",
)
def simulate(seed: int, replications: int, months: tuple[str, str], earlier: Path | None) -> None:
    """Simulate the deployment's service points: events as their systems would send them, and the truth beside them."""
    settings = read_settings()
    first, last = (parse_month(text) for text in months)
    if last < first:
        raise ActionNeeded(f"the last month {last} is before the first month {first}: give them in order")
    wanted = [first]
    while wanted[-1] < last:
        wanted.append(wanted[-1].next)
    inputs = read_inputs(settings.deployment, wanted)
    target = settings.output / "simulated"
    with click.progressbar(length=2 + (replications if earlier is None else 0), label="simulating") as bar:
        simulated = simulate_events(inputs, seed)
        bar.update(1)
        true_values = (
            expected(inputs, seed, replications, lambda _: bar.update(1)) if earlier is None else read_expected(earlier)
        )
        target.parent.mkdir(parents=True, exist_ok=True)
        write_simulation(target, inputs, simulated, true_values)
        bar.update(1)
    tickets = [ticket for day in simulated.happened for ticket in day.tickets]
    left = sum(ticket.left_at is not None for ticket in tickets)
    kinds = Counter(fault.kind for fault in simulated.faults)
    click.echo(f"{len(simulated.events):,} events of {len(inputs.world.points)} points in {target / 'events.ndjson'}")
    count = true_values.replication_count
    click.echo(f"{len(tickets):,} tickets, {left:,} left while waiting; {count} replications for the true values")
    click.echo(
        f"planted: {', '.join(f'{kind} {count}' for kind, count in sorted(kinds.items()))} (rows of planted_faults.csv)"
    )
