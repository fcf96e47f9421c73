"""The metric catalogue: what the yml files beside the metrics say, read from dbt's manifest."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from infra.errors import ActionNeeded
from infra.settings import Settings

LANGUAGES = ("fi", "sv", "en")


@dataclass(frozen=True, slots=True)
class Texts:
    """One text in the three languages of the service."""

    fi: str
    sv: str
    en: str

    def in_language(self, language: str) -> str:
        if language not in LANGUAGES:
            raise ValueError(f"language is {language!r}: give one of {', '.join(LANGUAGES)}")
        return str(getattr(self, language))


@dataclass(frozen=True, slots=True)
class Metric:
    """One version of a metric. A ratio is a fraction 0-1, a wait is in minutes, a mean is on its scale.

    *order* is its place among the metrics of its goal, for people who read them. A rate is per so many (*per*) of its
    base. *valid_from* is the first day of the version, as ISO text; without it the version was always in force. A
    *restricted* metric is in no release: only a role of its own reads it in the warehouse. *not_by* names what other
    metrics are broken down by and this one cannot be.
    """

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
    collection_modes: tuple[str, ...]
    names: Texts
    explanations: Texts
    numerator: Texts
    denominator: Texts
    caveats: Texts
    minimum_observation_count: int
    owner: str
    breakdowns: tuple[str, ...] = ()
    not_by: tuple[str, ...] = ()
    lowest_level: str = "service_point"
    valid_from: str | None = None
    per: int | None = None
    restricted: bool = False


def manifest_path(settings: Settings) -> Path:
    """The manifest that the last pulssi build of the deployment left."""
    return settings.home / "dbt" / settings.deployment.name / "manifest.json"


def read_manifest(settings: Settings) -> dict[str, Any]:
    """The manifest as parsed JSON; raise ActionNeeded when nothing has been built yet."""
    path = manifest_path(settings)
    if not path.is_file():
        raise ActionNeeded(f"there is no {path}: run pulssi build MONTH, or pulssi build MONTH --parse-only")
    manifest: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return manifest


def read_catalogue(settings: Settings, month: date | None = None) -> dict[str, Metric]:
    """All metrics by their id, in the order of the ids, each in the version in force in *month*, else its newest."""
    return metrics_of(read_manifest(settings), month)


def read_versions(settings: Settings) -> dict[tuple[str, int], Metric]:
    """All versions of all metrics, by id and version."""
    versions = versions_of(read_manifest(settings)).values()
    return {(metric.metric_id, metric.version): metric for metric in versions}


def metrics_of(manifest: dict[str, Any], month: date | None = None) -> dict[str, Metric]:
    """The metrics of a manifest, each in the version in force on the first day of *month*, else its newest."""
    return in_force(versions_of(manifest).values(), month)


def in_force(versions: Iterable[Metric], month: date | None = None) -> dict[str, Metric]:
    """Of each metric the version in force on the first day of *month*, else its newest, in the order of the ids."""
    ordered = sorted(versions, key=lambda metric: (metric.metric_id, metric.valid_from or "", metric.version))
    begun = (metric for metric in ordered if month is None or (metric.valid_from or "") <= month.isoformat())
    return {metric.metric_id: metric for metric in begun}


def versions_of(manifest: dict[str, Any]) -> dict[str, Metric]:
    """Every version of every metric of a manifest, by the name of its model: the models whose meta has *metric*."""
    nodes = manifest["nodes"].values()
    return {node["name"]: _metric(node["name"], node["config"]["meta"]["metric"]) for node in nodes if _is_metric(node)}


def _is_metric(node: dict[str, Any]) -> bool:
    return node["resource_type"] == "model" and "metric" in node["config"].get("meta", {})


def _metric(model: str, meta: dict[str, Any]) -> Metric:
    values = {"quantile": None, **meta}
    for name in ("collection_modes", "breakdowns", "not_by"):
        values[name] = tuple(meta.get(name, ()))
    for name in ("names", "explanations", "numerator", "denominator", "caveats"):
        values[name] = Texts(**values[name])
    return Metric(metric_id=model.split("__v")[0], **values)
