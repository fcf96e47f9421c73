"""The files of a simulation: events in order of arrival, and the truth beside them."""

import csv
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from infra.months import Month
from ingest.simulator.events import Event, Fault, Keys, local_day_start, render
from ingest.simulator.faults import PlantedText
from ingest.simulator.parameters import Parameters, Scenario
from ingest.simulator.plans import plan_point
from ingest.simulator.run import DayOfPoint
from ingest.simulator.truth_sums import Cell, Sums, value
from ingest.simulator.world import World

Row = Sequence[object]
WITHOUT_CHANCE = ("completeness", "offered_service_hours", "flagged_press_share")

TICKET_COLUMNS = (
    "service_point_id", "opening_date", "ticket_key", "visit_key", "agency", "access", "purpose", "issued_at",
    "slot_start", "called_at", "ended_at", "left_at", "fate", "desk_id", "would_be_wait_seconds",
    "would_be_face_score", "would_be_rating", "would_be_outcome", "would_be_safety_physical", "would_be_equal",
    "is_remote", "moved_from_ticket_key",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Expected:
    """The true value of each cell, and how many replications it is of."""

    values: Mapping[Cell, float | None]
    replication_count: int


def write_events(folder: Path, events: Iterable[Event], time_zone: ZoneInfo) -> None:
    with (folder / "events.ndjson").open("wb") as file:
        file.writelines(render(event, time_zone) + b"\n" for event in events)


def write_table(path: Path, columns: Sequence[str], rows: Iterable[Row]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)


def replace_folder(finished: Path, target: Path) -> None:
    """Put a finished folder in the place of an older one; a reader never meets half of it."""
    old = target.with_name(f"{target.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if target.exists():
        target.rename(old)
    finished.rename(target)
    shutil.rmtree(old, ignore_errors=True)


def ticket_rows(happened: DayOfPoint, keys: Keys, time_zone: ZoneInfo) -> Iterator[Row]:
    start = local_day_start(happened.day, time_zone)

    def local(second: int | None) -> str:
        return "" if second is None else datetime.fromtimestamp(start + second, time_zone).isoformat()

    key_of = {id(ticket): key for ticket, key in zip(happened.tickets, keys.tickets, strict=True)}
    for ticket, opinion, key in zip(happened.tickets, happened.opinions, keys.tickets, strict=True):
        fate = "left" if ticket.left_at is not None else "served" if ticket.started_at is not None else "no_show"
        yield (
            happened.point.service_point_id, happened.day, key, keys.visits[ticket.visit], ticket.agency,
            ticket.access, ticket.purpose, local(ticket.issued_at), local(ticket.slot_start), local(ticket.called_at),
            local(ticket.ended_at), local(ticket.left_at), fate,
            f"{ticket.agency}-{ticket.desk}" if ticket.desk else "", ticket.would_be_wait, opinion.face_score,
            opinion.rating, opinion.outcome, opinion.safety_physical, opinion.equal, ticket.is_remote,
            key_of[id(ticket.chained_from)] if ticket.is_second_leg else "",
        )  # fmt: skip


def parameter_rows(world: World, months: list[Month], parameters: Parameters, scenario: Scenario) -> Iterator[Row]:
    for point in world.points:
        for month in months:
            for agency, plan in plan_point(point, month, parameters, scenario).items():
                yield (
                    point.service_point_id, f"{month}-01", agency, plan.desks, plan.last_desk_share,
                    round(plan.utilisation, 4), round(plan.weekly_walk_ins, 3), round(plan.weekly_booked, 3),
                    scenario.satisfaction_of_point.get(point.service_point_id, 0.0),
                )  # fmt: skip


def value_rows(realised: Mapping[Cell, Sums], expected: Expected) -> Iterator[Row]:
    """One row a cell; what has no chance in it has what happened as its true value."""
    for cell in sorted({*realised, *expected.values}):
        happened = realised.get(cell, Sums())
        metric = cell[3]
        realised_value = value(metric, happened)
        true_value = realised_value if metric in WITHOUT_CHANCE else expected.values.get(cell)
        yield (
            *cell, _rounded(true_value), _rounded(realised_value), expected.replication_count,
            _rounded(happened.denominator),
        )  # fmt: skip


def expected_of(replicated: Mapping[Cell, Sums], replication_count: int) -> Expected:
    runs = max(replication_count, 1)
    return Expected({cell: value(cell[3], sums, runs) for cell, sums in replicated.items()}, replication_count)


def read_expected(path: Path) -> Expected:
    """The true values of an earlier simulation of the same deployment and months: they depend on no seed."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    values = {
        (row["period"], row["level"], row["level_id"], row["metric_id"], row["collection_mode"]): float(
            row["true_value"]
        )
        for row in rows
        if row["true_value"]
    }
    return Expected(values, int(rows[0]["replication_count"]) if rows else 0)


def fault_rows(faults: Iterable[Fault], time_zone: ZoneInfo) -> Iterator[Row]:
    for number, fault in enumerate(faults, start=1):
        starts_at, ends_at = (
            datetime.fromtimestamp(instant, time_zone).isoformat() for instant in (fault.starts_at, fault.ends_at)
        )
        yield (
            f"fault-{number:02d}", fault.kind, fault.service_point_id, fault.source, starts_at, ends_at,
            fault.event_count, fault.description,
        )  # fmt: skip


def text_rows(texts: Iterable[PlantedText]) -> Iterator[Row]:
    return ((text.event_id, text.source, text.kind, text.value) for text in texts)


def change_rows(scenario: Scenario) -> Iterator[Row]:
    for change in scenario.changes:
        for metric_id in change["metric_ids"]:
            yield (change["service_point_id"], metric_id, f"{change['from_period']}-01", f"{change['to_period']}-01")


def _rounded(number: float | None) -> float | str:
    return "" if number is None else round(number, 6)
