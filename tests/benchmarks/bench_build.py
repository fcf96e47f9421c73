"""What does a day's build cost when the warehouse holds two years, and a rebuild beside DuckDB? Run by make bench.

The history is made from two simulated months of the demo, loaded by the real loader. Each month is a stretch of them
moved by whole weeks in SQL, with new keys: the same volume and weekdays in every month, no growth, no change, and of
late events only those of the two months. Periods of reports and free times are not moved. What DuckDB computes is in
bench_build.duckdb.sql: the figures of every month, level and part from the raw rows, but without periods longer than a
month, corrections, most queue rules, statuses, data tests or the month as it was known at its cutoff.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from datetime import date, timedelta
from pathlib import Path

import click
import duckdb
import psutil

from infra import database, embedded_kafka, embedded_postgres, services
from infra.months import Month
from infra.settings import ROOT, Settings, read_settings

TEMPLATE = (date(2026, 9, 1), date(2026, 10, 31))
FIRST_MONTH = Month(date(2027, 1, 1))
DAY = 21  # and the next, of the month whose builds are measured: the days before them are there and built
YARDSTICK = Path(__file__).with_name("bench_build.duckdb.sql")
COPY_DAYS = """
    insert into landing.event
    select
        md5(event_key::text || %(suffix)s)::uuid, event_id || %(suffix)s, source, event_type, contract,
        service_point_id,
        time_precision, utc_offset_minutes, is_future, kafka_partition, kafka_offset,
        moved(occurred_at), moved(received_at), clock_timestamp(), (
            regexp_replace(
                data::text,
                '"((?:ticket|visit|booking|session|incident|linked_incident)_key|chained_from|ref_id)": ?"([^"]+)"',
                '"\\1":"\\2' || %(suffix)s || '"',
                'g'
            )::jsonb
            || case
                when data::jsonb ? 'slot_start' then jsonb_build_object(
                    'slot_start', to_jsonb(moved((data ->> 'slot_start')::timestamptz)),
                    'slot_end', to_jsonb(moved((data ->> 'slot_end')::timestamptz))
                )
                when data::jsonb ? 'visited_on'
                then jsonb_build_object('visited_on', (data ->> 'visited_on')::date + %(days)s)
                else '{}'
            end
        )::json
    from template
    where
        (received_at at time zone 'Europe/Helsinki')::date + %(days)s >= %(first)s
        and (received_at at time zone 'Europe/Helsinki')::date + %(days)s < %(next)s
"""
MOVED = """
    create or replace function pg_temp.moved(instant timestamptz) returns timestamptz language sql stable as
    $$ select ((instant at time zone 'Europe/Helsinki') + interval '{} days') at time zone 'Europe/Helsinki' $$
"""


@click.command(epilog="Example: python tests/benchmarks/bench_build.py --months 24")
@click.option("--months", default=24, show_default=True, help="months of history for the daily build")
@click.option("--rebuilt", default=6, show_default=True, help="of these, the months that are built from nothing")
@click.option("--port", default=15442, show_default=True, help="of the PostgreSQL; the Kafka takes the next but one")
def main(months: int, rebuilt: int, port: int) -> None:
    """Measure a day's build in the first month and the last, and a rebuild of some beside DuckDB."""
    home = Path(tempfile.mkdtemp(prefix="pulssi-bench-"))
    home.chmod(0o755)
    environment = {"PULSSI_HOME": str(home), "PULSSI_POSTGRES_PORT": str(port), "PULSSI_KAFKA_PORT": str(port + 2)}
    settings = read_settings(environment)
    try:
        list(services.start(settings))
        prepare(settings, environment)
        history = [FIRST_MONTH]
        while len(history) < months:
            history.append(history[-1].next)
        first = daily_build(settings, environment, history[:1])
        fill_up_to(settings, history[:rebuilt])
        rebuild, memory = measure(environment, "build", "--all")
        click.echo(f"\n{count(settings):,} events from nothing: {rebuild:.0f} s, {memory >> 20} MiB at the peak")
        raw, computed = yardstick(settings)
        click.echo(f"DuckDB: {raw:.1f} s to read the events from a file, {computed:.1f} s to compute")
        click.echo(f"  the rebuild takes {rebuild / (raw + computed):.1f} x its time (goal 5)\n")
        last = daily_build(settings, environment, history)
        after_all, ordinary = (later / earlier for later, earlier in zip(last, first, strict=True))
        click.echo(f"a day's build of month {months} takes {ordinary:.2f} x that of month 1 (goal 1.2)")
        click.echo(f"  and {after_all:.2f} x on the first day after all months were built in one go")
    finally:
        embedded_kafka.shut_down(settings)
        embedded_postgres.shut_down(settings)
        shutil.rmtree(home)


def prepare(settings: Settings, environment: dict[str, str]) -> None:
    """The two simulated months in landing, kept aside as the template of all others."""
    deployment = ROOT / "infra" / "deployments" / "demo"
    pulssi(environment, "migrate")
    pulssi(environment, "reference", "load", str(deployment), str(deployment / "registered_later"))
    pulssi(environment, "simulate", "--replications", "0")
    pulssi(environment, "produce", str(settings.output / "simulated" / "events.ndjson"))
    pulssi(environment, "load")
    with database.connect(settings) as connection:
        connection.execute("create table public.template as select * from landing.event")
        connection.execute("truncate landing.event")


