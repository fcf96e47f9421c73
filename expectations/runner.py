"""Runs the suites of a stage with Great Expectations against PostgreSQL and says what held and what did not."""

import copy
import hashlib
import importlib
import json
import os
import pkgutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, time, timedelta
from types import ModuleType
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy

from infra.months import Month

STAGES = ("landing", "marts", "metrics", "release")
SAMPLE_ROWS = 5


@dataclass(frozen=True, slots=True)
class Check:
    """What one expectation found: *observed* is a count or a value, *sample* a few offending rows or values."""

    suite: str
    name: str
    says: str
    action: str
    is_blocking: bool
    is_note: bool
    succeeded: bool
    observed: Any
    limit: Any
    sample: list[Any]


@dataclass(frozen=True, slots=True)
class Judgement:
    stage: str
    suite_version: str
    checks: tuple[Check, ...]

    @property
    def blocking(self) -> list[Check]:
        return [check for check in self.checks if not check.succeeded and check.is_blocking]

    @property
    def warnings(self) -> list[Check]:
        return [check for check in self.checks if not (check.succeeded or check.is_blocking or check.is_note)]

    @property
    def notes(self) -> list[Check]:
        return [check for check in self.checks if check.is_note and not check.succeeded and not check.is_blocking]

    @property
    def verdict(self) -> str:
        if self.blocking:
            return "blocked"
        return "passed_with_warnings" if self.warnings else "passed"

    def as_json(self) -> str:
        return json.dumps([asdict(check) for check in self.checks], default=str, ensure_ascii=False)


def judge(
    stage: str,
    month: Month,
    cutoff: datetime,
    time_zone: ZoneInfo,
    url: sqlalchemy.URL,
    month_before_cutoff: datetime | None,
) -> Judgement:
    """Run every suite of *stage* over what was received before *cutoff*; Great Expectations takes seconds to load.

    *month_before_cutoff* is that of the month before, where it was built together with *month* and is judged with it.
    """
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    source = context.data_sources.add_postgres(
        "pulssi",
        connection_string=_parametrised(url, month, cutoff, time_zone, month_before_cutoff).render_as_string(
            hide_password=False
        ),
    )
    suites = _suites(stage)
    version = _version(suites)
    try:
        checks = [check for module in suites for check in _run(context, source, module)]
    finally:
        source.get_execution_engine().close()
        source.get_engine().dispose()
    return Judgement(stage, version, tuple(checks))


def _run(context: Any, source: Any, module: ModuleType) -> Iterator[Check]:
    """Run one suite over its batch."""
    import great_expectations as gx

    suite = context.suites.add(copy.deepcopy(module.SUITE))  # the context writes its own ids into what it is given
    batch = source.add_query_asset(suite.name, module.BATCH.strip()).add_batch_definition_whole_table("all")
    definition = context.validation_definitions.add(gx.ValidationDefinition(name=suite.name, data=batch, suite=suite))
    results = definition.run(result_format={"result_format": "COMPLETE", "partial_unexpected_count": SAMPLE_ROWS})
    return (_check(suite.name, result) for result in results.results)


def _suites(stage: str) -> list[ModuleType]:
    package = importlib.import_module(f"expectations.{stage}")
    names = sorted(module.name for module in pkgutil.iter_modules(package.__path__))
    return [importlib.import_module(f"expectations.{stage}.{name}") for name in names]


def _parametrised(
    url: sqlalchemy.URL, month: Month, cutoff: datetime, time_zone: ZoneInfo, month_before_cutoff: datetime | None
) -> sqlalchemy.URL:
    """The suites' queries read month and cutoff with current_setting(), and cannot write."""
    month_before_starts_at, month_starts_at = (
        datetime.combine(each.first_day, time(), time_zone) for each in (month.previous, month)
    )
    parameters = {
        "pulssi.month": str(month.first_day),
        "pulssi.month_before": str(month.previous.first_day),
        "pulssi.next_month": str(month.next.first_day),
        "pulssi.month_starts_at": month_starts_at.isoformat(),
        # An event is received after it happened, or at most a day before: none of the month before was earlier.
        # A whole UTC day, because the ledger counts by those.
        "pulssi.first_instant": f"{month_before_starts_at.astimezone(UTC).date() - timedelta(days=1)}T00:00:00Z",
        # The models read no event but bookings that was received before this: a month earlier than their first day.
        "pulssi.read_from": datetime.combine(month.previous.previous.first_day, time(), time_zone).isoformat(),
        "pulssi.first_judged_day": str((month if month_before_cutoff is None else month.previous).first_day),
        "pulssi.judged_from": (month_starts_at if month_before_cutoff is None else month_before_starts_at).isoformat(),
        "pulssi.month_before_cutoff": (month_before_cutoff or cutoff).isoformat(),
        "pulssi.cutoff_date": str(cutoff.astimezone(time_zone).date()),
        "pulssi.cutoff": cutoff.isoformat(),
        "pulssi.time_zone": time_zone.key,
        "default_transaction_read_only": "on",
        "timezone": "UTC",
    }
    options = " ".join(f"-c {name}={value}" for name, value in parameters.items())
    return url.set(drivername="postgresql+psycopg", query={**url.query, "options": options})


def _check(suite: str, result: Any) -> Check:
    configuration, found = result.expectation_config, result.result
    failure = "; ".join(dict.fromkeys(_exceptions(result.exception_info)))
    rows = found.get("details", {}).get("unexpected_rows")
    arguments = {
        name: value
        for name, value in configuration.kwargs.items()
        if name not in ("batch_id", "column", "column_A", "column_B", "unexpected_rows_query") and value is not None
    }
    return Check(
        suite=suite,
        name=configuration.meta["name"],
        says=configuration.description,
        action="the check itself could not run: mend it, or build the stage it looks at"
        if failure
        else configuration.meta["action"],
        is_blocking=bool(failure) or configuration.severity == "critical",
        is_note=configuration.severity == "info",
        succeeded=bool(result.success),
        observed=failure or found.get("unexpected_count", found.get("observed_value")),
        limit=0 if rows is not None else arguments,
        sample=(rows if rows is not None else found.get("partial_unexpected_list", []))[:SAMPLE_ROWS],
    )


def _exceptions(info: dict[str, Any]) -> Iterator[str]:
    """Messages of what went wrong while an expectation was evaluated: given for the whole, or by metric."""
    for each in [info] if "raised_exception" in info else info.values():
        if each["raised_exception"]:
            yield str(each["exception_message"]).strip().splitlines()[0]


def _version(suites: list[ModuleType]) -> str:
    """A hash of what the suites ask for; other texts or limits are another version."""
    asked = [
        [
            module.SUITE.name,
            module.BATCH,
            sorted(json.dumps(each.configuration.to_json_dict(), sort_keys=True) for each in module.SUITE.expectations),
        ]
        for module in suites
    ]
    return hashlib.sha256(json.dumps(asked).encode()).hexdigest()[:16]
