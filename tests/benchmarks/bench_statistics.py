"""What the intervals and the verdicts promise, measured on points whose days differ: coverage, size, FDR, power."""

import sys
import time
from pathlib import Path

import click
import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "kpi"))

from simulated_change import false_discovery_rate, scored, simulated


@click.command()
@click.option("--families", default=200, show_default=True, help="how many releases")
@click.option("--points", default=40, show_default=True, help="service points in each")
@click.option("--seed", default=20261106, show_default=True)
def main(families: int, points: int, seed: int) -> None:
    """Simulate releases in which nothing, a tenth and a third of the numbers have changed."""
    for changed_share in (0.0, 0.1, 0.3):
        generator, began = np.random.default_rng(seed), time.monotonic()
        made = [simulated(generator, points, changed_share) for _ in range(families)]
        took = time.monotonic() - began
        click.echo(
            f"{changed_share:.0%} changed: {families} releases of {points} points, false discovery rate"
            f" {false_discovery_rate(made):.3f} (goal at most 0.05), {took:.0f} s"
        )
        click.echo(scored(made).round(3).to_string())


if __name__ == "__main__":
    main()
