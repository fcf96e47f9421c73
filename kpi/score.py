"""Compare a release with what the simulator knows to be true."""

import json
from dataclasses import asdict, fields
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

    from kpi import score_changes, score_faults, score_metrics
    from kpi.score_evidence import Evidence, Finding

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
        changes = score_changes.changes(connection, release, values, read_designed(truth))
    cells = score_metrics.compared(release, values)
    metrics = score_metrics.by_metric(cells, parsed_month.first_day.isoformat())
    faults = pd.DataFrame(map(asdict, findings), columns=[field.name for field in fields(Finding)])
    folder = settings.output / "score" / release.release_id
    _write(folder, release, metrics, {"cells": cells, "faults": faults, "changes": changes})
    _show(release, metrics, faults, folder)
    _show_changes(score_changes.judged(changes))


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


def read_designed(truth: Path) -> "pd.DataFrame":
    """What was changed by design: service point, metric, and the months between which it changed."""
    import pandas as pd

    path = truth / "planted_changes.csv"
    columns = ["service_point_id", "metric_id", "from_period", "to_period"]
    return pd.read_csv(path, dtype=str) if path.is_file() else pd.DataFrame(columns=columns)


def _write(folder: Path, release: Release, metrics: "pd.DataFrame", tables: "dict[str, pd.DataFrame]") -> None:
    folder.mkdir(parents=True, exist_ok=True)
    metrics.to_csv(folder / "score.csv", index=False)
    for name, table in tables.items():
        table.to_csv(folder / f"{name}.csv", index=False)
    content = {
        "release": release.release_id,
        "metrics": json.loads(metrics.to_json(orient="records")),
        "faults": json.loads(tables["faults"].to_json(orient="records")),
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


def _show_changes(judged: "pd.DataFrame") -> None:
    if judged.empty:
        return
    found, false = int(judged["is_found"].sum()), int(judged["is_false"].sum())
    designed, unchanged = int(judged["is_designed"].sum()), int(judged["is_unchanged"].sum())
    click.echo(
        f"changes: {found} of {designed} designed ones called; {false} called among {unchanged} without a change"
    )
