"""A small warehouse as dbt leaves it, made by hand: two points, two agencies, one metric of each kind."""

import json
from datetime import date, datetime, timedelta

import pandas as pd
import sqlalchemy

from infra import database
from infra.months import cutoff_of, parse_month
from kpi.metric_catalogue import manifest_path

MONTH = parse_month("2026-10")
KEY = ["metric_id", "metric_version", "period", "level", "level_id", "collection_mode"]
TARGET = ("metric_id", "level", "level_id", "target_status", "target_value")
TEXTS = {"fi": "teksti", "sv": "text", "en": "text"}
METRICS = {
    "satisfaction_mean": {"statistic": "mean", "unit": "score_1_5", "interval": "persons", "source_family": "feedback"},
    "satisfaction_happy_share": {
        "statistic": "ratio",
        "unit": "share",
        "interval": "persons",
        "source_family": "feedback",
    },
    "abandonment_rate": {"statistic": "ratio", "unit": "share", "interval": "opening_days", "source_family": "queue"},
    "queue_time_median": {
        "statistic": "km_quantile",
        "quantile": 0.5,
        "unit": "minutes",
        "interval": "opening_days",
        "source_family": "queue",
    },
    "visits": {"statistic": "count", "unit": "count", "interval": "poisson", "source_family": "queue"},
}
POINT = {
    "name_fi": "Piste",
    "name_sv": "Ställe",
    "name_en": "Point",
    "region_code": "10",
    "municipality_code": "491",
    "majority_language": "fi",
    "host": "city",
}


def cutoff(settings, status="final"):
    return cutoff_of(MONTH, status, settings.deployment.time_zone)


def build(settings, **changes):
    """Write the warehouse and its manifest, as a build followed by gates that passed; *changes* go into warehouse()."""
    with database.begin(settings) as connection:
        for name, table in warehouse(**changes).items():
            table.to_sql(name, connection, schema="warehouse", if_exists="replace", index=False)
    for stage in ("marts", "metrics"):
        record(settings, "build", stage=stage, cutoff=cutoff(settings), reference_digest="reference")
    for stage in ("landing", "marts", "metrics"):
        gate(settings, stage)
    write_manifest(settings)


def gate(settings, stage, verdict="passed", **changes):
    run = {"suite_version": "1", "blocking_failed": int(verdict == "blocked"), "warning_failed": 0, "check_count": 1}
    other = {"results": "[]", "input_digest": "input", "cutoff": cutoff(settings), "verdict": verdict, "stage": stage}
    record(settings, "gate_run", **(run | other | changes))


def record(settings, table, **values):
    row = {"month": MONTH.first_day} | values
    names, marks = ", ".join(row), ", ".join(f":{name}" for name in row)
    with database.begin(settings) as connection:
        connection.execute(sqlalchemy.text(f"insert into ops.{table} ({names}) values ({marks})"), row)


def rows(settings, statement, **parameters):
    with database.begin(settings) as connection:
        return [dict(row) for row in connection.execute(sqlalchemy.text(statement), parameters).mappings()]


def write_manifest(settings, **changes):
    """The manifest of the metrics; *changes* are to the meta of a metric by its id."""
    common = {
        "version": 1,
        "source": "M01",
        "goal": "G0",
        "order": 1,
        "standing": "agreed",
        "direction": "higher",
        "decimals": 2,
        "collection_modes": ["device"],
        "minimum_observation_count": 3,
        "owner": "team",
        **dict.fromkeys(("names", "explanations", "numerator", "denominator", "caveats"), TEXTS),
    }
    nodes = {
        f"model.pulssi.{metric_id}": {
            "resource_type": "model",
            "name": metric_id,
            "config": {"meta": {"metric": common | meta | changes.get(metric_id, {})}},
        }
        for metric_id, meta in METRICS.items()
    }
    path = manifest_path(settings)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"nodes": nodes}))


def warehouse(first_wait_seconds=300, targets=()):
    """Tables by name. Helmi is open ten days and Onni four, Onni has no queue system."""
    waits = _waits(first_wait_seconds)
    components = pd.DataFrame(waits + _abandonments())
    return {
        "metric_components": components.assign(
            metric_version=1, collection_mode="queue_system", sum_of_squares=float("nan"), language=None, access=None
        ),
        "metric_values": pd.DataFrame([*_queue_values(components), *_feedback_values(), *_missing_values()]),
        "completeness_values": pd.DataFrame(
            [
                {
                    "period": MONTH.first_day,
                    "level": "service_point",
                    "level_id": "helmi",
                    "source_family": "queue",
                    "collection_mode": "queue_system",
                    "measured_minutes": 4500.0,
                    "opening_minutes": 5000.0,
                    "delivered_source_count": float("nan"),
                    "expected_source_count": float("nan"),
                }
            ]
        ),
        "fct_feedback_answers": pd.DataFrame(
            [
                _answers("faces_4", MONTH.previous.first_day),
                _answers("faces_5", MONTH.first_day),
                _answers("faces_4", MONTH.first_day, service_point_id="onni"),
                _answers("faces_4", MONTH.first_day, is_answer=False),
            ]
        ),
        "fct_complaint_reports": pd.DataFrame(
            [_complaints("kela", 3), _complaints("vero", 1), _complaints("vero", 3, is_counted_elsewhere=True)]
        ),
        "metric_targets": pd.DataFrame(
            [dict(zip(TARGET, row, strict=True)) | {"period": MONTH.first_day} for row in targets],
            columns=[*TARGET, "period"],
        ).astype({"target_value": float, "period": "datetime64[ns]"}),
        **_dimensions(),
    }


