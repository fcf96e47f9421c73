"""Read a release: the only door through which reports and feeds get numbers and names."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeVar

import psycopg
from psycopg.rows import dict_row

from infra.errors import ActionNeeded
from infra.months import Month
from kpi.released_statistics import Change, EqualityGap, FunnelPosition, Smoothed, Target, read_rows

# A text by language: fi, sv, en.
Texts = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Observation:
    """One published number: a share (0..1), minutes, a score (1-5) or a count; None when it is missing.

    *status_reason* says why a value or its interval is missing; the two statuses are SDMX codes
    (CL_OBS_STATUS, CL_CONF_STATUS). With the reason beyond_range the quantile lies above *value*.
    """

    metric_id: str
    metric_version: int
    period: date
    level: str
    level_id: str
    collection_mode: str
    value: float | None
    lower_bound: float | None
    upper_bound: float | None
    observation_count: int | None
    numerator: float | None
    denominator: float | None
    cluster_count: int | None
    interval_method: str | None
    observation_status: str
    confidentiality_status: str
    status_reason: str | None
    completeness_minutes_share: float | None
    completeness_sources_share: float | None
    gate_verdict: str


@dataclass(frozen=True, slots=True)
class MetricLabel:
    """What the metric's yml says, as it was when the release was made."""

    metric_id: str
    version: int
    source: str
    goal: str
    order: int
    standing: str
    statistic: str
    quantile: float | None
    unit: str
    direction: str
    decimals: int
    interval: str
    source_family: str
    collection_modes: list[str]
    minimum_observation_count: int
    owner: str
    names: Texts
    explanations: Texts
    numerator: Texts
    denominator: Texts
    caveats: Texts
    # What a release of before the first metric that has them lacks.
    breakdowns: list[str] = field(default_factory=list)
    lowest_level: str = "service_point"
    valid_from: str | None = None
    per: int | None = None


@dataclass(frozen=True, slots=True)
class ServicePointLabel:
    """A service point as it was on the last day of the month."""

    service_point_id: str
    names: Texts
    size_class: str
    region_code: str
    municipality_code: str | None
    majority_language: str | None
    host: str | None
    agency_codes: list[str]


@dataclass(frozen=True, slots=True)
class CodeLabel:
    """The names of a code; *explanations* is empty where the name says it all."""

    code: str
    names: Texts
    explanations: Texts


@dataclass(frozen=True, slots=True)
class SourceLabel:
    """An installation that should have delivered in the month, and who answers for it."""

    source: str
    family: str
    collection_mode: str | None
    service_point_id: str | None
    owner: str
    cadence: str


@dataclass(frozen=True, slots=True)
class Release:
    """A frozen month. *codes* holds the other code lists by kind: collection_mode, status_reason, ..."""

    release_id: str
    month: Month
    vintage: int
    status: str
    cutoff: datetime
    content_hash: str
    reference_digest: str
    gate_verdicts: Mapping[str, str]
    created_at: datetime
    observations: tuple[Observation, ...]
    metrics: Mapping[str, MetricLabel]
    service_points: Mapping[str, ServicePointLabel]
    agencies: Mapping[str, CodeLabel]
    regions: Mapping[str, CodeLabel]
    size_classes: Mapping[str, CodeLabel]
    sources: Mapping[str, SourceLabel]
    codes: Mapping[str, Mapping[str, CodeLabel]]
    changes: tuple[Change, ...] = ()
    smoothed: tuple[Smoothed, ...] = ()
    funnel: tuple[FunnelPosition, ...] = ()
    equality_gaps: tuple[EqualityGap, ...] = ()
    targets: tuple[Target, ...] = ()

    def of(self, level: str, level_id: str, period: date | None = None) -> Iterator[Observation]:
        """The observations of one place or agency of *period* (default: the month), in key order."""
        wanted = (level, level_id, period or self.month.first_day)
        return (row for row in self.observations if (row.level, row.level_id, row.period) == wanted)


def read_release(connection: psycopg.Connection, month: Month, vintage: int | None = None) -> Release:
    """The latest or the named vintage of *month*; raise ActionNeeded when there is none."""
    head = _read_head(connection, month, vintage)
    labels = _read_labels(connection, head["release_id"])
    plain_kinds = labels.keys() - {"metric", "service_point", "source"}
    codes = {kind: _parsed(labels, kind, CodeLabel) for kind in plain_kinds}
    return Release(
        **head | {"month": Month(head["month"])},
        observations=read_rows(connection, head["release_id"], "observation", Observation),
        metrics=_parsed(labels, "metric", MetricLabel),
        service_points=_parsed(labels, "service_point", ServicePointLabel),
        sources=_parsed(labels, "source", SourceLabel),
        agencies=codes.pop("agency", {}),
        regions=codes.pop("region", {}),
        size_classes=codes.pop("size_class", {}),
        codes=codes,
        changes=read_rows(connection, head["release_id"], "change", Change),
        smoothed=read_rows(connection, head["release_id"], "smoothed", Smoothed),
        funnel=read_rows(connection, head["release_id"], "funnel", FunnelPosition),
        equality_gaps=read_rows(connection, head["release_id"], "equality_gap", EqualityGap),
        targets=read_rows(connection, head["release_id"], "target", Target),
    )


def _read_head(connection: psycopg.Connection, month: Month, vintage: int | None) -> dict[str, Any]:
    with connection.cursor(row_factory=dict_row) as cursor:
        found = cursor.execute(
            "select * from publish.release where month = %s and vintage = coalesce(%s, vintage)"
            " order by vintage desc limit 1",
            (month.first_day, vintage),
        ).fetchone()
    if found is None:
        which = f"vintage {vintage} of {month}" if vintage else f"month {month}"
        raise ActionNeeded(f"{which} has no release: make one with pulssi release {month}")
    return found


def _read_labels(connection: psycopg.Connection, release_id: str) -> dict[str, dict[str, dict[str, Any]]]:
    rows = connection.execute(
        "select kind, code, attributes from publish.release_label where release_id = %s order by kind, code",
        (release_id,),
    )
    labels: dict[str, dict[str, dict[str, Any]]] = {}
    for kind, code, attributes in rows:
        labels.setdefault(kind, {})[code] = attributes
    return labels


AnyLabel = TypeVar("AnyLabel")


def _parsed(labels: dict[str, dict[str, dict[str, Any]]], kind: str, label: type[AnyLabel]) -> dict[str, AnyLabel]:
    return {code: label(**attributes) for code, attributes in labels.get(kind, {}).items()}
