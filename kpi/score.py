"""Compare a release with what the simulator knows to be true."""

import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from infra import database
from infra.errors import ActionNeeded
from infra.months import parse_month
from infra.settings import read_settings
from kpi.published import Release, read_release

if TYPE_CHECKING:
    import pandas as pd

    from kpi.score_evidence import Device, Fault

SHOWN_DECIMALS = 3
SHOWN_COLUMNS = {
    "metric_id": "metric",
    "collection_mode": "mode",
    "compared": "points",
    "not_published": "not published",
    "mean_difference": "mean",
    "mean_absolute": "mean absolute",
    "largest": "largest",
    "covering_true_share": "covering",
}


@click.command(epilog="Example: pulssi score 2026-10")
@click.argument("month")
def score(month: str) -> None:
    """Say how far each metric is from the truth, and which planted faults were caught."""
    import pandas as pd

    from kpi import score_faults, score_metrics
    from kpi.score_evidence import Evidence

    settings = read_settings()
    parsed_month = parse_month(month)
    truth = settings.output / "simulated" / "truth"
    if not truth.is_dir():
        raise ActionNeeded(f"there is no truth in {truth}: only what pulssi simulate made can be scored")
    with database.connect(settings) as connection:
        release = read_release(connection, parsed_month)
        values = pd.read_csv(truth / "metric_values.csv", dtype={"level_id": str})
        texts = pd.read_csv(truth / "personal_data.csv", dtype=str)["value"].to_list()
        realised = score_metrics.realised_at_points(values)
        evidence = Evidence(connection, release, realised, texts, read_devices(truth))
        planted = read_faults(truth)
        findings = score_faults.findings(evidence, planted)
        findings += score_faults.findings_of_hours(evidence, planted, truth / "hours.csv")
    cells = score_metrics.compared(release, values)
    metrics = score_metrics.by_metric(cells, parsed_month.first_day.isoformat())
    faults = pd.DataFrame(map(asdict, findings))
    folder = settings.output / "score" / release.release_id
    _write(folder, release, metrics, cells, faults)
    _show(release, metrics, faults, folder)


def read_faults(truth: Path) -> "list[Fault]":
    import pandas as pd

    from kpi.score_evidence import Fault

    rows = pd.read_csv(truth / "planted_faults.csv", dtype=str, keep_default_na=False).to_dict("records")
    return [
        Fault(
            **{
                **{str(name): value for name, value in row.items()},
                "starts_at": datetime.fromisoformat(row["starts_at"]),
                "ends_at": datetime.fromisoformat(row["ends_at"]),
                "event_count": int(row["event_count"]),
            }
        )
        for row in rows
    ]


def read_devices(truth: Path) -> "dict[str, Device]":
    import pandas as pd

    from kpi.score_evidence import Device

    rows = pd.read_csv(truth / "devices.csv").to_dict("records")
    return {row["source"]: Device(int(row["clock_offset_seconds"])) for row in rows}


def _write(
    folder: Path, release: Release, metrics: "pd.DataFrame", cells: "pd.DataFrame", faults: "pd.DataFrame"
) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    metrics.to_csv(folder / "score.csv", index=False)
    cells.to_csv(folder / "cells.csv", index=False)
    faults.to_csv(folder / "faults.csv", index=False)
    content = {
        "release": release.release_id,
        "metrics": json.loads(metrics.to_json(orient="records")),
        "faults": json.loads(faults.to_json(orient="records")),
    }
    (folder / "score.json").write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _show(release: Release, metrics: "pd.DataFrame", faults: "pd.DataFrame", folder: Path) -> None:
    click.echo(f"release {release.release_id}: differences from what happened, over the service points of the month;")
    click.echo("covering: the share of 95 % intervals that hold the expected value")
    columns = metrics.rename(columns=SHOWN_COLUMNS)[list(SHOWN_COLUMNS.values())]
    click.echo(columns.round(SHOWN_DECIMALS).to_string(index=False, na_rep="-"))
    click.echo("\nplanted faults")
    shown = faults.assign(is_as_planted=faults["is_as_planted"].map({True: "ok", False: "WRONG"}))
    click.echo(shown.rename(columns={"is_as_planted": ""}).to_string(index=False))
    caught = int(faults["is_as_planted"].sum())
    click.echo(f"\n{caught} of {len(faults)} as planted; each point and level in {folder}")