def _answers(scale_code, opening_date, **changes):
    return {
        "service_point_id": "helmi",
        "agency_code": "kela",
        "collection_mode": "device",
        "population": "customers",
        "language": "fi",
        "question_code": "overall",
        "scale_code": scale_code,
        "answer_count": 3,
        "is_answer": True,
        "opening_date": opening_date,
    } | changes


def _complaints(agency_code, period_month_count, is_counted_elsewhere=False):
    return {
        "agency_code": agency_code,
        "period_month_count": period_month_count,
        "is_counted_elsewhere": is_counted_elsewhere,
        "opening_date": MONTH.next.first_day - timedelta(days=1),
    }


def _waits(first_wait_seconds):
    return [
        _component("queue_time_median", day, first_wait_seconds + 60 * day + 30 * ticket, 1, 1)
        for day in range(10)
        for ticket in range(8)
    ]


def _abandonments():
    return [_component("abandonment_rate", day, None, day % 3, 20) for day in range(10)]


def _component(metric_id, day, duration_seconds, numerator, denominator):
    return {
        "metric_id": metric_id,
        "service_point_id": "helmi",
        "agency_code": "kela",
        "opening_date": MONTH.first_day + timedelta(days=day),
        "duration_seconds": duration_seconds,
        "numerator": numerator,
        "denominator": denominator,
    }


def _queue_values(components):
    places = {"service_point": "helmi", "region": "10", "size_class": "M", "agency": "kela", "national": "national"}
    waits = components[components["metric_id"] == "queue_time_median"]["duration_seconds"]
    for metric_id, value in (("queue_time_median", waits.median() / 60), ("abandonment_rate", 9 / 200)):
        parts = components[components["metric_id"] == metric_id][["numerator", "denominator"]].sum()
        for level, level_id in places.items():
            yield _value(metric_id, level, level_id, "queue_system", value, *parts)
    yield _value("visits", "service_point", "helmi", "queue_system", 80, 80, None)


def _feedback_values():
    yield _value("satisfaction_mean", "service_point", "helmi", "device", 4.2, 21, 5, 91)
    yield _value("satisfaction_mean", "service_point", "onni", "device", 4.5, 9, 2, 41)
    yield _value("satisfaction_happy_share", "service_point", "helmi", "device", 0.8, 8, 10)


def _missing_values():
    lacking = {"value_status": "no_data", "missing_reason": "no_source"}
    yield _value("queue_time_median", "service_point", "onni", "queue_system", None, None, None) | lacking
    out_of_range = {"value_status": "beyond_range"}
    yield _value("queue_time_median", "agency", "vero", "queue_system", 12, 3, 40) | out_of_range


def _value(metric_id, level, level_id, mode, value, numerator, denominator, sum_of_squares=None):
    key = dict(zip(KEY, (metric_id, 1, MONTH.first_day, level, level_id, mode), strict=True))
    return key | {
        "statistic": METRICS[metric_id]["statistic"],
        "value": value,
        "value_status": "observed",
        "missing_reason": None,
        "numerator": numerator,
        "denominator": denominator,
        "sum_of_squares": sum_of_squares,
        "opening_day_count": 10,
        "period_kind": "month",
        "breakdown": "total",
        "is_in_force": True,
    }


def _dimensions():
    valid = {"valid_from": date(2020, 1, 1), "valid_to": None}
    points = [
        POINT | {"service_point_id": point, "size_class": size, **valid}
        for point, size in (("helmi", "M"), ("onni", "S"))
    ]
    named = {"name_fi": "Nimi", "name_sv": "Namn", "name_en": "Name", **valid}
    tables = {
        "dim_service_points": points,
        "dim_agencies": [named | {"agency_code": code} for code in ("kela", "vero", "not_attributable")],
        "dim_regions": [named | {"region_code": "10"}],
    }
    return {name: pd.DataFrame(rows).astype({"valid_to": "datetime64[ns]"}) for name, rows in tables.items()}


def instant(text):
    return datetime.fromisoformat(text)
