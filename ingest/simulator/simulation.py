"""A whole simulation: one run with its events and planted faults, and replications for the true values."""

import os
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import chain
from pathlib import Path
from random import Random

from infra.months import Month
from infra.settings import Deployment
from ingest.simulator import files, truth_tables
from ingest.simulator.events import Event, Fault, local_day_start
from ingest.simulator.faults import Planted, plant
from ingest.simulator.messages import Records, day_events, draw_records
from ingest.simulator.monthly import Monthly, draw_monthly, monthly_events
from ingest.simulator.parameters import Parameters, Scenario, read_parameters, read_scenario
from ingest.simulator.run import DayOfPoint, run
from ingest.simulator.truth import completeness, expected_components, realised_components
from ingest.simulator.truth_given import count_bursts
from ingest.simulator.truth_sums import Leaf, Sums, rolled_up
from ingest.simulator.world import World, read_world

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Inputs:
    world: World
    months: list[Month]
    parameters: Parameters
    scenario: Scenario


@dataclass(frozen=True, slots=True)
class Simulated:
    """The run that was sent: days with what is known of them, and the events with what was planted."""

    happened: list[DayOfPoint]
    records: list[Records]
    monthly: Monthly
    planted: Planted
    realised: dict[Leaf, Sums]

    @property
    def events(self) -> list[Event]:
        return self.planted.events

    @property
    def faults(self) -> list[Fault]:
        return self.planted.faults


def read_inputs(deployment: Deployment, months: list[Month]) -> Inputs:
    """Reference files of the deployment, those registered later included, its scenario and the parameters."""
    folders = [deployment.folder, *sorted(path.parent for path in deployment.folder.glob("*/service_points.csv"))]
    return Inputs(
        world=read_world(folders, months[0].first_day),
        months=months,
        parameters=read_parameters(),
        scenario=read_scenario(deployment.folder, deployment.time_zone),
    )


def simulate_events(inputs: Inputs, seed: int) -> Simulated:
    """One run, its messages, and the faults planted in them. The same seed gives the same events."""
    happened = list(run(inputs.world, inputs.months, inputs.parameters, inputs.scenario, str(seed)))
    records: list[Records] = []
    events: list[Event] = []
    for day in happened:
        rng = Random(f"{seed}:messages:{day.point.service_point_id}:{day.day}")
        of_day = draw_records(rng, day)
        records.append(of_day)
        events += day_events(rng, day, of_day, inputs.world, inputs.parameters, inputs.scenario)
    rng = Random(f"{seed}:monthly")
    world, months, parameters, scenario = inputs.world, inputs.months, inputs.parameters, inputs.scenario
    monthly = draw_monthly(rng, world, months, happened, events, parameters, scenario)
    events += monthly_events(rng, monthly, world, months, parameters, scenario)
    realised = realised_components(happened, events, monthly, world, months, scenario)
    planted = plant(Random(f"{seed}:faults"), events, scenario.faults, scenario.time_zone)
    count_bursts(planted.faults, realised, scenario.time_zone)
    planted.faults.extend(_planted_changes(inputs, happened))
    return Simulated(happened, records, monthly, planted, realised)


def replicate(inputs: Inputs, seed: int, count: int, progress: Progress) -> dict[Leaf, Sums]:
    """Components of *count* further runs of the same parameters, added up."""
    total: dict[Leaf, Sums] = defaultdict(Sums)
    seeds = [f"{seed}:replication:{number}" for number in range(1, count + 1)]
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for number, found in enumerate(pool.map(partial(_replication, inputs), seeds), start=1):
            for leaf, sums in found.items():
                total[leaf].merge(sums)
            progress(f"replication {number} of {count}")
    return total


def _replication(inputs: Inputs, seed: str) -> dict[Leaf, Sums]:
    again = run(inputs.world, inputs.months, inputs.parameters, inputs.scenario, seed)
    return expected_components(again, inputs.world, inputs.months, inputs.parameters, inputs.scenario)


def expected(inputs: Inputs, seed: int, count: int, progress: Progress) -> files.Expected:
    """The true values, by replication; they depend on the parameters, and on *seed* only as far as chance goes."""
    return files.expected_of(rolled_up(replicate(inputs, seed, count, progress), inputs.world), count)


def write_simulation(target: Path, inputs: Inputs, simulated: Simulated, true_values: files.Expected) -> None:
    """Write all files beside *target* and rename them into its place."""
    folder = target.with_name(f"{target.name}.new")
    folder.mkdir(parents=True, exist_ok=True)
    truth, time_zone = folder / "truth", inputs.scenario.time_zone
    files.write_events(folder, simulated.events, time_zone)
    realised = simulated.realised | completeness(inputs.world, inputs.months, simulated.faults, inputs.scenario)
    files.write_table(
        truth / "metric_values.csv",
        ("period", "level", "level_id", "metric_id", "collection_mode", "true_value", "realised_value",
         "replication_count", "realised_count"),
        files.value_rows(rolled_up(realised, inputs.world), true_values),
    )  # fmt: skip
    files.write_table(
        truth / "tickets.csv",
        files.TICKET_COLUMNS,
        chain.from_iterable(
            files.ticket_rows(day, of_day.keys, time_zone)
            for day, of_day in zip(simulated.happened, simulated.records, strict=True)
        ),
    )
    files.write_table(
        truth / "parameters.csv",
        ("service_point_id", "period", "agency", "desk_count", "last_desk_share", "expected_utilisation",
         "walk_ins_per_week", "booked_per_week", "satisfaction_effect"),
        files.parameter_rows(inputs.world, inputs.months, inputs.parameters, inputs.scenario),
    )  # fmt: skip
    files.write_table(
        truth / "planted_faults.csv",
        ("fault_id", "kind", "service_point_id", "source", "starts_at", "ends_at", "event_count", "description"),
        files.fault_rows(simulated.faults, time_zone),
    )
    files.write_table(
        truth / "planted_changes.csv",
        ("service_point_id", "metric_id", "from_period", "to_period"),
        files.change_rows(inputs.scenario),
    )
    files.write_table(
        truth / "personal_data.csv", ("event_id", "source", "kind", "value"), files.text_rows(simulated.planted.texts)
    )
    for name, columns, rows in truth_tables.tables(
        simulated.happened, simulated.records, simulated.planted, simulated.monthly, inputs.world, inputs.months,
        inputs.scenario,
    ):  # fmt: skip
        files.write_table(truth / f"{name}.csv", columns, rows)
    files.replace_folder(folder, target)


def _planted_changes(inputs: Inputs, happened: list[DayOfPoint]) -> list[Fault]:
    """The points whose waits were made to double; the count is of their tickets since then."""
    found = []
    for change in inputs.scenario.changes:
        if "last_desk_share" not in change:
            continue
        point, first_day = change["service_point_id"], date.fromisoformat(f"{change['to_period']}-01")
        tickets = sum(
            len(day.tickets) for day in happened if day.point.service_point_id == point and day.day >= first_day
        )
        starts_at = local_day_start(first_day, inputs.scenario.time_zone)
        ends_at = local_day_start(inputs.months[-1].next.first_day, inputs.scenario.time_zone)
        described = "fewer desks in its large queues; the count is of tickets"
        found.append(Fault("doubled_wait", point, "", starts_at, ends_at, tickets, described))
    return found
