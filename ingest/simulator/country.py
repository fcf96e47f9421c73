"""Deployments made to be simulated: as many service points as one says, each after one of the demo's."""

import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import yaml

from infra.errors import ActionNeeded
from infra.settings import ROOT
from infra.yaml_files import read_yaml

TEMPLATES = ROOT / "infra" / "deployments" / "demo"
LATER = "registered_later"
# The first points, so that a small country has every size and most kinds of faults; the others follow as in the file.
FIRST = (
    "oulu", "mikkeli", "lappeenranta", "vaasa", "joensuu", "pietarsaari", "kuusamo", "raasepori", "rovaniemi",
    "salo", "hameenlinna", "utsjoki", "tampere", "turku", "parainen",
)  # fmt: skip
SMALL_VISITS = {"L": 900, "M": 400, "S": 150, "XS": 50}
SMALL_VISITS_OF_POINT = {"oulu": 4000}  # large enough queues for its change to show
SMALL_PERSONAL_DATA_COUNT = 30
OWN_TABLES = (
    "service_points", "opening_hours", "opening_exceptions", "presence", "devices", "sources", "stops", "teams",
)  # fmt: skip
# Of a country larger than the templates every so many points get the next of these changes.
POINTS_PER_CHANGE = 8
QUEUE_METRICS = [
    "queue_time_median", "queue_time_p90", "queue_time_within_target_share", "abandonment_rate",
]  # fmt: skip
SATISFACTION_METRICS = ["satisfaction_mean", "satisfaction_happy_share"]
CHANGES: tuple[dict[str, Any], ...] = (
    {"added_desks": {"kunta": 1, "kela": 1}, "metric_ids": QUEUE_METRICS[:3]},
    {"parameters": {"satisfaction_base": 3.6}, "metric_ids": SATISFACTION_METRICS},
    {"parameters": {"resolved_share": 0.42, "filed_share": 0.47}, "metric_ids": ["resolved_rate"]},
    {"visits_factor": 1.35, "metric_ids": ["queue_time_median", "queue_time_p90", "abandonment_rate"]},
    {"parameters": {"satisfaction_base": 4.7}, "metric_ids": SATISFACTION_METRICS},
    {"parameters": {"no_show_share": 0.25}, "metric_ids": ["no_show_rate"]},
    {"parameters": {"first_slot_mean_days": 8}, "metric_ids": ["first_slot_lead_time", "third_slot_lead_time"]},
    {"parameters": {"independent_share": 0.3}, "metric_ids": ["independent_next_time_share"]},
)

Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class _Copy:
    """A point to be written: *number* 1 is the template itself."""

    template: str
    number: int

    @property
    def name(self) -> str:
        return self.template if self.number == 1 else f"{self.template}-{self.number}"


@click.command(epilog="Example: pulssi country .pulssi/country --points 400")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--points", default=400, show_default=True, type=click.IntRange(5), help="service points")
@click.option("--faults/--no-faults", default=True, show_default=True, help="plant the demo's faults at its points")
def country(folder: Path, points: int, faults: bool) -> None:
    """Write a deployment in FOLDER that can be simulated: the same points for the same number, always."""
    write_country(folder, points, faults)
    click.echo(f"{points} service points in {folder}: PULSSI_DEPLOYMENT={folder.resolve()} pulssi simulate")


def write_country(folder: Path, point_count: int, has_faults: bool = True) -> None:
    """Write the reference files, deployment.yml and simulation.yml; a folder that has files already is refused."""
    if folder.exists() and any(folder.iterdir()):
        raise ActionNeeded(f"{folder} is not empty: give a new folder")
    tables = {path.stem: _read(path) for path in sorted(TEMPLATES.glob("*.csv"))}
    later = {path.stem: _read(path) for path in sorted((TEMPLATES / LATER).glob("*.csv"))}
    copies = _copies(tables, later, point_count)
    folder.mkdir(parents=True, exist_ok=True)
    registered_later = {_point_of(row) for row in later["service_points"]}
    for name, rows in tables.items():
        if name not in OWN_TABLES:
            _write(folder / f"{name}.csv", _of_known_sources(rows, copies), list(rows[0]))
            continue
        columns, every = list(rows[0]), [*rows, *later.get(name, [])]
        shared = [row for row in rows if not _point_of(row)]
        early = [copy for copy in copies if copy.name not in registered_later]
        _write(folder / f"{name}.csv", [*shared, *_copied(every, early)], columns)
        late = [copy for copy in copies if copy.name in registered_later]
        if late and name in later:
            _write(folder / LATER / f"{name}.csv", _copied(every, late), columns)
    write_deployment(folder, re.sub("[^a-z0-9_]", "_", folder.name.lower()))
    scenario = _scenario(read_yaml(TEMPLATES / "simulation.yml"), copies, has_faults)
    (folder / "simulation.yml").write_text(yaml.safe_dump(scenario, allow_unicode=True, sort_keys=False))


