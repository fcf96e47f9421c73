"""Score many simulated countries, each through the whole chain from Kafka to its release."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click
import psycopg
from psycopg import sql

from infra import database, services
from infra.errors import ActionNeeded
from infra.settings import Settings, read_settings

if TYPE_CHECKING:
    import pandas as pd

LATER = "registered_later"
TABLES = ("cells", "faults", "changes")
GATES_AND_BUILDS = (
    ("gate", "landing"), ("build", "marts"), ("gate", "marts"), ("build", "metrics"), ("gate", "metrics"),
    ("estimate", ""), ("gate", "release"), ("release", ""),
)  # fmt: skip


@click.command(
    name="score-seeds", epilog="Example: pulssi score-seeds --seeds 20   or: pulssi score-seeds --points 400 --seeds 1"
)
@click.option("--seeds", default=20, show_default=True, type=click.IntRange(1), help="simulated countries")
@click.option("--first", default=1, show_default=True, help="the first seed; several runs may share the seeds")
@click.option("--points", default=12, show_default=True, type=click.IntRange(5), help="service points of a country")
@click.option("--replications", default=48, show_default=True, type=click.IntRange(1), help="runs for the true values")
@click.option("--months", nargs=2, default=("2026-09", "2026-10"), show_default=True, help="first and released month")
def score_seeds(seeds: int, first: int, points: int, replications: int, months: tuple[str, str]) -> None:
    """Say how far the released numbers are from the truth over many simulated countries of the same parameters.

    A seed that is done is not done again: a run that was broken off goes on where it was. What they have in common,
    the points and the expected values, is made once.
    """
    settings = read_settings()
    folder = settings.output / "score" / f"seeds_{points}"
    environment = _country(folder, points)
    expected = folder / "expected.csv"
    if not expected.exists():
        _run(environment, folder, "simulate", "--seed", "0", "--replications", str(replications), "--months", *months)
        truth = _settings(environment).output / "simulated" / "truth"
        shutil.copyfile(truth / "metric_values.csv", expected)
    for seed in range(first, first + seeds):
        if (folder / f"seed_{seed}" / "done.json").exists():
            click.echo(f"seed {seed}: done before")
            continue
        started = time.monotonic()
        _one_seed(folder, environment, seed, months, expected)
        click.echo(f"seed {seed}: {time.monotonic() - started:.0f} s")
    _summarise(folder, months[1])


def _country(folder: Path, points: int) -> dict[str, str]:
    """Make the deployment of all seeds unless it is there; return the environment for its commands."""
    country = folder / f"country_{points}"
    environment = {**os.environ, "PULSSI_DEPLOYMENT": str(country)}
    folder.mkdir(parents=True, exist_ok=True)
    if not (country / "simulation.yml").exists():
        shutil.rmtree(country, ignore_errors=True)
        _run(environment, folder, "country", str(country), "--points", str(points))
    return environment


def _one_seed(folder: Path, environment: Mapping[str, str], seed: int, months: tuple[str, str], expected: Path) -> None:
    """Send, load, build, judge, release and score one country; nothing of it stays but its tables."""
    settings = _settings(environment)
    country, output = settings.deployment.folder, settings.output
    _drop(settings)
    _name_topics(country, seed)
    later = country / LATER
    seconds: dict[str, float] = {}

    def run(*arguments: str) -> None:
        started = time.monotonic()
        _run(environment, folder, *arguments)
        name = " ".join(arguments[:2]) if arguments[0] == "gate" else arguments[0]
        seconds[name] = seconds.get(name, 0) + time.monotonic() - started

    run("simulate", "--seed", str(seed), "--months", *months, "--expected", str(expected))
    run("migrate")
    run("reference", "load", str(country))
    run("produce", str(output / "simulated" / "events.ndjson"))
    run("load")
    run("reference", "load", str(country), *([str(later)] if later.is_dir() else []))
    for command, stage in GATES_AND_BUILDS:
        stages = {"gate": [stage, months[1]], "build": [months[1], "--stage", stage]}
        run(command, *stages.get(command, [months[1]]), "--status", "final")
    shutil.rmtree(output / "score", ignore_errors=True)
    run("score", months[1])
    _keep(next((output / "score").iterdir()), folder / f"seed_{seed}", seed, seconds)
    _drop(_settings(environment))


def _keep(scored: Path, target: Path, seed: int, seconds: Mapping[str, float]) -> None:
    target.mkdir(exist_ok=True)
    for name in TABLES:
        shutil.copyfile(scored / f"{name}.csv", target / f"{name}.csv")
    content = {"seed": seed, "seconds": {name: round(spent, 1) for name, spent in seconds.items()}}
    (target / "done.json").write_text(json.dumps(content) + "\n", encoding="utf-8")


def _summarise(folder: Path, month: str) -> None:
    import pandas as pd

    from kpi import score_changes, score_table

    done = sorted(folder.glob("seed_*/done.json"))
    tables = {name: _united([path.parent / f"{name}.csv" for path in done]) for name in TABLES}
    found = {
        "metrics": score_table.metrics(tables["cells"][tables["cells"]["period"] == f"{month}-01"]),
        "changes": score_table.changes(score_changes.judged(tables["changes"])),
        "faults": score_table.faults(tables["faults"]),
    }
    for name, table in found.items():
        table.to_csv(folder / f"{name}.csv", index=False)
    as_json = {name: json.loads(table.to_json(orient="records")) for name, table in found.items()}
    (folder / "score.json").write_text(json.dumps({"seeds": len(done), **as_json}, indent=1) + "\n", encoding="utf-8")
    shown = [f"# {len(done)} simulated countries against the truth", ""]
    for name, table in found.items():
        rounded = table.round(4).astype(object).where(pd.notna(table), "-")
        shown += [f"## {name}", "", rounded.to_string(index=False), ""]
        click.echo(f"\n{name}\n{rounded.to_string(index=False)}")
    (folder / "score.md").write_text("\n".join(shown), encoding="utf-8")
    click.echo(f"\n{len(done)} seeds; the tables are in {folder}")


def _united(paths: list[Path]) -> "pd.DataFrame":
    import pandas as pd

    tables = [pd.read_csv(path, dtype={"level_id": str}).assign(seed=path.parent.name) for path in paths]
    filled = [table for table in tables if len(table)] or tables[:1]
    return pd.concat(filled, ignore_index=True)


def _name_topics(country: Path, seed: int) -> None:
    """Topics of this attempt's own: those of another are deleted, and Kafka takes a while to do so."""
    file = country / "deployment.yml"
    kept = [line for line in file.read_text(encoding="utf-8").splitlines() if not line.startswith("topic_prefix:")]
    file.write_text(
        "\n".join([*kept, f"topic_prefix: {country.name}_{seed}_{int(time.time())}"]) + "\n", encoding="utf-8"
    )