def fill(settings: Settings, month: Month, first: date | None, last: date | None) -> None:
    """Days of *month* as they would have landed, from *first* on and to *last*, both whole days."""
    first, following = first or month.first_day, last + timedelta(days=1) if last else month.next.first_day
    weeks = -(-(month.next.first_day - timedelta(days=1) - TEMPLATE[1]).days // 7)
    with database.connect(settings) as connection:
        for held in (month.previous, month):  # a local month begins in the last hours of the month before it in UTC
            connection.execute("select landing.create_month(%s::timestamptz)", (held.first_day,))
        connection.execute(MOVED.format(7 * weeks).replace("%", "%%"))
        connection.execute(
            COPY_DAYS.replace("moved(", "pg_temp.moved("),
            {"suffix": f"-{month}", "days": 7 * weeks, "first": first, "next": following},
        )


def fill_up_to(settings: Settings, history: list[Month]) -> None:
    """All days of *history* before the one whose build is measured, but for those that are there."""
    with database.connect(settings) as connection:
        (held,) = connection.execute("select max(received_at)::date from landing.event").fetchone() or (None,)
    for month in history:
        last = None if month != history[-1] else month.first_day + timedelta(days=DAY - 2)
        if held is None or (last or month.next.first_day - timedelta(days=1)) > held:
            fill(settings, month, held + timedelta(days=1) if held and held >= month.first_day else None, last)


def daily_build(settings: Settings, environment: dict[str, str], history: list[Month]) -> list[float]:
    """Seconds of the builds of two days of the last month that land one after the other; all before them is built.

    The months before were built in one go, which no day follows but the first: what a day's build can keep of the one
    before it shows on the second.
    """
    fill_up_to(settings, history)
    pulssi(environment, "build")
    taken = []
    for day in (DAY, DAY + 1):
        come_to_rest(settings)
        measured = history[-1].first_day + timedelta(days=day - 1)
        fill(settings, history[-1], measured, measured)
        seconds, memory = measure(environment, "build")
        click.echo(f"the build of {measured}, {len(history) - 1} months before it: {seconds:.1f} s, {memory >> 20} MiB")
        taken.append(seconds)
    return taken


def come_to_rest(settings: Settings) -> None:
    """What the server itself does in the day between two builds."""
    with database.connect(settings) as connection:
        connection.autocommit = True
        connection.execute("vacuum")
        connection.execute("checkpoint")


def count(settings: Settings) -> int:
    with database.connect(settings) as connection:
        (found,) = connection.execute("select count(*) from landing.event").fetchone() or (0,)
    return int(found)


def yardstick(settings: Settings) -> tuple[float, float]:
    """Seconds in which DuckDB reads the raw rows from a file of COPY, which is written beforehand, and computes."""
    columns = "event_key, source, event_type, service_point_id, occurred_at, received_at, data"
    events = export(settings, "events", f"select {columns} from landing.event")
    places = "service_point_id, region_code, size_class, team_id from warehouse.metric_places"
    points = export(settings, "points", f"select {places} where valid_to is null and is_registered")
    with duckdb.connect() as connection:
        started = time.monotonic()
        connection.execute("set timezone = 'Europe/Helsinki'")
        connection.execute("set temp_directory = $1", [str(settings.home / "duckdb")])
        connection.execute(
            "create table events as select * from read_csv($1, header = false, quote = '\"', escape = '\"', columns ="
            " {event_key: 'varchar', source: 'varchar', event_type: 'varchar', service_point_id: 'varchar',"
            " occurred_at: 'timestamptz', received_at: 'timestamptz', data: 'json'})",
            [str(events)],
        )
        connection.execute(
            "create table points as select * from read_csv($1, header = false, columns = {service_point_id: 'varchar',"
            " region_code: 'varchar', size_class: 'varchar', team_id: 'varchar'})",
            [str(points)],
        )
        read = time.monotonic()
        connection.execute(YARDSTICK.read_text(encoding="utf-8"))
        (metrics,), (figures,) = (
            connection.execute(f"select count({counted}) from {table}").fetchone() or (0,)
            for counted, table in (("distinct metric_id", "components"), ("*", "figures"))
        )
        click.echo(f"DuckDB: {figures:,} figures of {metrics} metrics")
        return read - started, time.monotonic() - read


def export(settings: Settings, name: str, query: str) -> Path:
    path = settings.home / f"{name}.csv"
    with (
        database.connect(settings) as connection,
        path.open("wb") as file,
        connection.cursor().copy(f"copy ({query}) to stdout (format csv)") as rows,
    ):
        for block in rows:
            file.write(block)
    return path


def measure(environment: dict[str, str], *arguments: str) -> tuple[float, int]:
    """(Seconds, the most memory that the command and the server had together, shared pages counted once)."""
    peak, done = [0], threading.Event()

    def watch() -> None:
        while not done.wait(0.5):
            peak[0] = max(peak[0], sum(map(_memory, psutil.process_iter(["name"]))))

    watcher = threading.Thread(target=watch)
    watcher.start()
    started = time.monotonic()
    try:
        pulssi(environment, *arguments)
    finally:
        seconds = time.monotonic() - started
        done.set()
        watcher.join()
    return seconds, peak[0]


def _memory(process: psutil.Process) -> int:
    if process.info["name"] not in ("postgres", "dbt"):
        return 0
    try:
        return int(process.memory_full_info().pss)
    except psutil.Error:
        return 0


def pulssi(environment: dict[str, str], *arguments: str) -> str:
    command = [sys.executable, "-m", "infra", *arguments]
    result = subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout[-3000:] + result.stderr[-3000:]
    return result.stdout


if __name__ == "__main__":
    main()