def write_deployment(folder: Path, name: str) -> None:
    """Write deployment.yml: a database and topics of the deployment's own."""
    content = read_yaml(TEMPLATES / "deployment.yml") | {"database": f"pulssi_{name}", "topic_prefix": name}
    (folder / "deployment.yml").write_text(yaml.safe_dump(content, sort_keys=False))


def _copies(tables: Mapping[str, list[Row]], later: Mapping[str, list[Row]], count: int) -> list[_Copy]:
    known = [_point_of(row) for row in (*tables["service_points"], *later["service_points"])]
    ordered = [*FIRST, *(name for name in known if name not in FIRST)]
    return [_Copy(ordered[number % len(ordered)], number // len(ordered) + 1) for number in range(count)]


def _copied(rows: Iterable[Row], copies: Iterable[_Copy]) -> list[Row]:
    """The rows of each copy's template, with the copy's name in every identifier."""
    of_point: dict[str, list[Row]] = {}
    for row in rows:
        of_point.setdefault(_point_of(row), []).append(row)
    return [
        # A copy is of its template's team, which keeps its name.
        {
            column: cell if "team_id" in row and column != "service_point_id" else _renamed(column, cell, copy)
            for column, cell in row.items()
        }
        for copy in copies
        for row in of_point.get(copy.template, [])
    ]


def _renamed(column: str, cell: str, copy: _Copy) -> str:
    if copy.number == 1:
        return cell
    if column == "source":
        return re.sub(rf"(?<=/){re.escape(copy.template)}(?=[-/]|$)", copy.name, cell)
    if column in ("service_point_id", "device_id", "stop_id"):
        return copy.name + cell.removeprefix(copy.template)
    return f"{cell} {copy.number}" if column.startswith("name_") else cell


def _of_known_sources(rows: list[Row], copies: list[_Copy]) -> list[Row]:
    """Rows about a source at a point that is left out are left out too."""
    return [row for row in rows if not row.get("source") or _is_known(row["source"], copies)]


def _is_known(source: str, copies: Iterable[_Copy]) -> bool:
    found = re.match("/points/([^/]+)/", source)
    return found is None or found[1] in {copy.name for copy in copies}


def _scenario(demo: dict[str, Any], copies: list[_Copy], has_faults: bool) -> dict[str, Any]:
    is_large = any(copy.number > 1 for copy in copies)
    names = {copy.name for copy in copies}
    scenario = dict(demo)
    scenario["faces"] = _of_copies(demo["faces"], copies)
    moods = {copy.name: demo["satisfaction_of_point"].get(copy.template, 0) + _spread(copy, 9, 0.05) for copy in copies}
    scenario["satisfaction_of_point"] = {name: round(mood, 2) for name, mood in moods.items() if mood}
    scenario["desks"] = {}
    if is_large:
        scenario["visits_of_point"] = _of_copies(demo["visits_of_point"], copies)
    else:
        scenario["visits_per_month"], scenario["visits_of_point"] = SMALL_VISITS, SMALL_VISITS_OF_POINT
    surveyed = set(demo["wave"]["service_point_ids"])
    scenario["wave"] = {"service_point_ids": [copy.name for copy in copies if copy.template in surveyed]}
    scenario["changes"] = [
        *(change for change in demo["changes"] if change["service_point_id"] in names),
        *_further_changes([copy for copy in copies if copy.number > 1]),
    ]
    scenario["faults"] = _faults(demo["faults"], copies, has_faults)
    if not is_large:
        scenario["faults"]["personal_data_count"] = SMALL_PERSONAL_DATA_COUNT if has_faults else 0
    return scenario


def _of_copies(of_templates: Mapping[str, Any], copies: Iterable[_Copy]) -> dict[str, Any]:
    return {copy.name: of_templates[copy.template] for copy in copies if copy.template in of_templates}


def _spread(copy: _Copy, steps: int, size: float) -> float:
    """A difference between the copies of one template, the same each time."""
    return 0 if copy.number == 1 else ((copy.number * 5) % steps - steps // 2) * size


def _further_changes(copies: list[_Copy]) -> list[dict[str, Any]]:
    chosen = copies[::POINTS_PER_CHANGE]
    span = {"from_period": "2026-09", "to_period": "2026-10"}
    return [
        {"service_point_id": copy.name} | span | CHANGES[number % len(CHANGES)] for number, copy in enumerate(chosen)
    ]


def _faults(demo: Mapping[str, Any], copies: list[_Copy], has_faults: bool) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for kind, planted in demo.items():
        if isinstance(planted, list):
            kept = [fault for fault in planted if _is_known(_source_of(fault), copies)]
            found[kind] = kept if has_faults else []
        elif kind == "unknown_point":
            found[kind] = planted
        else:
            found[kind] = planted if has_faults else 0
    return found


def _source_of(fault: str | Mapping[str, Any]) -> str:
    return fault if isinstance(fault, str) else str(fault.get("source", ""))


def _point_of(row: Row) -> str:
    return row["service_point_id"]


def _read(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _write(path: Path, rows: Iterable[Row], columns: list[str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
