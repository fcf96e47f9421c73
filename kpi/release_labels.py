"""The names that a release freezes with its numbers, so that it can be read without the warehouse."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import sqlalchemy
import yaml

from infra.months import Month
from kpi.metric_catalogue import LANGUAGES, Metric

CODELISTS = Path(__file__).parent / "codelists.yml"


@dataclass(frozen=True, slots=True)
class Label:
    kind: str
    code: str
    attributes: Mapping[str, Any]

    def as_row(self) -> dict[str, str]:
        return {"kind": self.kind, "code": self.code, "attributes": json.dumps(self.attributes, ensure_ascii=False)}


def labels(connection: sqlalchemy.Connection, month: Month, metrics: Iterable[Metric]) -> list[Label]:
    """Labels of *metrics*, and of all places, agencies, sources and codes as they were on the month's last day."""
    month_end = month.next.first_day - timedelta(days=1)
    found = [Label("metric", metric.metric_id, _attributes(metric)) for metric in metrics]
    found += _service_points(connection, month_end)
    found += _named(connection, "agency", "dim_agencies", "agency_code", month_end)
    found += _named(connection, "region", "dim_regions", "region_code", month_end)
    found += _sources(connection, month)
    found += code_labels()
    return found


def _attributes(metric: Metric) -> dict[str, Any]:
    """What the yml says, but for *restricted*, for nothing restricted is released, and *not_by*, for no part is."""
    attributes = asdict(metric)
    return {name: value for name, value in attributes.items() if name not in ("restricted", "not_by")}


def code_labels() -> Iterator[Label]:
    """The codes of codelists.yml."""
    for kind, codes in yaml.safe_load(CODELISTS.read_text(encoding="utf-8")).items():
        for code, texts in codes.items():
            yield Label(kind, code, {"code": code, "explanations": {}, **texts})


def _service_points(connection: sqlalchemy.Connection, day: object) -> Iterator[Label]:
    rows = _as_of(
        connection,
        """
        select points.*, array(
            select distinct agency_code from reference.presence
            where presence.service_point_id = points.service_point_id
                and valid_from <= :day and (valid_to is null or valid_to > :day)
            order by agency_code
        ) as agency_codes
        from warehouse.dim_service_points as points
        """,
        "service_point_id",
        day,
    )
    plain = (
        "service_point_id",
        "size_class",
        "region_code",
        "municipality_code",
        "majority_language",
        "host",
        "agency_codes",
    )
    for row in rows:
        attributes = {name: row[name] for name in plain}
        yield Label("service_point", row["service_point_id"], {**attributes, "names": _names(row)})


def _named(connection: sqlalchemy.Connection, kind: str, table: str, key: str, day: object) -> Iterator[Label]:
    for row in _as_of(connection, f"select * from warehouse.{table}", key, day):
        yield Label(kind, row[key], {"code": row[key], "names": _names(row), "explanations": {}})


def _as_of(connection: sqlalchemy.Connection, select: str, key: str, day: object) -> list[Mapping[str, Any]]:
    """The version of each row that holds on *day*, else the last before it, so that what ended keeps its name."""
    statement = (
        f"select distinct on ({key}) * from ({select}) as dated"
        f" where valid_from <= :day order by {key}, valid_from desc"
    )
    return [dict(row) for row in connection.execute(sqlalchemy.text(statement), {"day": day}).mappings()]


def _sources(connection: sqlalchemy.Connection, month: Month) -> Iterator[Label]:
    rows = connection.execute(
        sqlalchemy.text("""
            select distinct on (source, service_point_id, collection_mode)
                source, family, collection_mode, service_point_id, owner, cadence
            from reference.source
            where valid_from < :next_month and (valid_to is null or valid_to > :month)
            order by source, service_point_id, collection_mode, valid_from desc
        """),
        {"month": month.first_day, "next_month": month.next.first_day},
    ).mappings()
    for row in rows:
        code = " ".join(filter(None, (row["source"], row["service_point_id"], row["collection_mode"])))
        yield Label("source", code, dict(row))


def _names(row: Mapping[str, Any]) -> dict[str, str]:
    return {language: row[f"name_{language}"] for language in LANGUAGES}
