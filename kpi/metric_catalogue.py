"""The metric catalogue: what the yml files beside the metrics say, read from dbt's manifest."""

import json
from dataclasses import dataclass
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
    *restricted* metric is in no release: only a role of its own reads it in the warehouse.
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


def read_catalogue(settings: Settings) -> dict[str, Metric]:
    """All metrics by their id, in the order of the ids."""
    return metrics_of(read_manifest(settings))


def metrics_of(manifest: dict[str, Any]) -> dict[str, Metric]:
    """The metrics of a manifest: the models whose meta has *metric*."""
    nodes = manifest["nodes"].values()
    found = [_metric(node["name"], node["config"]["meta"]["metric"]) for node in nodes if _is_metric(node)]
    return {metric.metric_id: metric for metric in sorted(found, key=lambda metric: metric.metric_id)}


def _is_metric(node: dict[str, Any]) -> bool:
    return node["resource_type"] == "model" and "metric" in node["config"].get("meta", {})


def _metric(metric_id: str, meta: dict[str, Any]) -> Metric:
    values = {"quantile": None, **meta}
    for name in ("collection_modes", "breakdowns"):
        values[name] = tuple(meta.get(name, ()))
    for name in ("names", "explanations", "numerator", "denominator", "caveats"):
        values[name] = Texts(**values[name])
    return Metric(metric_id=metric_id, **values)