def _drop(settings: Settings) -> None:
    """Remove the database and the topics of the seed before, and of attempts that were broken off."""
    import kafka

    statement = sql.SQL("drop database if exists {} with (force)")
    with psycopg.connect(database.url(settings, "postgres"), autocommit=True) as connection:
        connection.execute(statement.format(sql.Identifier(settings.deployment.database)))
    admin = kafka.KafkaAdminClient(**services.kafka_connection(settings))
    try:
        own = [name for name in admin.list_topics() if name.startswith(f"{settings.deployment.name}_")]
        if own:
            admin.delete_topics(own)
    finally:
        admin.close()


def _settings(environment: Mapping[str, str]) -> Settings:
    return read_settings(dict(environment))


def _run(environment: Mapping[str, str], folder: Path, *arguments: str) -> None:
    """Run a pulssi command, its output in a log; raise ActionNeeded with its last lines when it fails."""
    command = [sys.executable, "-m", "infra", *arguments]
    result = subprocess.run(command, env=dict(environment), capture_output=True, text=True, check=False)
    said = result.stdout + result.stderr
    with (folder / "log.txt").open("a", encoding="utf-8") as log:
        log.write(f"$ pulssi {' '.join(arguments)}\n{said}\n")
    if result.returncode:
        last = "\n".join(said.splitlines()[-15:])
        raise ActionNeeded(f"stopped at pulssi {' '.join(arguments)}: mend it, then run the same again\n{last}")
